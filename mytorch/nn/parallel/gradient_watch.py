"""Which gradients are complete while a backward still runs.

The engine adds to the `.grad` of the leaves at the end, when all went well. But an observer sees every contribution on
its way, and the graph says how many there will be: one for each edge that leads to the leaf.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from mytorch.engine.observers import Observer
from mytorch.engine.tensor_base import TensorBase
from mytorch.engine.walk import walk

__all__ = ["GradientWatch", "Receiver"]


class Receiver(Protocol):
    """What is told about the gradients, by the numbers of the leaves."""

    def begin(self, reached: set[int]) -> None:
        """A backward begins that leads to these leaves."""

    def add(self, leaf: int, contribution: np.ndarray) -> None:
        """This is a part of the leaf's gradient."""

    def complete(self, leaf: int) -> None:
        """There will be no further part."""

    def progress(self) -> None:
        """Some more of the backward is done."""


class GradientWatch(Observer):
    """Tells a Receiver what arrives at some leaves: in a backward that leads to one of them, and in no `autograd.grad`.

    leaves: {AccumulateGrad node: the leaf's number}.   running: whether such a backward is on its way.
    """

    def __init__(self, receiver: Receiver) -> None:
        self.leaves: dict[Any, int] = {}
        self._receiver = receiver
        self.end()

    def end(self) -> None:
        """The backward is over: hold nothing of its graph any more."""
        self.running = False
        self._thread: int | None = None
        self._to_run: set[Any] = set()  # operations' nodes of this backward that have still to run
        self._edges: dict[int, int] = {}  # for each leaf: how many contributions have still to come

    def before_backward(self, node: Any, gradients: tuple) -> None:
        if self.running and (node in self._to_run or threading.get_ident() != self._thread):
            self._to_run.discard(node)
            return
        roots = _roots_of_backward()
        if roots is None:
            return
        nodes, edges = _reached(roots, self.leaves)
        if not edges:  # it leads elsewhere
            return
        self.running, self._thread = True, threading.get_ident()
        self._to_run, self._edges = nodes - {node}, edges
        self._receiver.begin(set(edges))

    def after_backward(self, node: Any, gradients: tuple, contributions: Sequence[Any] | None) -> None:
        if not self.running or threading.get_ident() != self._thread:
            return
        if contributions is None:  # an exception ends it
            self.end()
            return
        for parent, contribution in zip(node.next_functions, contributions):
            leaf = self.leaves.get(parent)
            if leaf is None:
                continue
            self._edges[leaf] -= 1
            if contribution is not None:
                array = contribution._data if isinstance(contribution, TensorBase) else contribution
                self._receiver.add(leaf, array)
            if self._edges[leaf] == 0:
                self._receiver.complete(leaf)
        self._receiver.progress()


def _roots_of_backward() -> list[Any] | None:
    """The nodes where the walk began that runs now; None if it is that of `autograd.grad`, which adds to no `.grad`.

    Only the engine's walk itself knows them, so this looks at its local variables, once for each backward.
    """
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code is not walk.__code__:
        frame = frame.f_back
    if frame is None or frame.f_locals["targets"] is not None:
        return None
    return [node for node, _ in frame.f_locals["roots"]]


def _reached(roots: list[Any], leaves: dict[Any, int]) -> tuple[set[Any], dict[int, int]]:
    """The operations' nodes that can be reached from `roots`, and for each leaf how many edges lead to it."""
    nodes = {root for root in roots if root not in leaves}
    edges: dict[int, int] = {}
    stack = list(nodes)
    while stack:
        for parent in stack.pop().next_functions:
            if parent in leaves:
                edges[leaves[parent]] = edges.get(leaves[parent], 0) + 1
            elif parent is not None and parent not in nodes:
                nodes.add(parent)
                stack.append(parent)
    return nodes, edges

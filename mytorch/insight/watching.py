"""Watching one backward: an Observer that notes what comes into each operation and what it sends on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from mytorch.engine.grad_mode import GradModeBlock
from mytorch.engine.node import AccumulateGrad
from mytorch.engine.observers import Observer, observing
from mytorch.engine.several_outputs import OutputOf
from mytorch.engine.walk import walk
from mytorch.insight.graph import operation_of
from mytorch.insight.numbers import Amount, amount

__all__ = ["Step", "Watching"]


class Step:
    """What happened at one node. received: (sending node or None, number of the output, Amount) in order of arrival."""

    def __init__(self) -> None:
        self.received: list[tuple[Any, int, Amount]] = []
        self.gradients: list[Amount | None] = []
        self.sent: list[Amount | None] | None = None  # None as long as it has not run


class Watching(Observer):
    """steps: {node: Step}; order: the operations' nodes as they ran; found: what the walk found for the leaves."""

    def __init__(self, nodes: Any) -> None:
        self.steps: dict[Any, Step] = {node: Step() for node in nodes}
        self.order: list[Any] = []
        self.found: dict[Any, tuple[Any, bool]] = {}
        self._thread = threading.get_ident()

    def walk(self, root: Any, gradient: Any, accumulate: bool, retain_graph: bool) -> None:
        """Go back from the node `root`. Without `accumulate` no `.grad` changes, retained ones included."""
        output = root._function.index if isinstance(getattr(root, "_function", None), OutputOf) else 0
        self.steps[operation_of(root)].received.append((None, output, amount(gradient)))
        hooks = [node._hooks for node in _with_outputs(self.steps) if node._hooks is not None]
        retained = [(of_node, of_node.retain) for of_node in hooks]
        try:
            for of_node in () if accumulate else hooks:
                of_node.retain = None
            with observing(self), GradModeBlock(False):
                self.found = walk([(root, gradient)], retain_graph, False)
        finally:
            for of_node, retain in () if accumulate else retained:
                of_node.retain = retain
        if accumulate:
            for leaf, (total, owned) in self.found.items():
                leaf.apply(total, owned)

    def before_backward(self, node: Any, gradients: tuple) -> None:
        if self._is_ours(node):
            self.order.append(node)
            self.steps[node].gradients = [None if gradient is None else amount(gradient) for gradient in gradients]

    def after_backward(self, node: Any, gradients: tuple, contributions: Sequence[Any] | None) -> None:
        if not self._is_ours(node) or contributions is None:
            return
        amounts = [None if part is None else amount(part) for part in contributions]
        self.steps[node].sent = amounts
        for parent, part in zip(node.next_functions, amounts):
            if parent is not None and part is not None:
                output = parent._function.index if isinstance(getattr(parent, "_function", None), OutputOf) else 0
                self.steps[operation_of(parent)].received.append((node, output, part))

    def _is_ours(self, node: Any) -> bool:
        return node in self.steps and threading.get_ident() == self._thread

    def leaves(self) -> list[Any]:
        """The leaves that were reached, in the order in which their first contribution came."""
        return [node for node in self.steps if type(node) is AccumulateGrad and self.steps[node].received]


def _with_outputs(nodes: Any) -> list[Any]:
    """The nodes, and those that stand for single outputs of operations with several."""
    found = dict.fromkeys(nodes)
    for node in nodes:
        found.update(dict.fromkeys(parent for parent in node.next_functions if parent is not None))
    return list(found)

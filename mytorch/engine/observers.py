"""Watching the engine at work: the one place to look in.

    class Names(Observer):
        def after_backward(self, node, gradients, contributions):
            print(node.function_name)

    with observing(Names()):
        loss.backward()

The profiler, `detect_anomaly` and `checkpoint` are made of this. An empty list costs one look at
it per operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mytorch.engine.aliases import Gradient, Node

__all__ = ["Observer", "observed", "observers", "observing"]


class Observer:
    """What can be seen, of all threads. A subclass defines what it wants to see.

    node: a BackwardFunction; its `function_name` and `next_functions` say which operation it is and
        where its gradients go. inputs, output: of `forward`.
    gradients: of the operation's outputs. contributions: to the gradients of its inputs, one per
        argument of `forward`. Both are arrays, or Tensors for a user's Function and with
        create_graph; None where there is none.
    An output or contributions of None say that an exception came instead.
    """

    def before_forward(self, node: Node, inputs: tuple) -> None: ...

    def after_forward(self, node: Node, inputs: tuple, output: Any) -> None: ...

    def before_backward(self, node: Node, gradients: tuple) -> None: ...

    def after_backward(self, node: Node, gradients: tuple, contributions: Sequence[Gradient] | None) -> None: ...


observers: list[Observer] = []


@contextmanager
def observing(observer: Observer) -> Iterator[Observer]:
    """`with observing(observer):` shows it everything that happens inside the block."""
    observers.append(observer)
    try:
        yield observer
    finally:
        observers.remove(observer)


def observed(phase: str, node: Node, inputs: tuple, call: Callable[..., Any], *args: Any, **constants: Any) -> Any:
    """`call(*args, **constants)`, shown to all observers. phase: "forward" or "backward"."""
    watching = tuple(observers)  # those who come or go meanwhile see whole operations or none
    result = None
    for observer in watching:
        getattr(observer, f"before_{phase}")(node, inputs)
    try:
        result = call(*args, **constants)
    finally:
        for observer in reversed(watching):
            getattr(observer, f"after_{phase}")(node, inputs, result)
    return result

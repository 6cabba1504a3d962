"""What takes the Function's place in a node of which more is wanted than its `backward`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["HookedFunction", "OutputOf", "StandIn"]


class StandIn:
    """Takes the Function's place in a node that needs more than its `backward`. Nodes without one
    thus pay nothing for what only a few need: the walk treats it like a Function of a user."""

    takes_arrays = False
    has_attributes = True
    restore: Callable[[Any], None] | None = None  # called before `backward`; ends the standing in

    def __init__(self, function: Any) -> None:
        self.function = function
        self.__name__ = function.__name__
        self.saved_for = function.saved_for

    def backward(self, ctx: Any, *grad_outputs: Any) -> Any:
        return self.function.backward(ctx, *grad_outputs)


class OutputOf(StandIn):
    """In the node of output number `index` of an operation that has several. The node leads to the
    operation's own node, which runs when all its outputs' nodes have run."""

    def __init__(self, function: Any, index: int) -> None:
        super().__init__(function)
        self.index = index


class HookedFunction(StandIn):
    """In a node with hooks, see `BackwardFunction.register_hook`."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.before: dict = {}
        self.after: dict = {}

    def backward(self, ctx: Any, *grad_outputs: Any) -> tuple:
        for hook in list(self.before.values()):
            grad_outputs = _replaced("prehook", self.__name__, grad_outputs, hook(grad_outputs))
        grad_inputs = ctx.checked(self.function.backward(ctx, *grad_outputs))
        for hook in list(self.after.values()):
            grad_inputs = _replaced("hook", self.__name__, grad_inputs, hook(grad_inputs, grad_outputs))
        return grad_inputs


def _replaced(kind: str, name: str, gradients: tuple, answer: Any) -> tuple:
    if answer is None:
        return gradients
    if not isinstance(answer, tuple) or len(answer) != len(gradients):
        raise RuntimeError(f"a {kind} of node {name} must return None or a tuple of {len(gradients)}, got {answer!r}")
    return answer

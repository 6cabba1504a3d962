"""Operations with several outputs: every output gets a node of its own, and all of these lead to the
operation's node.

    values, indices = x.max(dim=0)

    values.grad_fn          a node with OutputOf(Max, 0): sends {0: gradient}
      .next_functions[0]    the operation's node, with SeveralOutputs(Max): runs when all have sent

What travels between the two is a GradientsByOutput. Such things add up like gradients, so the walk
need not know that there are several.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.aliases import Gradient, Like, Node

__all__ = ["GradientsByOutput", "OutputOf", "SeveralOutputs", "StandIn"]


class StandIn:
    """Takes the Function's place in a node that needs more than its `backward`. Nodes without one
    thus pay nothing for what only a few need."""

    takes_arrays = False  # so that the walk asks for `step`
    has_attributes = True

    def __init__(self, function: Any) -> None:
        self.function = function
        self.__name__ = function.__name__
        self.saved_for = function.saved_for

    def backward(self, ctx: Any, *grad_outputs: Any) -> Any:
        return self.function.backward(ctx, *grad_outputs)

    def step(self, node: Node, gradient: Gradient, like: Like) -> Any:
        raise NotImplementedError


class GradientsByOutput:
    """{index of an output: its gradient}, of some outputs of the operation at `node`."""

    base = None  # as an array that shares its memory with no other

    def __init__(self, node: Node, gradients: dict[int, Gradient]) -> None:
        self.node = node
        self.gradients = gradients
        self.shape, self.dtype = node._shape, node._dtype

    def __add__(self, other: GradientsByOutput) -> GradientsByOutput:
        total = dict(self.gradients)
        for i, gradient in other.gradients.items():
            total[i] = total[i] + gradient if i in total else gradient
        return GradientsByOutput(self.node, total)


class OutputOf(StandIn):
    """In the node of output number `index`."""

    def __init__(self, function: Any, index: int) -> None:
        super().__init__(function)
        self.index = index

    def step(self, node: Node, gradient: Gradient, like: Like) -> tuple:
        (operation,) = node.next_functions
        return (GradientsByOutput(operation, {self.index: gradient}),)


class SeveralOutputs(StandIn):
    """In the operation's own node."""

    def step(self, node: Node, gradient: GradientsByOutput, like: Like) -> Any:
        gradients = [gradient.gradients.get(i) for i in range(len(node._shape))]
        if node.materialize_grads:
            for i, (shape, dtype) in enumerate(zip(node._shape, node._dtype)):
                if gradients[i] is None and shape is not None:
                    zeros = np.zeros(shape, dtype)
                    gradients[i] = zeros if node.on_arrays else like.new_tensor(zeros)
        return node.run(self.function, tuple(gradients), like)

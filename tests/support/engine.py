"""What several tests of the engine use."""

from __future__ import annotations

from mytorch.engine.function import Function
from mytorch.tensor import Tensor


def leaf(*values: float) -> Tensor:
    return Tensor(values[0] if len(values) == 1 else list(values), requires_grad=True)


class Square(Function):
    """A Function as a user writes it."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return Tensor(x.data**2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x

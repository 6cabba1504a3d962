"""What several tests of the profiler use."""

from __future__ import annotations

from mytorch import profiler
from mytorch.engine.function import Function
from mytorch.profiler import profile
from mytorch.tensor import Tensor


class Clock:
    """Stands in for the module `time`: stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = 0

    def perf_counter_ns(self) -> int:
        return self.now


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


def averages(prof: profile) -> dict[str, profiler.OperationAverage]:
    return {row.key: row for row in prof.key_averages()}


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data**2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x

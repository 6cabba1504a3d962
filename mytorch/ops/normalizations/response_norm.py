"""Local response normalization: each channel is divided by how strong its neighbours are."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, require_float
from mytorch.ops.elementwise.arithmetic import add, mul
from mytorch.ops.elementwise.division import div
from mytorch.ops.elementwise.powers import pow

__all__ = ["NeighbourSum", "local_response_norm"]


class NeighbourSum(Operation):
    """y[:, c] = sum of x[:, c - before] ... x[:, c + after], as far as there are such channels

    dL/dx: the same sum of dL/dy with `before` and `after` exchanged, because c is a neighbour after i
    where i is one before c."""

    @staticmethod
    def forward(ctx, x, before, after):
        ctx.before, ctx.after = before, after
        data, channels = x.data, x.data.shape[1]
        y = np.zeros_like(data)
        for shift in range(-before, after + 1):
            low, high = max(0, -shift), min(channels, channels - shift)  # of the channels that have this neighbour
            if low < high:
                y[:, low:high] += data[:, low + shift : high + shift]
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return NeighbourSum.run(grad_y, ctx.after, ctx.before), None, None


def local_response_norm(input: T, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> T:
    """input / (k + alpha / size * sum of input^2 over `size` neighbouring channels)^beta

    input: (N, C, ...), same out.  The neighbours of channel c are c - size // 2 ... c + (size - 1) // 2;
    those that do not exist count as 0.  (Krizhevsky, Sutskever and Hinton 2012, section 3.3, where alpha
    is not divided by size.)
    """
    require_float("local_response_norm", input)
    if input.data.ndim < 3:
        raise ValueError(f"local_response_norm: input must have shape (N, C, L, ...), got {input.data.shape}")
    if not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f"local_response_norm: size must be a positive int, got {size!r}")
    strength = NeighbourSum.apply(mul(input, input), size // 2, (size - 1) // 2)
    return div(input, pow(add(mul(strength, alpha / size), k), beta))

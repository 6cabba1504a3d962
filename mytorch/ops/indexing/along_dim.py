"""One element per position, picked along an axis: what sort, max and losses need."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation

__all__ = ["PutAlongDim", "TakeAlongDim"]


class TakeAlongDim(Operation):
    """y[i] = x[i with its axis `dim` replaced by indices[i]].   dL/dx: dL/dy put back there

    indices: an array in a tuple, of the shape of x except along `dim`, no position twice."""

    @staticmethod
    def forward(ctx, x, indices, dim):
        ctx.indices, ctx.dim, ctx.size = indices, dim, x.data.shape[dim]
        return x.new_tensor(np.take_along_axis(x.data, indices[0], axis=dim))

    @staticmethod
    def backward(ctx, grad_y):
        return PutAlongDim.run(grad_y, ctx.indices, ctx.dim, ctx.size), None, None


class PutAlongDim(Operation):
    """y = zeros with axis `dim` of size `size`, and x at `indices` along it.   dL/dx: dL/dy taken there"""

    @staticmethod
    def forward(ctx, x, indices, dim, size):
        ctx.indices, ctx.dim = indices, dim
        shape = list(x.data.shape)
        shape[dim] = size
        y = np.zeros(shape, dtype=x.data.dtype)
        np.put_along_axis(y, indices[0], x.data, axis=dim)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return TakeAlongDim.run(grad_y, ctx.indices, ctx.dim), None, None, None

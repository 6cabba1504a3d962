"""max_unpool1d and max_unpool2d, which put pooled elements back, and lp_pool1d and lp_pool2d, p-norms of windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.operands import array_of, require_float
from mytorch.ops.indexing.along_dim import PutAlongDim
from mytorch.ops.shapes.reshape import reshape
from mytorch.ops.windows.geometry import ints_per_axis
from mytorch.ops.windows.pooling import avg_pool1d, avg_pool2d

__all__ = ["lp_pool1d", "lp_pool2d", "max_unpool1d", "max_unpool2d"]


def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """(N, C, OL) or (C, OL) -> (N, C, L): see `max_unpool2d`."""
    return _unpool("max_unpool1d", input, indices, kernel_size, stride, padding, output_size, 1)


def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """What `max_pool2d(..., return_indices=True)` took is put back where it was, zeros elsewhere: (N, C, OH, OW) or
    (C, OH, OW) -> (N, C, H, W). output_size: H and W, where several sizes pool to OH and OW."""
    return _unpool("max_unpool2d", input, indices, kernel_size, stride, padding, output_size, 2)


def _unpool(
    name: str, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any, ndim: int
) -> Any:
    require_float(name, input)
    where = array_of(indices)
    if where.shape != input.data.shape or where.dtype.kind not in "iu":
        raise ValueError(f"{name}: indices must be integers of the shape of input, {input.data.shape}")
    kernel = ints_per_axis(name, "kernel_size", kernel_size, ndim, 1)
    step = kernel if stride is None else ints_per_axis(name, "stride", stride, ndim, 1)
    added = ints_per_axis(name, "padding", padding, ndim, 0)
    pooled = input.data.shape[-ndim:]
    size = tuple([(n - 1) * s - 2 * p + k for n, s, p, k in zip(pooled, step, added, kernel)])
    if output_size is not None:
        wanted = tuple(output_size)[-ndim:]
        if any(abs(w - n) >= s for w, n, s in zip(wanted, size, step)):
            raise ValueError(f"{name}: output_size must be within one stride {step} of {size}, got {wanted}")
        size = wanted
    if where.size and (where.min() < 0 or where.max() >= np.prod(size)):
        raise IndexError(f"{name}: indices must be from 0 to {np.prod(size) - 1}")
    lead = input.data.shape[:-ndim]
    flat = PutAlongDim.apply(reshape(input, (*lead, -1)), (where.reshape(*lead, -1),), -1, int(np.prod(size)))
    return reshape(flat, (*lead, *size))


def lp_pool1d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """(sum of x^norm_type over each window)^(1 / norm_type): (N, C, L) or (C, L) -> (N, C, OL)."""
    require_float("lp_pool1d", input)
    (count,) = ints_per_axis("lp_pool1d", "kernel_size", kernel_size, 1, 1)
    means = avg_pool1d(input**norm_type, kernel_size, stride, 0, ceil_mode)
    return _root(means * count, norm_type)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """(sum of x^norm_type over each window)^(1 / norm_type): (N, C, H, W) or (C, H, W) -> (N, C, OH, OW)."""
    require_float("lp_pool2d", input)
    height, width = ints_per_axis("lp_pool2d", "kernel_size", kernel_size, 2, 1)
    means = avg_pool2d(input**norm_type, kernel_size, stride, 0, ceil_mode)
    return _root(means * (height * width), norm_type)


def _root(sums: Any, p: float) -> Any:
    return (sums.sign() * sums.abs().relu()) ** (1.0 / p)

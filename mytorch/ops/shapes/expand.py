"""Axes of length 1 made longer without a copy: expand, broadcast_to, meshgrid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.broadcasting import unbroadcast
from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.reshape import reshape
from mytorch.ops.shapes.transpose import transpose

__all__ = ["Expand", "broadcast_tensors", "broadcast_to", "expand", "expand_as", "meshgrid"]


class Expand(Operation):
    """Elements repeated along axes of size 1 and along new axes in front, as broadcasting does.
    dL/dx: dL/dy summed over the repetitions

    A view of stride 0, as in PyTorch: what is repeated takes no memory."""

    @staticmethod
    def forward(ctx, x, shape):
        ctx.shape = x.data.shape
        new = len(shape) - x.data.ndim
        strides = [0 if n == 1 else stride for n, stride in zip(x.data.shape, x.data.strides)]
        # Not np.broadcast_to, whose views are read-only: x.data may be written to, and its views show it.
        return x.new_view(np.lib.stride_tricks.as_strided(x.data, shape, [0] * new + strides))

    @staticmethod
    def backward(ctx, grad_y):
        return unbroadcast(grad_y, ctx.shape), None

    @classmethod
    def run(cls, x, shape):
        """On arrays a copy: it is a gradient, into which others are added, and all that follows is
        slower on a stride of 0."""
        if isinstance(x, TensorBase):
            return cls.apply(x, shape)
        y = np.empty(shape, dtype=x.dtype)
        y[...] = x
        return y


def expand(input: T, shape: Sequence[int]) -> T:
    """`input` repeated to `shape`, whose last axes match its own; -1 keeps an axis as it is."""
    require_tensor("expand", "input", input)
    old = input.data.shape
    new = len(shape) - len(old)  # axes in front that input does not have
    sizes = tuple([old[i - new] if n == -1 and i >= new else int(n) for i, n in enumerate(shape)])
    fits = new >= 0 and min(sizes, default=0) >= 0 and all(a in (1, b) for a, b in zip(old, sizes[new:]))
    if not fits:
        raise ValueError(f"expand: a tensor of shape {old} cannot be expanded to {tuple(shape)}")
    return Expand.apply(input, sizes)


def broadcast_to(input: T, size: Sequence[int]) -> T:
    """The same as `expand`."""
    return expand(input, size)


def expand_as(input: T, other: Any) -> T:
    """`input` expanded to the shape of `other`."""
    require_tensor("expand_as", "other", other)
    return expand(input, other.data.shape)


def broadcast_tensors(*tensors: T) -> tuple[T, ...]:
    """The tensors, each expanded to the shape in which they all meet."""
    shapes = []
    for i, tensor in enumerate(tensors):
        require_tensor("broadcast_tensors", f"tensors[{i}]", tensor)
        shapes.append(tensor.data.shape)
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(f"broadcast_tensors: shapes do not broadcast: {shapes}") from None
    return tuple([expand(tensor, shape) for tensor in tensors])


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple:
    """The coordinates of a grid: from vectors of sizes n_1, ..., n_k as many tensors of shape
    (n_1, ..., n_k), the i-th of which changes only along axis i. Also takes a list of vectors.

    indexing: "ij", or "xy", which exchanges the first two axes (x to the right, y down)."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors:
        raise ValueError("meshgrid: needs at least one tensor")
    if indexing not in ("ij", "xy"):
        raise ValueError(f"meshgrid: indexing must be 'ij' or 'xy', got {indexing!r}")
    for i, tensor in enumerate(tensors):
        require_tensor("meshgrid", f"tensors[{i}]", tensor)
        if tensor.data.ndim > 1:
            raise ValueError(f"meshgrid: tensors[{i}] must be a vector or a number, got shape {tensor.data.shape}")
        if tensor.data.dtype != tensors[0].data.dtype:
            raise TypeError(
                f"meshgrid: tensors must have one dtype, got {tensors[0].data.dtype} and, for tensors[{i}], "
                f"{tensor.data.dtype}"
            )
    sizes = [tensor.data.size for tensor in tensors]
    swap = indexing == "xy" and len(tensors) > 1
    grids = []
    for i, tensor in enumerate(tensors):
        grid = expand(reshape(tensor, [n if j == i else 1 for j, n in enumerate(sizes)]), sizes)
        grids.append(transpose(grid, 0, 1) if swap else grid)
    return tuple(grids)

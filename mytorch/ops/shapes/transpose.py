"""The axes in another order: transpose, permute, movedim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axes_of, axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.reshape import Reshape

__all__ = ["Permute", "Transpose", "moveaxis", "movedim", "permute", "swapaxes", "swapdims", "t", "transpose"]


class Transpose(Operation):
    """Two axes exchanged.   dL/dx: the same two axes of dL/dy exchanged"""

    @staticmethod
    def forward(ctx, x, dim0=0, dim1=1):
        ctx.dims = dim0, dim1
        return x.new_view(x.data.swapaxes(dim0, dim1))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.swapaxes(*ctx.dims), None, None


def transpose(input: T, dim0: int, dim1: int) -> T:
    """`input` with the axes `dim0` and `dim1` exchanged (a view)."""
    require_tensor("transpose", "input", input)
    ndim = input.data.ndim
    axes = axis_of("transpose", dim0, ndim, "dim0"), axis_of("transpose", dim1, ndim, "dim1")
    if ndim == 0:
        return Reshape.apply(input, ())
    return Transpose.apply(input, *axes)


swapdims = transpose


def swapaxes(input: T, axis0: int, axis1: int) -> T:
    """`transpose`, with NumPy's names for the arguments."""
    return transpose(input, axis0, axis1)


def t(input: T) -> T:
    """The transpose of a matrix; tensors with fewer axes as they are (a view)."""
    require_tensor("t", "input", input)
    if input.data.ndim > 2:
        raise ValueError(f"t: input must have at most 2 axes, got shape {input.data.shape}; use mT or permute")
    return permute(input, range(input.data.ndim)[::-1])


class Permute(Operation):
    """Axes in another order: y's axis i is x's axis dims[i].   dL/dx: the inverse order"""

    @staticmethod
    def forward(ctx, x, dims):
        ctx.dims = dims
        return x.new_view(x.data.transpose(dims))

    @staticmethod
    def backward(ctx, grad_y):
        inverse = tuple([ctx.dims.index(axis) for axis in range(len(ctx.dims))])
        return Permute.run(grad_y, inverse), None


def permute(input: T, dims: Sequence[int]) -> T:
    """`input` with its axes in the order `dims` (a view): axis i of the result is axis dims[i]."""
    require_tensor("permute", "input", input)
    ndim = input.data.ndim
    if len(dims) != ndim:
        raise ValueError(f"permute: dims must name each of the {ndim} axes once, got {tuple(dims)}")
    return Permute.apply(input, axes_of("permute", tuple(dims), ndim))


def movedim(input: T, source: int | Sequence[int], destination: int | Sequence[int]) -> T:
    """`input` with its axes `source` at the positions `destination`, the others in their order (a view)."""
    require_tensor("movedim", "input", input)
    ndim = input.data.ndim
    sources, destinations = _listed(source), _listed(destination)
    if len(sources) != len(destinations):
        raise ValueError(f"movedim: source {source} and destination {destination} must be equally many axes")
    if not sources:
        return permute(input, range(ndim))
    sources, destinations = axes_of("movedim", sources, ndim), axes_of("movedim", destinations, ndim)
    order = [axis for axis in range(ndim) if axis not in sources]
    for to, axis in sorted(zip(destinations, sources)):
        order.insert(to, axis)
    return permute(input, order)


moveaxis = movedim


def _listed(dims: Any) -> tuple:
    return tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)

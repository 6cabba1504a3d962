"""Operations that give the same elements another shape: reshape, transpose, permute, expand, ...

Where NumPy gives a view, so do we: no copy, and one version counter with the original.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.common import T, axes_of, axis_of, require_tensor, unbroadcast

__all__ = [
    "Clone", "Expand", "Permute", "Reshape", "Transpose",
    "broadcast_tensors", "broadcast_to", "clone", "expand", "expand_as", "flatten", "meshgrid", "moveaxis", "movedim",
    "permute", "ravel", "reshape", "squeeze", "swapaxes", "swapdims", "t", "transpose", "unflatten", "unsqueeze",
]  # fmt: skip


class Reshape(Operation):
    """The same elements in another shape.   dL/dx: dL/dy in the shape of x"""

    @staticmethod
    def forward(ctx, x, shape):
        ctx.shape = x.data.shape
        y = x.data.reshape(shape)
        return x.new_view(y) if np.may_share_memory(x.data, y) else x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.reshape(ctx.shape), None


def reshape(input: T, shape: Sequence[int]) -> T:
    """`input` in another shape with as many elements; one of the sizes may be -1: "the rest"."""
    require_tensor("reshape", "input", input)
    return Reshape.apply(input, _full_shape("reshape", input.data.shape, shape))


def _full_shape(function: str, old: tuple[int, ...], new: Sequence[int]) -> tuple[int, ...]:
    """`new` with its -1 worked out; ValueError unless it has as many elements as `old`."""
    shape = tuple([int(n) for n in new])
    size = math.prod(old)
    known = math.prod([n for n in shape if n != -1])
    if shape.count(-1) == 1 and known > 0 and size % known == 0:
        return tuple([size // known if n == -1 else n for n in shape])
    if -1 in shape or min(shape, default=0) < 0 or known != size:
        raise ValueError(f"{function}: shape {shape} does not fit a tensor of shape {old} with {size} elements")
    return shape


def flatten(input: T, start_dim: int = 0, end_dim: int = -1) -> T:
    """`input` with the axes from `start_dim` to `end_dim` merged into one. A 0-d tensor becomes 1-d."""
    require_tensor("flatten", "input", input)
    shape = input.data.shape
    start = axis_of("flatten", start_dim, len(shape), "start_dim")
    end = axis_of("flatten", end_dim, len(shape), "end_dim")
    if start > end:
        raise ValueError(f"flatten: start_dim must not come after end_dim, got {start_dim} and {end_dim}")
    return Reshape.apply(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def ravel(input: T) -> T:
    """All elements along one axis."""
    return flatten(input)


def unflatten(input: T, dim: int, sizes: Sequence[int]) -> T:
    """The axis `dim` as several axes of `sizes`, one of which may be -1."""
    require_tensor("unflatten", "input", input)
    shape = input.data.shape
    axis = axis_of("unflatten", dim, len(shape))
    if not shape or len(sizes) == 0:
        raise ValueError(f"unflatten: needs an axis and its sizes, got shape {shape} and sizes {tuple(sizes)}")
    parts = _full_shape("unflatten", shape[axis : axis + 1], sizes)
    return Reshape.apply(input, (*shape[:axis], *parts, *shape[axis + 1 :]))


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


def unsqueeze(input: T, dim: int) -> T:
    """`input` with a new axis of size 1 at position `dim` (a view)."""
    require_tensor("unsqueeze", "input", input)
    shape = input.data.shape
    axis = axis_of("unsqueeze", dim, len(shape) + 1)
    return Reshape.apply(input, (*shape[:axis], 1, *shape[axis:]))


def squeeze(input: T, dim: int | Sequence[int] | None = None) -> T:
    """`input` without its axes of size 1 (a view): all of them, or those of `dim`; axes of `dim`
    with another size stay."""
    require_tensor("squeeze", "input", input)
    shape = input.data.shape
    if dim == ():  # where reductions mean all axes by it
        return Reshape.apply(input, shape)
    axes = axes_of("squeeze", dim, len(shape))
    return Reshape.apply(input, tuple([n for axis, n in enumerate(shape) if n != 1 or axis not in axes]))


class Clone(Operation):
    """y = x, in memory of its own.   dL/dx = dL/dy"""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data.copy())

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y


def clone(input: T) -> T:
    """A copy of `input`. Gradients flow through it."""
    require_tensor("clone", "input", input)
    return Clone.apply(input)


class Expand(Operation):
    """Elements repeated along axes of size 1 and along new axes in front, as broadcasting does.
    dL/dx: dL/dy summed over the repetitions

    Makes a new array: NumPy's view of stride 0 is read-only, and slower in all that follows."""

    @staticmethod
    def forward(ctx, x, shape):
        ctx.shape = x.data.shape
        y = np.empty(shape, dtype=x.data.dtype)
        y[...] = x.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return unbroadcast(grad_y, ctx.shape), None


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

"""Operations that choose elements by a condition: masked_fill, masked_select, nonzero."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.common import T, require_tensor, unbroadcast
from mytorch.ops.indexing import GetItem
from mytorch.ops.shape import expand

__all__ = ["MaskedFill", "argwhere", "masked_fill", "masked_select", "nonzero"]


class MaskedFill(Operation):
    """y = value where mask, x elsewhere.
    dL/dx: dL/dy with 0 where mask,   dL/dvalue: the sum of dL/dy where mask

    mask: an array of truth values in a tuple. value: a number or a 0-d tensor.
    Not x * (1 - mask): a gradient of inf or nan behind the mask must not come through."""

    @staticmethod
    def forward(ctx, x, mask, value):
        (ctx.mask,) = mask
        ctx.shape = x.data.shape
        number = np.asarray(value.data if isinstance(value, TensorBase) else value).astype(x.data.dtype)
        return x.new_tensor(np.where(ctx.mask, number, x.data))

    @staticmethod
    def backward(ctx, grad_y):
        grad_x = grad_value = None
        if ctx.wanted[0]:
            grad_x = unbroadcast(MaskedFill.run(grad_y, (ctx.mask,), 0), ctx.shape)
        if ctx.wanted[2]:
            grad_value = MaskedFill.run(grad_y, (~ctx.mask,), 0).sum()
        return grad_x, None, grad_value


def masked_fill(input: T, mask: Any, value: Any) -> T:
    """`input` with `value`, a number or a 0-d Tensor, where `mask` is True. They broadcast."""
    require_tensor("masked_fill", "input", input)
    if np.ndim(value.data if isinstance(value, TensorBase) else value):
        raise ValueError(f"masked_fill: value must be a number or a 0-d tensor, got {value!r:.60}")
    return MaskedFill.apply(input, (_mask_for("masked_fill", input, mask).copy(),), value)


def masked_select(input: T, mask: Any) -> T:
    """The elements of `input` where `mask` is True, as a vector. They broadcast."""
    require_tensor("masked_select", "input", input)
    array = _mask_for("masked_select", input, mask)
    shape = np.broadcast_shapes(input.data.shape, array.shape)
    if shape != input.data.shape:
        input = expand(input, shape)
    return GetItem.apply(input, np.broadcast_to(array, shape))


def _mask_for(function: str, input: Any, mask: Any) -> np.ndarray:
    array = np.asarray(mask.data if isinstance(mask, TensorBase) else mask)
    if array.dtype != np.bool_:
        raise TypeError(f"{function}: mask must hold truth values, got dtype {array.dtype}")
    try:
        np.broadcast_shapes(input.data.shape, array.shape)
    except ValueError:
        raise ValueError(
            f"{function}: mask of shape {array.shape} does not broadcast with input of shape {input.data.shape}"
        ) from None
    return array


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0, int64: a row for each, (count, ndim), or with
    `as_tuple` a vector for each axis, which can serve as an index. Without gradient."""
    require_tensor("nonzero", "input", input)
    if not as_tuple:
        return input.new_tensor(np.argwhere(input.data).astype(np.int64, copy=False))
    positions = np.atleast_1d(input.data).nonzero()
    return tuple([input.new_tensor(where.astype(np.int64, copy=False)) for where in positions])


def argwhere(input: Any) -> Any:
    """The same as `nonzero(input)`."""
    return nonzero(input)

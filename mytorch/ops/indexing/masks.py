"""Operations that choose elements by a condition: masked_fill, masked_select, nonzero."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, array_of, as_stored_operand, require_tensor
from mytorch.ops.elementwise.cast import cast
from mytorch.ops.elementwise.choice import Where
from mytorch.ops.shapes.expand import expand
from mytorch.ops.shapes.getitem import GetItem

__all__ = ["argwhere", "masked_fill", "masked_select", "nonzero"]


def masked_fill(input: T, mask: Any, value: Any) -> T:
    """`input` with `value`, a number or a 0-d Tensor, where `mask` is True. They broadcast. RuntimeError
    for a value that the dtype of `input` cannot hold."""
    require_tensor("masked_fill", "input", input)
    if np.ndim(value.data if isinstance(value, TensorBase) else value):
        raise ValueError(f"masked_fill: value must be a number or a 0-d tensor, got {value!r:.60}")
    where = input.new_tensor(_mask_for("masked_fill", input, mask).copy())
    if isinstance(value, TensorBase) and value._node is None:
        value = value.data[()]  # must fit as a number must
    return Where.apply(where, cast(as_stored_operand(value, input, "masked_fill"), input.data.dtype), input)


def masked_select(input: T, mask: Any) -> T:
    """The elements of `input` where `mask` is True, as a vector. They broadcast."""
    require_tensor("masked_select", "input", input)
    array = _mask_for("masked_select", input, mask)
    shape = np.broadcast_shapes(input.data.shape, array.shape)
    if shape != input.data.shape:
        input = expand(input, shape)
    return GetItem.apply(input, np.broadcast_to(array, shape))


def _mask_for(function: str, input: Any, mask: Any) -> np.ndarray:
    array = array_of(mask)
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


def argwhere(input: T) -> T:
    """The same as `nonzero(input)`."""
    return nonzero(input)

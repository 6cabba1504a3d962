"""Reductions of truth values: any, all, count_nonzero. Without gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.common.axes import axes_of, numpy_names
from mytorch.ops.common.operands import T, require_tensor

__all__ = ["all", "any", "count_nonzero"]


@numpy_names
def any(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> T:
    """Whether at least one element over `dim` is not 0 (nan is not 0)."""
    require_tensor("any", "input", input)
    return _truth(input, input.data.any(axis=axes_of("any", dim, input.data.ndim), keepdims=keepdim))


@numpy_names
def all(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> T:
    """Whether no element over `dim` is 0."""
    require_tensor("all", "input", input)
    return _truth(input, input.data.all(axis=axes_of("all", dim, input.data.ndim), keepdims=keepdim))


def _truth(input: Any, values: Any) -> Any:
    # uint8 was PyTorch's bool once, and still gives uint8 here.
    return input.new_tensor(values.astype(np.uint8) if input.data.dtype == np.uint8 else values)


@numpy_names
def count_nonzero(input: T, dim: int | Sequence[int] | None = None) -> T:
    """How many elements over `dim` are not 0, as int64."""
    require_tensor("count_nonzero", "input", input)
    axes = axes_of("count_nonzero", dim, input.data.ndim)
    return input.new_tensor((input.data != 0).sum(axis=axes, dtype=np.int64))

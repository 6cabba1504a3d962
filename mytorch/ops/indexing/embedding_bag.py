"""Bags of rows: an embedding whose vectors are summed up, without keeping those of single numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.operands import T, array_of, require_tensor
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.elementwise.choice import where
from mytorch.ops.indexing.embedding import checked_indices, checked_padding, limit_norms, rows_of
from mytorch.ops.indexing.slices import AddAlong, PickAlong
from mytorch.ops.reductions.extrema import max
from mytorch.ops.shapes.reshape import reshape, unsqueeze

__all__ = ["embedding_bag"]


def embedding_bag(
    input: Any,
    weight: T,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: T | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> T:
    """The sum, mean or maximum of the rows of `weight` in each bag.    -> (bags, D), 0 for an empty bag

    input: integers 0..rows-1: (bags, n), equally many per bag; or (numbers,) with `offsets` (bags,), the
        position where each bag begins. include_last_offset: offsets has one more entry, the last bag's end.
    mode: "sum", "mean" or "max".  per_sample_weights: a factor for every number, of the shape of input,
        only with "sum".  padding_idx: this row counts in no bag.
    max_norm, norm_type, scale_grad_by_freq, sparse: as in `embedding`; scale_grad_by_freq not with "max".
    """
    name = "embedding_bag"
    require_tensor(name, "weight", weight)
    if sparse:
        raise NotImplementedError(f"{name}: sparse=True is not supported, the gradient is always dense")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"{name}: mode must be 'sum', 'mean' or 'max', got {mode!r}")
    if per_sample_weights is not None and mode != "sum":
        raise ValueError(f"{name}: per_sample_weights needs mode='sum', got mode={mode!r}")
    if scale_grad_by_freq and mode == "max":
        raise ValueError(f"{name}: scale_grad_by_freq has no meaning for mode='max'")
    indices = checked_indices(name, input, len(weight.data))
    bag, bags = _bag_of_each(name, indices, offsets, include_last_offset)  # (numbers,)
    if max_norm is not None:
        limit_norms(weight, indices, max_norm, norm_type)
    padding_idx = checked_padding(name, padding_idx, len(weight.data))
    flat = indices.reshape(-1)
    rows = rows_of(weight, flat, padding_idx, scale_grad_by_freq)  # (numbers, D)
    if per_sample_weights is not None:
        require_tensor(name, "per_sample_weights", per_sample_weights)
        if per_sample_weights.data.shape != indices.shape:
            raise ValueError(
                f"{name}: per_sample_weights must have the shape of input, {indices.shape}, got "
                f"{per_sample_weights.data.shape}"
            )
        rows = mul(rows, unsqueeze(reshape(per_sample_weights, flat.shape), 1))
    counted = np.arange(len(flat)) if padding_idx is None else np.flatnonzero(flat != padding_idx)
    rows, bag = PickAlong.apply(rows, (counted,), 0), bag[counted]
    if mode == "max":
        return _largest(rows, bag, bags)
    sums = AddAlong.apply(rows, (bag,), 0, bags)  # (numbers, D) -> (bags, D)
    if mode == "sum":
        return sums
    counts = np.maximum(np.bincount(bag, minlength=bags), 1).astype(weight.data.dtype)
    return mul(sums, 1 / counts[:, None])


def _largest(rows: Any, bag: np.ndarray, bags: int) -> Any:
    """The largest of the rows of each bag, element by element.    (numbers, D) -> (bags, D)"""
    counts = np.bincount(bag, minlength=bags)
    longest = int(counts.max(initial=0))
    if longest == 0:
        return AddAlong.apply(rows, (bag,), 0, bags)  # zeros
    # The table (bags, longest) of each bag's rows. Short bags repeat their first row, which changes no maximum and
    # comes after it, so that the gradient goes to the first; empty ones take any row, and are put to 0.
    first = np.cumsum(counts) - counts
    place = np.arange(longest)
    table = first[:, None] + np.where(place < counts[:, None], place, 0)
    table = np.minimum(table, len(bag) - 1)
    picked = PickAlong.apply(rows, (table.reshape(-1),), 0)
    values, _ = max(reshape(picked, (bags, longest, rows.data.shape[1])), 1)
    return where(values.new_tensor((counts > 0)[:, None]), values, 0.0)


def _bag_of_each(name: str, indices: np.ndarray, offsets: Any, include_last_offset: bool) -> tuple[np.ndarray, int]:
    """(the bag that each number is in, how many bags there are)."""
    if indices.ndim == 2:
        if offsets is not None:
            raise ValueError(f"{name}: offsets must be None for an input of shape (bags, n), got {indices.shape}")
        return np.repeat(np.arange(len(indices)), indices.shape[1]), len(indices)
    if indices.ndim != 1 or offsets is None:
        raise ValueError(f"{name}: input must have shape (bags, n), or (numbers,) with offsets, got {indices.shape}")
    starts = array_of(offsets)
    if starts.ndim != 1 or starts.dtype.kind not in "iu" or (include_last_offset and not len(starts)):
        raise ValueError(f"{name}: offsets must be integers of shape (bags,), got {starts.dtype} of {starts.shape}")
    if include_last_offset:
        if starts[-1] != len(indices):
            raise ValueError(f"{name}: the last offset must be {len(indices)}, the number of indices, got {starts[-1]}")
        starts = starts[:-1]
    if len(starts) and (starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > len(indices)):
        raise ValueError(
            f"{name}: offsets must begin with 0 and not decrease, up to {len(indices)}, got {starts!r:.80}"
        )
    lengths = np.diff(np.append(starts, len(indices))).astype(np.intp)  # np.repeat takes no wider integers
    return np.repeat(np.arange(len(starts)), lengths), len(starts)

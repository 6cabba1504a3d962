"""Class indices as vectors: rows of a learned table, or ones and zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, array_of, require_tensor
from mytorch.runtime.accumulate import sum_of_rows

__all__ = [
    "AddRows",
    "GradientScale",
    "Rows",
    "checked_indices",
    "checked_padding",
    "embedding",
    "limit_norms",
    "one_hot",
    "rows_of",
]


class Rows(Operation):
    """y[i] = w[indices[i]].   dL/dw: the rows of dL/dy added up where they came from; 0 at padding_idx

    indices: an array in a tuple, of any shape.    w: (rows, D) -> y: (*indices.shape, D)"""

    @staticmethod
    def forward(ctx, w, indices, padding_idx):
        ctx.indices, ctx.rows, ctx.padding_idx = indices, len(w.data), padding_idx
        return w.new_tensor(w.data[indices[0]])

    @staticmethod
    def backward(ctx, grad_y):
        return AddRows.run(grad_y, ctx.indices, ctx.rows, ctx.padding_idx), None, None


class AddRows(Operation):
    """w = zeros, and w[indices[i]] += x[i], but nothing for padding_idx.   dL/dx[i] = dL/dw[indices[i]], 0 there

    The derivative of Rows."""

    @staticmethod
    def forward(ctx, x, indices, rows, padding_idx):
        ctx.indices, ctx.padding_idx = indices, padding_idx
        w = np.zeros((rows, x.data.shape[-1]), x.data.dtype)
        _add_rows(w, indices[0].reshape(-1), x.data.reshape(indices[0].size, x.data.shape[-1]))
        if padding_idx is not None:
            w[padding_idx] = 0
        return x.new_tensor(w)

    @staticmethod
    def backward(ctx, grad_w):
        if ctx.padding_idx is not None:
            counts = np.ones((grad_w.shape[0], 1), grad_w.dtype)
            counts[ctx.padding_idx] = 0
            grad_w = grad_w * counts
        return Rows.run(grad_w, ctx.indices, None), None, None, None


SEVERAL = 8  # rows with one index: of more, a sum by a product pays


def _add_rows(w: np.ndarray, indices: np.ndarray, x: np.ndarray) -> None:
    """w[indices[i]] += x[i] for each i, to a w of zeros.    (rows, D), (n,), (n, D)

    `np.add.at` and `np.add.reduceat` go element by element. Here rows of x with one index are brought together;
    many are summed at once, and of few first the first rows of all indices are added, then the second ones, ..."""
    keys = indices.astype(np.uint16) if len(w) <= 1 << 16 else indices  # which NumPy sorts ten times as fast
    order = np.argsort(keys, kind="stable")
    sorted_indices, x = indices[order], x.take(order, axis=0)
    is_first = np.ones(len(order), bool)
    np.not_equal(sorted_indices[1:], sorted_indices[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    counts = np.diff(first, append=len(order))
    for start, count in zip(first[counts > SEVERAL].tolist(), counts[counts > SEVERAL].tolist()):
        w[sorted_indices[start]] = sum_of_rows(x[start : start + count])
    first, counts = first[counts <= SEVERAL], counts[counts <= SEVERAL]
    for turn in range(counts.max(initial=0)):
        rows = first[counts > turn] + turn
        w[sorted_indices[rows]] += x[rows]


class GradientScale(Operation):
    """y = x.   dL/dx = scale * dL/dy        scale: an array that broadcasts to x, in a tuple"""

    @staticmethod
    def forward(ctx, x, scale):
        ctx.scale = scale
        return x.new_tensor(x.data.copy())

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.scale[0], None


def embedding(
    input: Any,
    weight: T,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> T:
    """The rows of `weight` at the positions `input`.    (...) and (rows, D) -> (..., D)

    input: integers 0..rows-1, a Tensor or array.  padding_idx: this row gets no gradient.
    max_norm: rows that are looked up and whose `norm_type`-norm is larger are shortened to it first, in
        `weight` itself, as in PyTorch.
    scale_grad_by_freq: the gradient of each row is divided by how often it was looked up.
    sparse: must be False, gradients are always dense: NotImplementedError.
    """
    require_tensor("embedding", "weight", weight)
    if sparse:
        raise NotImplementedError("embedding: sparse=True is not supported, the gradient is always dense")
    if weight.data.ndim != 2:
        raise ValueError(f"embedding: weight must have shape (rows, D), got {weight.data.shape}")
    indices = checked_indices("embedding", input, len(weight.data))
    padding_idx = checked_padding("embedding", padding_idx, len(weight.data))
    if max_norm is not None:
        limit_norms(weight, indices, max_norm, norm_type)
    return rows_of(weight, indices, padding_idx, scale_grad_by_freq)


def rows_of(weight: Any, indices: np.ndarray, padding_idx: int | None, scale_grad_by_freq: bool) -> Any:
    """weight[indices], for arguments that were checked."""
    if not scale_grad_by_freq:
        return Rows.apply(weight, (indices,), padding_idx)
    places = indices.reshape(-1).astype(np.intp, copy=False)
    counts = np.bincount(places, minlength=len(weight.data)).astype(weight.data.dtype)
    share = 1 / np.maximum(counts, 1)
    return GradientScale.apply(Rows.apply(weight, (indices,), padding_idx), (share[indices][..., None],))


def limit_norms(weight: Any, indices: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Shorten the rows at `indices` whose norm is above max_norm, in place; nothing is recorded."""
    used = np.unique(indices)
    norms = np.linalg.norm(weight.data[used], ord=norm_type, axis=1)  # (used,)
    long = norms > max_norm
    if long.any():
        factors = (max_norm / (norms[long] + 1e-7)).astype(weight.data.dtype)  # 1e-7 as in PyTorch
        weight.data[used[long]] *= factors[:, None]
        weight.mark_changed()


def checked_padding(function: str, padding_idx: int | None, rows: int) -> int | None:
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise ValueError(f"{function}: padding_idx must be in {-rows}..{rows - 1}, got {padding_idx}")
    return padding_idx % rows


def one_hot(input: T, num_classes: int = -1) -> T:
    """For each class index a vector with 1 at its position and 0 elsewhere.    (...) -> (..., num_classes)

    input: integers from 0. num_classes: -1 means the largest index + 1. The result is int64.
    """
    require_tensor("one_hot", "input", input)
    labels = input.data
    if num_classes == -1:
        if not labels.size:
            raise ValueError("one_hot: num_classes must be given for an empty tensor")
        num_classes = int(labels.max()) + 1 if labels.dtype.kind in "iu" else 0
    elif num_classes < 1:
        raise ValueError(f"one_hot: num_classes must be positive, or -1, got {num_classes}")
    labels = checked_indices("one_hot", input, num_classes)
    return input.new_tensor((labels[..., None] == np.arange(num_classes)).astype(np.int64))


def checked_indices(function: str, input: Any, count: int) -> np.ndarray:
    indices = array_of(input)
    if indices.dtype.kind not in "iu":
        raise TypeError(f"{function}: input must hold integers, got dtype {indices.dtype}")
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        wrong = indices[(indices < 0) | (indices >= count)][0]
        raise IndexError(f"{function}: input must be in 0..{count - 1}, got {wrong}")
    return indices

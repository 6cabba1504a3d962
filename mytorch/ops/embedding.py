"""Class numbers as vectors: rows of a table that is learned, or ones and zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.common import T, require_tensor

__all__ = ["AddRows", "Rows", "embedding", "one_hot"]


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

    The derivative of Rows. Rows with one index are brought together and summed in one call:
    `np.add.at` does the same element by element."""

    @staticmethod
    def forward(ctx, x, indices, rows, padding_idx):
        ctx.indices, ctx.padding_idx = indices, padding_idx
        flat = indices[0].reshape(-1)
        w = np.zeros((rows, x.data.shape[-1]), x.data.dtype)
        if flat.size:
            order = np.argsort(flat, kind="stable")
            present, first = np.unique(flat[order], return_index=True)
            w[present] = np.add.reduceat(x.data.reshape(flat.size, x.data.shape[-1])[order], first, axis=0)
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
    max_norm, scale_grad_by_freq and sparse are not supported: NotImplementedError.
    """
    require_tensor("embedding", "weight", weight)
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError(
            "embedding: max_norm, scale_grad_by_freq and sparse are not supported; rescale the weight yourself under "
            "no_grad() for a maximal norm"
        )
    if weight.data.ndim != 2:
        raise ValueError(f"embedding: weight must have shape (rows, D), got {weight.data.shape}")
    rows = len(weight.data)
    indices = _checked_indices("embedding", input, rows)
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise ValueError(f"embedding: padding_idx must be in {-rows}..{rows - 1}, got {padding_idx}")
        padding_idx %= rows
    return Rows.apply(weight, (indices,), padding_idx)


def one_hot(input: T, num_classes: int = -1) -> T:
    """For each class number a vector with 1 at its position and 0 elsewhere.    (...) -> (..., num_classes)

    input: integers from 0. num_classes: -1 means the largest number + 1. The result is int64.
    """
    require_tensor("one_hot", "input", input)
    labels = input.data
    if num_classes == -1:
        if not labels.size:
            raise ValueError("one_hot: num_classes must be given for an empty tensor")
        num_classes = int(labels.max()) + 1 if labels.dtype.kind in "iu" else 0
    elif num_classes < 1:
        raise ValueError(f"one_hot: num_classes must be positive, or -1, got {num_classes}")
    labels = _checked_indices("one_hot", input, num_classes)
    return input.new_tensor((labels[..., None] == np.arange(num_classes)).astype(np.int64))


def _checked_indices(function: str, input: Any, count: int) -> np.ndarray:
    indices = input.data if isinstance(input, TensorBase) else np.asarray(input)
    if indices.dtype.kind not in "iu":
        raise TypeError(f"{function}: input must hold integers, got dtype {indices.dtype}")
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        wrong = indices[(indices < 0) | (indices >= count)][0]
        raise IndexError(f"{function}: input must be in 0..{count - 1}, got {wrong}")
    return indices

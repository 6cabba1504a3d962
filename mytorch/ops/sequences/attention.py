"""Attention: every query takes a weighted mean of the values, with weights that say how well each key fits.

weights = softmax(Q K^T / sqrt(E)),   output = weights V           (Vaswani et al. 2017, section 3.2.1)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.broadcasting import unbroadcast
from mytorch.engine.function import Operation
from mytorch.ops.activations.dropout import dropout
from mytorch.ops.activations.softmax import Softmax
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.arithmetic import Add, Mul
from mytorch.ops.elementwise.cast import cast, half_by_float32
from mytorch.ops.indexing.slices import PickAlong
from mytorch.ops.matrices.products import MatMul
from mytorch.ops.shapes.transpose import Transpose
from mytorch.runtime.accumulate import sum_over

__all__ = ["Attention", "MaskedSoftmax", "attend", "attended", "mask_to_add", "scaled_dot_product_attention"]


class MaskedSoftmax(Softmax):
    """Softmax in which -inf stands for "not this one". Where all are -inf, y = 0 instead of nan.

    dL/dx as of Softmax: with y = 0 it is 0."""

    @staticmethod
    def forward(ctx, x, dim):
        ctx.axis = dim
        largest = x.data.max(axis=dim, keepdims=True, initial=-np.inf)
        largest[np.isneginf(largest)] = 0  # -inf - -inf would be nan
        y = np.exp(x.data - largest)
        total = sum_over(y, (dim,), keepdims=True)
        total[total == 0] = 1
        output = x.new_tensor(y / total)
        ctx.save_for_backward(output)
        return output


class Attention(Operation):
    """y = w^T v,   w = softmax of k q^T * scale + mask^T over the keys
    With g = dL/dy and d = w * (v g^T - r), which is dL/d(scores), r: the sum of w * (v g^T) over the keys:
    dL/dv = w g,   dL/dq = scale d^T k,   dL/dk = scale d q,   dL/dmask = d^T
    (r is also the sum of y * g over the features, which is less work, as in Dao et al. 2022. But where one key has all
    the weight, d must be 0, and two sums in different orders leave their rounding.)

    q (..., L, E), k (..., S, E), v (..., S, Ev), mask (..., L, S) or None -> (..., L, Ev). The scores lie as
    (..., S, L), keys before queries: NumPy then takes maxima and sums of whole rows at once."""

    @staticmethod
    def forward(ctx, q, k, v, mask, scale):
        ctx.scale = scale
        w = np.matmul(k.data, _transposed_copy(q.data * q.data.dtype.type(scale)))  # (..., S, L)
        if mask is not None:
            w += _transposed_copy(mask.data)
        largest = w.max(axis=-2, keepdims=True, initial=-np.inf)
        largest[np.isneginf(largest)] = 0  # a query that may look at no key; -inf - -inf would be nan
        w -= largest
        np.exp(w, out=w)
        total = sum_over(w, (w.ndim - 2,), keepdims=True)
        total[total == 0] = 1
        w /= total
        ctx.weights = w
        y = q.new_tensor(np.matmul(w.swapaxes(-1, -2), v.data))
        ctx.save_for_backward(q, k, v, mask)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        q, k, v, mask = ctx.saved_tensors
        if ctx.on_arrays:
            w = ctx.weights
            d = np.matmul(v, _transposed_copy(grad_y))  # (..., S, L)
        else:  # recorded: again as a function of q, k and mask
            scores = q @ k.swapaxes(-1, -2) * ctx.scale
            scores = scores if mask is None else scores + mask
            w = MaskedSoftmax.run(scores, len(scores.shape) - 1).swapaxes(-1, -2)
            d = v @ grad_y.swapaxes(-1, -2)
        d = w * d
        d -= w * sum_over(d, (len(d.shape) - 2,), keepdims=True)
        d_rows = d.swapaxes(-1, -2)
        return (
            unbroadcast(d_rows @ k * ctx.scale, q.shape) if ctx.wanted[0] else None,
            unbroadcast(d @ q * ctx.scale, k.shape) if ctx.wanted[1] else None,
            unbroadcast(w @ grad_y, v.shape) if ctx.wanted[2] else None,
            unbroadcast(d_rows, mask.shape) if mask is not None and ctx.wanted[3] else None,
            None,
        )


def _transposed_copy(x: np.ndarray) -> np.ndarray:
    """(..., L, E) -> (..., E, L), copied: OpenBLAS multiplies small matrices twice as fast if none is transposed."""
    return np.ascontiguousarray(x.swapaxes(-1, -2))


def attended(query: Any, key: Any, value: Any, mask: Any = None, scale: float | None = None) -> Any:
    """The output of `attend` without dropout, when nobody asks for the weights: one operation."""
    if scale is None:
        scale = 1 / math.sqrt(query.data.shape[-1] or 1)
    batches = [x.data.shape[:-2] for x in (query, key, value)]
    scores = (*np.broadcast_shapes(*batches), query.data.shape[-2], key.data.shape[-2])
    if (mask is not None and np.broadcast_shapes(scores, mask.data.shape) != scores) or len(set(batches)) != 1:
        return attend(query, key, value, mask, scale=scale)[0]
    return Attention.apply(query, key, value, mask, scale)


def attend(
    query: Any, key: Any, value: Any, mask: Any = None, dropout_p: float = 0.0, scale: float | None = None
) -> tuple[Any, Any]:  # fmt: skip
    """(output (..., L, Ev), weights (..., L, S)). mask: None, or a Tensor that is added to the scores."""
    if scale is None:
        scale = 1 / math.sqrt(query.data.shape[-1] or 1)  # without features every score is 0
    # Scaling the query is less work than scaling the scores.
    query = Mul.apply(query, query.new_tensor(np.asarray(scale, query.data.dtype)))
    scores = MatMul.apply(query, Transpose.apply(key, -2, -1))  # (..., L, E) @ (..., E, S)
    if mask is not None:
        scores = Add.apply(scores, mask)
    weights = dropout(MaskedSoftmax.apply(scores, scores.data.ndim - 1), dropout_p)
    return MatMul.apply(weights, value), weights


def mask_to_add(mask: Any, allowed: bool, dtype: np.dtype) -> Any:
    """A mask as a Tensor to add to scores. Of truth values: 0 where they are `allowed`, -inf elsewhere."""
    if mask.data.dtype == np.bool_:
        return mask.new_tensor(np.where(mask.data == allowed, 0, -np.inf).astype(dtype))
    return cast(mask, dtype)


@half_by_float32
def scaled_dot_product_attention(
    query: T,
    key: T,
    value: T,
    attn_mask: T | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> T:
    """softmax(query key^T * scale + mask) value.

    query (..., L, E), key (..., S, E), value (..., S, Ev) -> (..., L, Ev); axes in front broadcast.
    attn_mask: broadcasts to (..., L, S); truth values: True where a query may attend to a key; or
        numbers, which are added. is_causal: query i may attend to the keys 0..i; not with attn_mask.
    dropout_p: dropout of the weights, whatever the mode: pass 0 in evaluation.
    scale: 1/sqrt(E) if not given. enable_gqa: the heads, axis -3, of key and value are shared by
        groups of heads of the query (grouped-query attention).
    A query that may attend to no key gets 0.
    """
    function = "scaled_dot_product_attention"
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        require_tensor(function, name, tensor)
        if tensor.data.ndim < 2 or tensor.data.dtype.kind != "f":
            raise ValueError(
                f"{function}: {name} must be floating point and have at least 2 axes, got {tensor.data.dtype} of "
                f"shape {tensor.data.shape}"
            )
    if not isinstance(dropout_p, (int, float)) or not 0 <= dropout_p <= 1:
        raise ValueError(f"{function}: dropout_p must be a probability, from 0 to 1, got {dropout_p!r}")
    if enable_gqa:
        key, value = _shared_heads(function, query, "key", key), _shared_heads(function, query, "value", value)
    (length, features), (steps, key_features) = query.data.shape[-2:], key.data.shape[-2:]
    if features != key_features or value.data.shape[-2] != steps:
        raise ValueError(
            f"{function}: query (..., L, E), key (..., S, E) and value (..., S, Ev) must agree in E and S, got shapes "
            f"{query.data.shape}, {key.data.shape} and {value.data.shape}"
        )
    mask = None
    if is_causal:
        if attn_mask is not None:
            raise ValueError(f"{function}: is_causal=True makes its own mask, attn_mask must be None")
        mask = query.new_tensor(np.tri(length, steps, dtype=np.bool_))
    elif attn_mask is not None:
        require_tensor(function, "attn_mask", attn_mask)
        if attn_mask.data.dtype.kind not in "bf":
            raise TypeError(f"{function}: attn_mask must be of truth values or floats, got {attn_mask.data.dtype}")
        mask = attn_mask
    if mask is not None:
        mask = mask_to_add(mask, True, query.data.dtype)
    if dropout_p or len({x.data.dtype for x in (query, key, value)}) != 1:
        return attend(query, key, value, mask, dropout_p, scale)[0]
    return attended(query, key, value, mask, scale)


def _shared_heads(function: str, query: Any, name: str, tensor: Any) -> Any:
    """(..., heads, S, E) with every head as often as the query has heads for it."""
    heads = query.data.shape[-3] if query.data.ndim > 2 else 0
    own = tensor.data.shape[-3] if tensor.data.ndim > 2 else 0
    if not own or heads % own:
        raise ValueError(
            f"{function}: with enable_gqa the heads of {name}, axis -3, must divide those of query, got shapes "
            f"{tensor.data.shape} and {query.data.shape}"
        )
    positions = np.repeat(np.arange(own), heads // own)
    return PickAlong.apply(tensor, (positions,), tensor.data.ndim - 3)

"""MultiheadAttention: attention in several subspaces at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.linear import Linear
from mytorch.nn.module import Module, Parameter
from mytorch.ops.sequences.attention import attend, attended, mask_to_add
from mytorch.random import default_generator, drawn_uniformly
from mytorch.tensor import Tensor

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Query, key and value are projected to `num_heads` times embed_dim / num_heads features; every
    head attends by itself; the heads, side by side, are projected to the output.
    (Vaswani et al. 2017, section 3.2.2.)

    query (L, N, embed_dim), key (S, N, kdim), value (S, N, vdim); with batch_first (N, L, ...) and
    (N, S, ...); without batch (L, ...) and (S, ...).
    -> (output, in the form of query; weights (N, L, S), the mean of the heads; with
        average_attn_weights=False (N, num_heads, L, S); with need_weights=False None)

    key_padding_mask (N, S): True for keys that nobody may look at. attn_mask (L, S), or
        (N * num_heads, L, S): True where a query may not look at a key. Both also as numbers, which
        are added to the scores. A query that may look at nothing gets weights 0 (in PyTorch nan).
    is_causal: as in PyTorch only a hint about attn_mask, which must be given.
    add_bias_kv: append a learned step, bias_k and bias_v, to key and value. add_zero_attn: append a step
        of zeros. Weights then have S + 1 or S + 2 columns.
    dropout: of the weights, in training. kdim, vdim: embed_dim if not given.
    Parameters in_proj_weight (3 * embed_dim, embed_dim), or q_proj_weight, k_proj_weight,
    v_proj_weight if kdim or vdim differ, in_proj_bias, out_proj.weight, out_proj.bias.
    """

    @placed
    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
    ) -> None:
        super().__init__()
        for name, value in (("embed_dim", embed_dim), ("num_heads", num_heads), ("kdim", kdim), ("vdim", vdim)):
            if value is None and name in ("kdim", "vdim"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"MultiheadAttention: {name} must be a positive int, got {value!r}")
        if embed_dim % num_heads:
            raise ValueError(f"MultiheadAttention: num_heads {num_heads} must divide embed_dim {embed_dim}")
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(f"MultiheadAttention: dropout must be a probability, from 0 to 1, got {dropout!r}")
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        together = self.kdim == self.vdim == embed_dim
        for name, width in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            self.register_parameter(f"{name}_proj_weight", None if together else _xavier(embed_dim, width))
        self.register_parameter("in_proj_weight", _xavier(3 * embed_dim, embed_dim) if together else None)
        zeros = np.zeros(3 * embed_dim, get_default_dtype())
        self.register_parameter("in_proj_bias", Parameter(zeros) if bias else None)
        self.register_parameter("bias_k", _xavier_normal(embed_dim) if add_bias_kv else None)
        self.register_parameter("bias_v", _xavier_normal(embed_dim) if add_bias_kv else None)
        self.add_zero_attn = add_zero_attn
        self.out_proj = Linear(embed_dim, embed_dim, bias)
        if bias:
            self.out_proj.bias.data[...] = 0

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        batched = self._check_inputs(query, key, value)
        if is_causal and attn_mask is None:
            raise ValueError(f"{self!r}: is_causal=True is a hint about attn_mask, which must be given")
        same = key is query and value is query
        if not batched:  # key_padding_mask (S,) too
            query, key, value = (x.unsqueeze(0) for x in (query, key, value))
            key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
        elif not self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        if same:
            key = value = query
        (batch, length), steps = query.shape[:2], key.shape[1]
        mask = self._mask(attn_mask, key_padding_mask, batch, length, steps, query.dtype)
        q, k, v = self._projections(query, key, value)
        if self.bias_k is not None:  # one more step of key and value, which is learned
            k, v = (F.cat([x, b.expand(batch, 1, self.embed_dim)], 1) for x, b in ((k, self.bias_k), (v, self.bias_v)))
        if self.add_zero_attn:  # and one that is zeros
            k, v = (F.pad(x, (0, 0, 0, 1)) for x in (k, v))
        if mask is not None:  # nobody is kept from looking at those
            mask = F.pad(mask, (0, k.shape[1] - steps))
        q, k, v = (self._heads(x) for x in (q, k, v))
        dropout = self.dropout if self.training else 0.0
        if need_weights or dropout:
            output, weights = attend(q, k, v, mask, dropout)  # (N, heads, L, head_dim)
        else:
            output, weights = attended(q, k, v, mask), None
        output = self.out_proj(output.transpose(1, 2).reshape(batch, length, self.embed_dim))
        if not need_weights:
            weights = None
        elif average_attn_weights:
            weights = weights.mean(1)  # (N, heads, L, S) -> (N, L, S)
        if not batched:
            return output.squeeze(0), None if weights is None else weights.squeeze(0)
        return (output if self.batch_first else output.transpose(0, 1)), weights

    def _projections(self, query: Tensor, key: Tensor, value: Tensor) -> list[Tensor]:
        """Queries, keys and values of all heads side by side, (N, L or S, embed_dim) each."""
        size = self.embed_dim
        thirds = [slice(0, size), slice(size, 2 * size), slice(2 * size, 3 * size)]
        if query is key is value and self.in_proj_weight is not None:  # self-attention: one product
            all_three = F.linear(query, self.in_proj_weight, self.in_proj_bias)
            return [all_three[..., third] for third in thirds]
        if self.in_proj_weight is not None:
            weights = [self.in_proj_weight[third] for third in thirds]
        else:
            weights = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
        biases = [None if self.in_proj_bias is None else self.in_proj_bias[third] for third in thirds]
        return [F.linear(x, weight, bias) for x, weight, bias in zip((query, key, value), weights, biases)]

    def _heads(self, x: Tensor) -> Tensor:
        """(N, L, embed_dim) -> (N, heads, L, head_dim)"""
        return x.reshape(*x.shape[:2], self.num_heads, self.head_dim).transpose(1, 2)

    # --------------------------------------------------------------------- arguments

    def _mask(
        self, attn_mask: Any, key_padding_mask: Any, batch: int, length: int, steps: int, dtype: np.dtype
    ) -> Tensor | None:
        """Both masks as one Tensor to add to the scores (N, heads, L, S), to which it broadcasts."""
        total = None
        for name, mask in (("attn_mask", attn_mask), ("key_padding_mask", key_padding_mask)):
            if mask is None:
                continue
            if not isinstance(mask, Tensor) or mask.dtype.kind not in "bf":
                got = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
                raise TypeError(f"{self!r}: {name} must be a Tensor of truth values or floats, got {got}")
            if name == "key_padding_mask":
                shapes: dict[tuple[int, ...], tuple[int, ...]] = {(batch, steps): (batch, 1, 1, steps)}
            else:
                several = (batch * self.num_heads, length, steps)
                shapes = {(length, steps): (length, steps), several: (batch, self.num_heads, length, steps)}
            if mask.shape not in shapes:
                wanted = " or ".join(map(str, shapes))
                raise ValueError(f"{self!r}: {name} must have shape {wanted}, got {mask.shape}")
            mask = mask_to_add(mask, False, dtype).reshape(*shapes[mask.shape])
            total = mask if total is None else total + mask
        return total

    def _check_inputs(self, query: Any, key: Any, value: Any) -> bool:
        """Whether there is a batch axis; raises if types or shapes do not fit."""
        widths = {"query": self.embed_dim, "key": self.kdim, "value": self.vdim}
        for (name, width), x in zip(widths.items(), (query, key, value)):
            if not isinstance(x, Tensor):
                raise TypeError(f"{self!r}: {name} must be a Tensor, got {type(x).__name__}")
            if x.ndim not in (2, 3) or x.ndim != query.ndim or x.shape[-1] != width:
                kind = "3 axes, or all three have 2," if name == "query" else f"{query.ndim} axes, as query,"
                raise ValueError(f"{self!r}: {name} must have {kind} and {width} features, got shape {x.shape}")
        batch_axis = 0 if self.batch_first else 1
        fits = key.shape[:-1] == value.shape[:-1]
        if query.ndim == 3:
            fits = fits and query.shape[batch_axis] == key.shape[batch_axis]
        if not fits:
            raise ValueError(
                f"{self!r}: key and value must have equally many steps, and all three equally many batches; got "
                f"query {query.shape}, key {key.shape}, value {value.shape}"
            )
        return query.ndim == 3

    def __repr__(self) -> str:
        return f"MultiheadAttention({self.embed_dim}, {self.num_heads})"


def _xavier(rows: int, columns: int) -> Tensor:
    """(rows, columns) from U(-b, b), b = sqrt(6 / (rows + columns)). (Glorot and Bengio 2010.)"""
    bound = math.sqrt(6 / (rows + columns))
    return Parameter(drawn_uniformly(-bound, bound, (rows, columns), get_default_dtype()))


def _xavier_normal(features: int) -> Tensor:
    """(1, 1, features) from N(0, s^2), s = sqrt(2 / (2 * features)), as PyTorch counts sizes. (Glorot, Bengio 2010)"""
    std = math.sqrt(1 / features)
    return Parameter(default_generator().normal(0, std, (1, 1, features)).astype(get_default_dtype()))

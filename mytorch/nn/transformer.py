"""The encoder of the Transformer. (Vaswani et al. 2017, section 3.1.)"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from mytorch.nn import functional as F
from mytorch.nn.attention import MultiheadAttention
from mytorch.nn.containers import ModuleList
from mytorch.nn.dropout import Dropout
from mytorch.nn.layer_norm import LayerNorm
from mytorch.nn.linear import Linear
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["TransformerEncoder", "TransformerEncoderLayer"]


class TransformerEncoderLayer(Module):
    """Self-attention, then a network of two layers for every position; each is added to its input.

    x = norm1(x + dropout(attention(x)))                             (norm_first=False, as in the paper)
    x = norm2(x + dropout(linear2(dropout(activation(linear1(x))))))

    norm_first=True: x = x + dropout(attention(norm1(x))), and so on, which trains more steadily
    (Xiong et al. 2020). src (T, N, d_model); with batch_first (N, T, d_model); or (T, d_model); same out.
    src_mask, src_key_padding_mask: attn_mask and key_padding_mask of `MultiheadAttention`.
    activation: "relu", "gelu", or a function.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        functions: dict[str, Callable[..., Any]] = {"relu": F.relu, "gelu": F.gelu}
        if not callable(activation) and activation not in functions:
            raise ValueError(
                f"TransformerEncoderLayer: activation must be 'relu', 'gelu' or a function, got {activation!r}"
            )
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = activation if callable(activation) else functions[activation]

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        def attention(x: Tensor) -> Tensor:
            x, _ = self.self_attn(
                x, x, x, src_key_padding_mask, need_weights=False, attn_mask=src_mask, is_causal=is_causal
            )
            return self.dropout1(x)

        def feed_forward(x: Tensor) -> Tensor:
            return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))

        if self.norm_first:
            src = src + attention(self.norm1(src))
            return src + feed_forward(self.norm2(src))
        src = self.norm1(src + attention(src))
        return self.norm2(src + feed_forward(src))


class TransformerEncoder(Module):
    """`num_layers` copies of `encoder_layer` one after the other, and `norm`, a module, at the end if given.

    mask, src_key_padding_mask: src_mask and src_key_padding_mask of every layer. enable_nested_tensor
    and mask_check, which choose PyTorch's fast path, change nothing here.
    """

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(encoder_layer, Module):
            raise TypeError(f"TransformerEncoder: encoder_layer must be a Module, got {type(encoder_layer).__name__}")
        if not isinstance(num_layers, int) or num_layers < 0:
            raise ValueError(f"TransformerEncoder: num_layers must be an int of at least 0, got {num_layers!r}")
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Any:
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal=bool(is_causal))
        return src if self.norm is None else self.norm(src)

"""The Transformer: encoder, decoder, and both together. (Vaswani et al. 2017, section 3.1.)"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.dropout import Dropout
from mytorch.nn.factory import placed
from mytorch.nn.init import xavier_uniform_
from mytorch.nn.linear import Linear
from mytorch.nn.module import Module
from mytorch.nn.modules.containers import ModuleList
from mytorch.nn.modules.normalizations.layer_norm import LayerNorm
from mytorch.nn.modules.sequences.attention import MultiheadAttention
from mytorch.tensor import Tensor

__all__ = [
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer",
]  # fmt: skip

Activation = str | Callable[[Tensor], Tensor]
_ACTIVATIONS: dict[str, Callable[..., Tensor]] = {"relu": F.relu, "gelu": F.gelu}


class _TransformerLayer(Module):
    """What an encoder's and a decoder's layer have in common: self-attention, and the network for every position."""

    @placed
    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if not callable(activation) and activation not in _ACTIVATIONS:
            raise ValueError(
                f"{type(self).__name__}: activation must be 'relu', 'gelu' or a function, got {activation!r}"
            )
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        if self._reads_memory:  # here, so that the parameters come in PyTorch's order
            self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm_first = norm_first
        blocks = (1, 2, 3) if self._reads_memory else (1, 2)
        for block in blocks:
            setattr(self, f"norm{block}", LayerNorm(d_model, layer_norm_eps, bias=bias))
        for block in blocks:
            setattr(self, f"dropout{block}", Dropout(dropout))
        self.activation = activation if callable(activation) else _ACTIVATIONS[activation]

    _reads_memory = False

    def _add(self, x: Tensor, block: Callable[[Tensor], Tensor], norm: Module, dropout: Module) -> Tensor:
        """x + dropout(block(x)), normalized before the block or after the sum."""
        if self.norm_first:
            return x + dropout(block(norm(x)))
        return norm(x + dropout(block(x)))

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention, then a network of two layers for every position; each is added to its input.

    x = norm1(x + dropout(attention(x)))                             (norm_first=False, as in the paper)
    x = norm2(x + dropout(linear2(dropout(activation(linear1(x))))))

    norm_first=True: x = x + dropout(attention(norm1(x))), and so on, which trains more steadily
    (Xiong et al. 2020). src (T, N, d_model); with batch_first (N, T, d_model); or (T, d_model); same out.
    src_mask, src_key_padding_mask: attn_mask and key_padding_mask of `MultiheadAttention`.
    activation: "relu", "gelu", or a function or module.
    """

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """src, encoded; of the same shape."""

        def attention(x: Tensor) -> Tensor:
            return self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)[0]

        src = self._add(src, attention, self.norm1, self.dropout1)
        return self._add(src, self._feed_forward, self.norm2, self.dropout2)


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, then attention to the encoder's output, then a network for every position.

    x = norm1(x + dropout(attention(x)))                             (norm_first=False, as in the paper)
    x = norm2(x + dropout(attention(x, memory)))
    x = norm3(x + dropout(linear2(dropout(activation(linear1(x))))))

    tgt (T, N, d_model), memory (S, N, d_model); with batch_first (N, T, d_model) and (N, S, d_model); or
    without N; out as tgt.  tgt_mask, memory_mask: attn_mask of the two attentions; tgt_key_padding_mask,
    memory_key_padding_mask: their key_padding_mask.  Other arguments as in `TransformerEncoderLayer`.
    """

    _reads_memory = True

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """tgt, decoded; of the same shape."""

        def attention(x: Tensor) -> Tensor:
            return self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)[0]

        def attention_to_memory(x: Tensor) -> Tensor:
            return self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask, is_causal=memory_is_causal
            )[0]

        tgt = self._add(tgt, attention, self.norm1, self.dropout1)
        tgt = self._add(tgt, attention_to_memory, self.norm2, self.dropout2)
        return self._add(tgt, self._feed_forward, self.norm3, self.dropout3)


class _Layers(Module):
    """`num_layers` copies of a layer, and a module at the end if given."""

    def __init__(self, argument: str, layer: Module, num_layers: int, norm: Module | None) -> None:
        super().__init__()
        name = type(self).__name__
        if not isinstance(layer, Module):
            raise TypeError(f"{name}: {argument} must be a Module, got {type(layer).__name__}")
        if not isinstance(num_layers, int) or num_layers < 0:
            raise ValueError(f"{name}: num_layers must be an int of at least 0, got {num_layers!r}")
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm


class TransformerEncoder(_Layers):
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
        super().__init__("encoder_layer", encoder_layer, num_layers, norm)

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """src, through all layers; of the same shape."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal=bool(is_causal))
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(_Layers):
    """`num_layers` copies of `decoder_layer` one after the other, and `norm`, a module, at the end if given.

    Every layer gets the same memory and the same masks, which are those of `TransformerDecoderLayer`.
    """

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Module | None = None) -> None:
        super().__init__("decoder_layer", decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """tgt, through all layers; of the same shape."""
        masks = tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
        for layer in self.layers:
            tgt = layer(tgt, memory, *masks, bool(tgt_is_causal), memory_is_causal)
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder, whose output the decoder attends to.

    src (S, N, d_model), tgt (T, N, d_model); with batch_first (N, S, d_model) and (N, T, d_model); or
    without N; out as tgt.  custom_encoder, custom_decoder: modules instead of those made here.  Other
    arguments as in `TransformerEncoderLayer`. All matrices start in Glorot's uniform distribution.
    """

    @placed
    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = "relu",
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        options = (dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        if custom_encoder is None:
            layer = TransformerEncoderLayer(d_model, nhead, *options)
            custom_encoder = TransformerEncoder(
                layer, num_encoder_layers, LayerNorm(d_model, layer_norm_eps, bias=bias)
            )
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(d_model, nhead, *options)
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, norm)
        self.encoder = custom_encoder
        self.decoder = custom_decoder
        for parameter in self.parameters():
            if parameter.ndim > 1:
                xavier_uniform_(parameter)
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """decoder(tgt, encoder(src)), of the shape of tgt. The masks are those of encoder and decoder."""
        for name, x in (("src", src), ("tgt", tgt)):
            if x.shape[-1] != self.d_model:
                raise ValueError(f"Transformer: {name} must have {self.d_model} features, got shape {x.shape}")
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal,
            memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int) -> Tensor:
        """(sz, sz): 0 where a step may look, at itself and before, -inf elsewhere."""
        dtype = get_default_dtype()
        return Tensor(np.where(np.tri(sz, dtype=np.bool_), 0, -np.inf).astype(dtype))

"""Recurrent cells: one step of RNN, LSTM and GRU, for loops that users write themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.random import drawn_uniformly
from mytorch.tensor import Tensor

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Resettable):
    """Parameters weight_ih (gates * hidden, input), weight_hh, bias_ih, bias_hh, as in the layers."""

    _gates: int

    @placed
    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__()
        for argument, value in (("input_size", input_size), ("hidden_size", hidden_size)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{type(self).__name__}: {argument} must be a positive int, got {value!r}")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        bound, rows = 1 / math.sqrt(hidden_size), self._gates * hidden_size
        shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size)}
        for name, shape in (shapes | {"bias_ih": (rows,), "bias_hh": (rows,)}).items():
            values = drawn_uniformly(-bound, bound, shape, get_default_dtype())
            self.register_parameter(name, Parameter(values) if bias or name in shapes else None)

    def _weights(self) -> tuple[Any, ...]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _batch(self, x: Any, states: Any) -> tuple[Tensor, list[Tensor]]:
        """x as (N, in) and the states as (N, H): one without batch gets N = 1, states that are None zeros."""
        if not isinstance(x, Tensor) or x.ndim not in (1, 2) or x.shape[-1] != self.input_size:
            got = x.shape if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(
                f"{self!r}: input must have shape (N, {self.input_size}) or ({self.input_size},), got {got}"
            )
        shape = (*x.shape[:-1], self.hidden_size)
        states = [Tensor(np.zeros(shape, x.dtype)) if s is None else s for s in states]
        for state in states:
            if not isinstance(state, Tensor) or state.shape != shape:
                got = state.shape if isinstance(state, Tensor) else type(state).__name__
                raise ValueError(f"{self!r}: states in hx must be Tensors of shape {shape}, as the input's, got {got}")
        if x.ndim == 2:
            return x, states
        return x.unsqueeze(0), [s.unsqueeze(0) for s in states]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RNNCellBase):
    """h' = act(W_ih x + b_ih + W_hh h + b_hh), act: nonlinearity, "tanh" or "relu".

    input (N, input_size) or (input_size,), hx (N, hidden_size) or (hidden_size,), zeros if not given."""

    _gates = 1

    @placed
    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh") -> None:
        super().__init__(input_size, hidden_size, bias)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNNCell: nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        x, (h,) = self._batch(input, [hx])
        cell = F.rnn_tanh_cell if self.nonlinearity == "tanh" else F.rnn_relu_cell
        return cell(x, h, *self._weights()).reshape(*input.shape[:-1], self.hidden_size)

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}")


class LSTMCell(RNNCellBase):
    """(h', c') from hx = (h, c): one step of `LSTM`.

    input (N, input_size) or (input_size,), h and c (N, hidden_size) or (hidden_size,), zeros if not given."""

    _gates = 4

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        if hx is not None and (not isinstance(hx, (tuple, list)) or len(hx) != 2):
            raise TypeError(f"{self!r}: hx must be a pair (h, c) of Tensors, got {type(hx).__name__}")
        x, states = self._batch(input, hx or (None, None))
        h, c = F.lstm_cell(x, states, *self._weights())
        shape = (*input.shape[:-1], self.hidden_size)
        return h.reshape(shape), c.reshape(shape)


class GRUCell(RNNCellBase):
    """h' from h: one step of `GRU`.

    input (N, input_size) or (input_size,), hx (N, hidden_size) or (hidden_size,), zeros if not given."""

    _gates = 3

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        x, (h,) = self._batch(input, [hx])
        return F.gru_cell(x, h, *self._weights()).reshape(*input.shape[:-1], self.hidden_size)

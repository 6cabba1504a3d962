"""Recurrent layers: RNN, LSTM, GRU."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.nn.utils.rnn import Layout, PackedSequence
from mytorch.ops.indexing.slices import PickAlong
from mytorch.ops.sequences.recurrent_cells import input_part
from mytorch.random import drawn_uniformly
from mytorch.tensor import Tensor

__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]


class _EqualLengths:
    """(T, N, ...) without padding: what `Layout` is for packed sequences."""

    def pad(self, x: Tensor, reverse: bool) -> Tensor:
        return x[::-1] if reverse else x

    pack = pad

    def last(self, x: Tensor) -> Tensor:
        return x[-1]


class RNNBase(Resettable):
    """What RNN, LSTM and GRU share: layers, directions, dropout between layers, packed sequences."""

    _gates: int  # W_ih and W_hh have this many times hidden_size rows
    _states = 1  # how many states a cell has

    @placed
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        for argument, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name}: {argument} must be a positive int, got {value!r}")
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(f"{name}: dropout must be a probability, from 0 to 1, got {dropout!r}")
        if dropout and num_layers == 1:
            warnings.warn(f"{name}: dropout acts between layers, and there is only one", UserWarning, stacklevel=3)
        if proj_size and self._states == 1:
            raise ValueError(f"{name}: proj_size must be 0, only LSTM has projections; got {proj_size!r}")
        if not isinstance(proj_size, int) or not 0 <= proj_size < hidden_size:
            raise ValueError(f"{name}: proj_size must be an int below hidden_size={hidden_size}, got {proj_size!r}")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._directions = 2 if bidirectional else 1
        bound, rows = 1 / math.sqrt(hidden_size), self._gates * hidden_size
        outputs = proj_size or hidden_size
        for layer in range(num_layers):
            features = input_size if layer == 0 else outputs * self._directions
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, features), "weight_hh": (rows, outputs)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            if proj_size:
                shapes |= {"weight_hr": (proj_size, hidden_size)}
            for suffix in ("", "_reverse")[: self._directions]:
                for kind, shape in shapes.items():
                    values = drawn_uniformly(-bound, bound, shape, get_default_dtype())
                    self.register_parameter(f"{kind}_l{layer}{suffix}", Parameter(values))

    def flatten_parameters(self) -> None:
        """Nothing: in PyTorch it rearranges weights on GPUs."""

    # ------------------------------------------------------------------- subclasses

    def _steps(self, x: Tensor, states: list[Tensor], w_hh: Tensor, b_hh: Any, w_hr: Any) -> list[Tensor]:
        """From the inputs' part of the gates (T, N, gates * H) and the first states (N, H): for each
        state its values at all steps, (T, N, H); that of the output first. w_hr: of projections, or None."""
        raise NotImplementedError

    # ---------------------------------------------------------------------- forward

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(output, last states). The docstring of the class has the shapes."""
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        self._check_input(input)
        batched = input.ndim == 3
        states = self._unpacked_states(hx)
        if not batched:
            x = input.unsqueeze(1)
            self._check_states(states, (self.num_layers * self._directions,))
            states = [s.unsqueeze(1) for s in states]
        else:
            x = input.transpose(0, 1) if self.batch_first else input
        output, last = self._run(x, x.shape[1], states, _EqualLengths())
        if not batched:
            return output.squeeze(1), self._packed_states([s.squeeze(1) for s in last])
        return (output.transpose(0, 1) if self.batch_first else output), self._packed_states(last)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        data, batch_sizes, sorted_indices, unsorted_indices = input
        if data.ndim != 2 or data.shape[1] != self.input_size:
            raise ValueError(f"{self!r}: packed data must have shape (sum, {self.input_size}), got {data.shape}")
        states = [_reordered(s, sorted_indices) for s in self._unpacked_states(hx)]
        output, last = self._run(data, int(batch_sizes.data[0]), states, Layout(batch_sizes.data))
        last = [_reordered(s, unsorted_indices) for s in last]
        return PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices), self._packed_states(last)

    def _run(self, x: Tensor, batch: int, states: list[Tensor], layout: Any) -> tuple[Tensor, list[Tensor]]:
        """All layers. x: (T, N, in), or packed (sum, in); states: (layers * directions, N, H) each."""
        shape = (self.num_layers * self._directions, batch)
        states = states or [Tensor(np.zeros((*shape, size), x.dtype)) for size in self._state_sizes()]
        self._check_states(states, shape)
        last: list[list[Tensor]] = []  # for each layer and direction
        for layer in range(self.num_layers):
            if layer > 0:
                x = F.dropout(x, self.dropout, self.training)
            outputs = []
            for reverse in (False, True)[: self._directions]:
                w_ih, w_hh, b_ih, b_hh, w_hr = self._weights(layer, reverse)
                first = [s[len(last)].to(x.dtype) for s in states]
                gates = layout.pad(self._input_part(x, w_ih, b_ih, b_hh), reverse)  # (T, N, gates * H)
                every = self._steps(gates, first, w_hh, b_hh, w_hr)
                outputs.append(layout.pack(every[0], reverse))
                last.append([layout.last(values) for values in every])
            x = F.cat(outputs, -1) if self.bidirectional else outputs[0]
        return x, [F.stack(list(values)) for values in zip(*last)]

    def _weights(self, layer: int, reverse: bool) -> list[Any]:
        suffix = f"_l{layer}" + ("_reverse" if reverse else "")
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return [self._parameters.get(kind + suffix) for kind in kinds]

    def _input_part(self, x: Tensor, w_ih: Tensor, b_ih: Any, b_hh: Any) -> Tensor:
        return input_part(x, w_ih, b_ih, b_hh)

    # --------------------------------------------------------------------- arguments

    def _unpacked_states(self, hx: Any) -> list[Tensor]:
        return [] if hx is None else [hx]

    def _packed_states(self, states: list[Tensor]) -> Any:
        return states[0]

    def _check_input(self, x: Any) -> None:
        if not isinstance(x, Tensor):
            raise TypeError(f"{self!r}: input must be a Tensor or a PackedSequence, got {type(x).__name__}")
        batched = f"(N, T, {self.input_size})" if self.batch_first else f"(T, N, {self.input_size})"
        if x.ndim not in (2, 3) or x.shape[-1] != self.input_size:
            raise ValueError(f"{self!r}: input must have shape {batched} or (T, {self.input_size}), got {x.shape}")
        if x.shape[1 if self.batch_first and x.ndim == 3 else 0] == 0:
            raise ValueError(f"{self!r}: input must have at least one step, got shape {x.shape}")

    def _state_sizes(self) -> list[int]:
        """How long each state is: the output's first, which a projection shortens."""
        return [self.proj_size or self.hidden_size, self.hidden_size][: self._states]

    def _check_states(self, states: list[Any], axes: tuple[int, ...]) -> None:
        for state, size in zip(states, self._state_sizes()):
            shape = (*axes, size)
            if not isinstance(state, Tensor) or state.shape != shape:
                got = state.shape if isinstance(state, Tensor) else type(state).__name__
                raise ValueError(f"{self!r}: the states in hx must be Tensors of shape {shape}, got {got}")

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        for name, default in defaults.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


def _reordered(states: Tensor, order: Tensor | None) -> Tensor:
    """(layers, N, H) with the sequences in another order."""
    return states if order is None else PickAlong.apply(states, (order.data,), 1)


class RNN(RNNBase):
    """h_t = act(W_ih x_t + b_ih + W_hh h_t-1 + b_hh), act: nonlinearity, "tanh" or "relu". (Elman 1990)

    input: (T, N, input_size); with batch_first (N, T, input_size); one sequence (T, input_size); or
        a PackedSequence. hx: first states (num_layers * D, N, hidden_size), D = 2 if bidirectional,
        else 1; zeros if not given.
    -> (output, h_n): output (T, N, D * hidden_size), the last layer's h of all steps, in the form
        of the input; h_n: the last h of every layer and direction, in the form of hx.

    num_layers: each takes the output of the one before. dropout: between layers, in training.
    bidirectional: another network reads the sequence backwards; outputs are joined.
    Parameters weight_ih_l0 (hidden, input), weight_hh_l0, bias_ih_l0, bias_hh_l0, ..._l0_reverse,
    ..._l1, ... start in U(-1/sqrt(hidden_size), 1/sqrt(hidden_size)).
    """

    _gates = 1

    @placed
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNN: nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        self.nonlinearity = nonlinearity

    def _steps(self, x: Tensor, states: list[Tensor], w_hh: Tensor, b_hh: Any, w_hr: Any) -> list[Tensor]:
        return [F.RNNSteps.apply(x, states[0], w_hh, self.nonlinearity)[1:]]


class LSTM(RNNBase):
    """i, f, o = sigmoid(W_ih x_t + b_ih + W_hh h_t-1 + b_hh), g = tanh(the same), with weights of their own;
    c_t = f * c_t-1 + i * g;  h_t = o * tanh(c_t)           (Hochreiter and Schmidhuber 1997; Gers et al. 2000)

    input, output, arguments and parameters are as in `RNN`, but hx is a pair (h_0, c_0) and the
    result (output, (h_n, c_n)). weight_ih_l0 (4 * hidden, input): gates in the order i, f, g, o.
    proj_size: h_t = W_hr (o * tanh(c_t)), weight_hr_l0 (proj_size, hidden), so that outputs, h_0 and h_n
    have proj_size features instead of hidden_size. (Sak, Senior and Beaufays 2014.)
    """

    _gates = 4
    _states = 2

    def _unpacked_states(self, hx: Any) -> list[Tensor]:
        if hx is None:
            return []
        if not isinstance(hx, (tuple, list)) or len(hx) != 2:
            raise TypeError(f"{self!r}: hx must be a pair (h_0, c_0) of Tensors, got {type(hx).__name__}")
        return list(hx)

    def _packed_states(self, states: list[Tensor]) -> Any:
        return tuple(states)

    def _steps(self, x: Tensor, states: list[Tensor], w_hh: Tensor, b_hh: Any, w_hr: Any) -> list[Tensor]:
        if w_hr is not None:
            return list(F.projected_lstm_steps(x, states[0], states[1], w_hh, w_hr))
        both = F.LSTMSteps.apply(x, states[0], states[1], w_hh)  # (2, T+1, N, H)
        return [both[0, 1:], both[1, 1:]]


class GRU(RNNBase):
    """r, z = sigmoid(W_ih x_t + b_ih + W_hh h_t-1 + b_hh), each with weights of its own;
    n = tanh(W_in x_t + b_in + r * (W_hn h_t-1 + b_hn));  h_t = (1 - z) * n + z * h_t-1   (Cho et al. 2014)

    input, output, arguments and parameters are as in `RNN`. weight_ih_l0 (3 * hidden, input): gates
    in the order r, z, n.
    """

    _gates = 3

    def _input_part(self, x: Tensor, w_ih: Tensor, b_ih: Any, b_hh: Any) -> Tensor:
        return input_part(x, w_ih, b_ih, None)  # b_hh stands inside r * (...)

    def _steps(self, x: Tensor, states: list[Tensor], w_hh: Tensor, b_hh: Any, w_hr: Any) -> list[Tensor]:
        if b_hh is None:
            b_hh = Tensor(np.zeros(w_hh.shape[0], w_hh.dtype))
        return [F.GRUSteps.apply(x, states[0], w_hh, b_hh)[1:]]

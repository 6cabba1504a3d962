"""One step of a recurrent network, on a batch: torch.rnn_tanh_cell, rnn_relu_cell, lstm_cell, gru_cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.operands import require_tensor
from mytorch.ops.elementwise.arithmetic import Add
from mytorch.ops.matrices.linear import linear
from mytorch.ops.sequences.recurrent import GRUSteps, LSTMSteps, RNNSteps
from mytorch.ops.shapes.reshape import Reshape

__all__ = ["gru_cell", "input_part", "lstm_cell", "rnn_relu_cell", "rnn_tanh_cell"]


def input_part(x: Any, w_ih: Any, b_ih: Any, b_hh: Any) -> Any:
    """What the inputs contribute to the gates, x W_ih^T + b_ih + b_hh, of any number of steps at once."""
    bias = b_ih if b_hh is None else b_hh if b_ih is None else Add.apply(b_ih, b_hh)
    return linear(x, w_ih, bias)


def rnn_tanh_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh).    x (N, in), h (N, H), w_ih (H, in), w_hh (H, H) -> (N, H)"""
    return _rnn_cell("rnn_tanh_cell", "tanh", input, hx, w_ih, w_hh, b_ih, b_hh)


def rnn_relu_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """`rnn_tanh_cell` with ReLU for tanh."""
    return _rnn_cell("rnn_relu_cell", "relu", input, hx, w_ih, w_hh, b_ih, b_hh)


def _rnn_cell(
    function: str, nonlinearity: str, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any
) -> Any:  # fmt: skip
    _check(function, 1, input, {"hx": hx}, w_ih, w_hh, b_ih, b_hh)
    return RNNSteps.apply(_one_step(input_part(input, w_ih, b_ih, b_hh)), hx, w_hh, nonlinearity)[1]


def lstm_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> tuple[Any, Any]:
    """One step of an LSTM: (h', c') from hx = (h, c), see `LSTMSteps`.

    input (N, in), h and c (N, H), w_ih (4H, in), w_hh (4H, H), biases (4H,): gates in the order i, f, g, o."""
    if not isinstance(hx, (tuple, list)) or len(hx) != 2:
        raise TypeError(f"lstm_cell: hx must be a pair (h, c) of Tensors, got {type(hx).__name__}")
    _check("lstm_cell", 4, input, {"hx[0]": hx[0], "hx[1]": hx[1]}, w_ih, w_hh, b_ih, b_hh)
    states = LSTMSteps.apply(_one_step(input_part(input, w_ih, b_ih, b_hh)), *hx, w_hh)
    return states[0, 1], states[1, 1]


def gru_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a GRU: h' from hx = h, see `GRUSteps`.

    input (N, in), hx (N, H), w_ih (3H, in), w_hh (3H, H), biases (3H,): gates in the order r, z, n."""
    _check("gru_cell", 3, input, {"hx": hx}, w_ih, w_hh, b_ih, b_hh)
    if b_hh is None:
        b_hh = w_hh.new_tensor(np.zeros(w_hh.data.shape[0], w_hh.data.dtype))
    return GRUSteps.apply(_one_step(input_part(input, w_ih, b_ih, None)), hx, w_hh, b_hh)[1]


def _one_step(x: Any) -> Any:
    """(N, K) -> (1, N, K)"""
    return Reshape.apply(x, (1, *x.data.shape))


def _check(
    function: str, gates: int, input: Any, states: dict[str, Any], w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any
) -> None:
    """Types and shapes; everything is measured against w_hh and input."""
    for name, tensor in (("input", input), ("w_ih", w_ih), ("w_hh", w_hh), *states.items()):
        require_tensor(function, name, tensor)
    if w_hh.data.ndim != 2 or w_hh.data.shape[0] != gates * w_hh.data.shape[1]:
        raise ValueError(f"{function}: w_hh must have shape ({gates}*H, H), got {w_hh.data.shape}")
    rows, hidden = w_hh.data.shape
    if input.data.ndim != 2:
        raise ValueError(f"{function}: input must have shape (N, in), got {input.data.shape}")
    batch, features = input.data.shape
    expected = {"w_ih": (w_ih, (rows, features)), "b_ih": (b_ih, (rows,)), "b_hh": (b_hh, (rows,))}
    expected |= {name: (state, (batch, hidden)) for name, state in states.items()}
    for name, (tensor, shape) in expected.items():
        if tensor is None:
            continue
        require_tensor(function, name, tensor)
        if tensor.data.shape != shape:
            raise ValueError(
                f"{function}: {name} must have shape {shape} for an input of shape {input.data.shape} and w_hh of "
                f"shape {w_hh.data.shape}, got {tensor.data.shape}"
            )

"""An LSTM whose output is projected to fewer features, of ordinary operations: the derivative is theirs."""

from __future__ import annotations

from typing import Any

from mytorch.ops.activations.sigmoids import sigmoid, tanh
from mytorch.ops.shapes.join import stack

__all__ = ["projected_lstm_steps"]


def projected_lstm_steps(x: Any, h: Any, c: Any, w_hh: Any, w_hr: Any) -> tuple[Any, Any]:
    """i, f, o = sigmoid(x_t + W_hh h_t-1), g = tanh(the same), a quarter of the rows each, in the order i, f, g, o
    c_t = f * c_t-1 + i * g;  h_t = W_hr (o * tanh(c_t))                    (Sak, Senior and Beaufays 2014)

    x (T, N, 4H), the inputs' part of the gates; h (N, P), c (N, H), w_hh (4H, P), w_hr (P, H)
    -> h of all steps (T, N, P), c of all steps (T, N, H)
    """
    outputs, cells = [], []
    size = w_hr.shape[1]
    for t in range(x.shape[0]):
        gates = x[t] + h @ w_hh.T  # (N, 4H)
        i, f, g, o = (gates[:, k * size : (k + 1) * size] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = (sigmoid(o) * tanh(c)) @ w_hr.T
        outputs.append(h)
        cells.append(c)
    return stack(outputs), stack(cells)

"""Recurrent cells. The layers are compared with PyTorch's in tests/nn/test_recurrent.py."""

from __future__ import annotations

import numpy as np
from support.case import Case


def _shapes(gates: int, states: int = 1, batch: int = 4) -> tuple[tuple[int, ...], ...]:
    """x (N, 3), the states (N, 2), and w_ih, w_hh, b_ih, b_hh."""
    rows = gates * 2
    return ((batch, 3), *[(batch, 2)] * states, (rows, 3), (rows, 2), (rows,), (rows,))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _rnn(x, h, w_ih, w_hh, b_ih, b_hh):
    return np.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)


def _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh):
    i, f, g, o = np.split(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return np.concatenate([_sigmoid(o) * np.tanh(c), c])


def _gru(x, h, w_ih, w_hh, b_ih, b_hh):
    (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split(x @ w_ih.T + b_ih, 3, axis=1), np.split(h @ w_hh.T + b_hh, 3, axis=1)
    r, z = _sigmoid(x_r + h_r), _sigmoid(x_z + h_z)
    return (1 - z) * np.tanh(x_n + r * h_n) + z * h


CASES = [
    Case("rnn_tanh_cell", lambda F, *a: F.rnn_tanh_cell(*a), _shapes(1), _rnn),
    Case("rnn_relu_cell", lambda F, *a: F.rnn_relu_cell(*a), _shapes(1)),
    Case("rnn_cell_without_bias", lambda F, *a: F.rnn_tanh_cell(*a), _shapes(1)[:4]),
    Case("rnn_cell_of_one", lambda F, *a: F.rnn_tanh_cell(*a), _shapes(1, batch=1), _rnn),
    Case("lstm_cell", lambda F, x, h, c, *w: F.cat(F.lstm_cell(x, (h, c), *w)), _shapes(4, 2), _lstm),
    Case("lstm_cell_without_bias", lambda F, x, h, c, *w: F.cat(F.lstm_cell(x, (h, c), *w)), _shapes(4, 2)[:5]),
    Case("lstm_cell_of_one", lambda F, x, h, c, *w: F.lstm_cell(x, (h, c), *w)[0], _shapes(4, 2, batch=1)),
    Case("lstm_two_steps", lambda F, x, h, c, *w: F.lstm_cell(x * 2, F.lstm_cell(x, (h, c), *w), *w)[0], _shapes(4, 2)),
    Case("gru_cell", lambda F, *a: F.gru_cell(*a), _shapes(3), _gru),
    Case("gru_cell_without_bias", lambda F, *a: F.gru_cell(*a), _shapes(3)[:4]),
    Case("gru_cell_of_one", lambda F, *a: F.gru_cell(*a), _shapes(3, batch=1), _gru),
]

"""Attention and recurrent layers in ONNX, see `rules.py`. The recurrent ones step after step, as the engine's
operations compute them."""

from __future__ import annotations

from typing import Any

__all__ = ["attention", "gru_steps", "lstm_steps", "rnn_steps"]


def attention(w: Any, args: tuple, y: Any) -> str:
    """softmax(q k^T * scale + mask) v"""
    q, k, v, mask, scale = args
    g, ndim = w.graph, k._data.ndim
    keys = g.add("Transpose", w.name_of(k), perm=[*range(ndim - 2), ndim - 1, ndim - 2])
    scores = g.add("MatMul", g.add("Mul", w.name_of(q), g.constant(float(scale))), keys)
    if mask is not None:
        scores = g.add("Add", scores, w.name_of(mask))
    return g.add("MatMul", g.add("Softmax", scores, axis=-1), w.name_of(v))


def _step(w: Any, x: Any, t: int) -> str:
    return w.graph.add("Gather", w.name_of(x), w.graph.constant(t), axis=0)  # (N, H)


def _stacked(g: Any, states: list[str]) -> str:
    return g.add("Concat", *[g.add("Unsqueeze", state, g.ints(0)) for state in states], axis=0)


def _split(g: Any, gates: str, parts: int) -> tuple[str, ...]:
    return g.add("Split", gates, outputs=parts, axis=1)


def rnn_steps(w: Any, args: tuple, y: Any) -> str:
    x, h0, weight, nonlinearity = args
    g = w.graph
    recurrent = g.add("Transpose", w.name_of(weight), perm=[1, 0])
    states = [w.name_of(h0)]
    for t in range(len(x._data)):
        total = g.add("Add", g.add("MatMul", states[-1], recurrent), _step(w, x, t))
        states.append(g.add("Tanh" if nonlinearity == "tanh" else "Relu", total))
    return _stacked(g, states)


def lstm_steps(w: Any, args: tuple, y: Any) -> str:
    x, h0, c0, weight = args
    g = w.graph
    recurrent = g.add("Transpose", w.name_of(weight), perm=[1, 0])
    hidden, cells = [w.name_of(h0)], [w.name_of(c0)]
    for t in range(len(x._data)):
        gates = g.add("Add", g.add("MatMul", hidden[-1], recurrent), _step(w, x, t))
        i, f, new, o = _split(g, gates, 4)
        i, f, o = (g.add("Sigmoid", gate) for gate in (i, f, o))
        kept = g.add("Mul", f, cells[-1])
        cells.append(g.add("Add", kept, g.add("Mul", i, g.add("Tanh", new))))
        hidden.append(g.add("Mul", o, g.add("Tanh", cells[-1])))
    return _stacked(g, [_stacked(g, hidden), _stacked(g, cells)])


def gru_steps(w: Any, args: tuple, y: Any) -> str:
    x, h0, weight, bias = args
    g = w.graph
    recurrent = g.add("Transpose", w.name_of(weight), perm=[1, 0])
    states = [w.name_of(h0)]
    for t in range(len(x._data)):
        products = g.add("Add", g.add("MatMul", states[-1], recurrent), w.name_of(bias))
        (x_r, x_z, x_n), (y_r, y_z, y_n) = _split(g, _step(w, x, t), 3), _split(g, products, 3)
        r, z = (g.add("Sigmoid", g.add("Add", a, b)) for a, b in ((x_r, y_r), (x_z, y_z)))
        n = g.add("Tanh", g.add("Add", x_n, g.add("Mul", r, y_n)))
        states.append(g.add("Add", g.add("Mul", z, g.add("Sub", states[-1], n)), n))
    return _stacked(g, states)

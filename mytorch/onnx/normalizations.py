"""Normalizations in ONNX, see `rules.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.onnx.reductions import product_along

__all__ = ["batch_norm", "layer_norm", "neighbour_sum", "standardize"]


def standardize(centre: bool) -> Any:
    def rule(w: Any, args: tuple, y: Any) -> str:
        x, n_axes, eps = args
        g, name, axes = w.graph, w.name_of(x), list(range(-n_axes, 0))
        if centre:
            name = g.add("Sub", name, g.add("ReduceMean", name, axes=axes, keepdims=1))
        variance = g.add("ReduceMean", g.add("Mul", name, name), axes=axes, keepdims=1)
        return g.add("Div", name, g.add("Sqrt", g.add("Add", variance, g.constant(float(eps)))))

    return rule


def batch_norm(w: Any, args: tuple, y: Any) -> str:
    """z * weight + bias with the running statistics, as one factor and one shift per channel."""
    x, weight, bias, (mean, var), eps = args
    factor = 1 / np.sqrt(var + eps) * (1 if weight is None else weight._data)
    shift = (0 if bias is None else bias._data) - mean * factor
    shape = (-1,) + (1,) * (x._data.ndim - 2)
    scaled = w.graph.add("Mul", w.name_of(x), w.graph.constant(factor.reshape(shape)))
    return w.graph.add("Add", scaled, w.graph.constant(shift.reshape(shape)))


def layer_norm(w: Any, args: tuple, y: Any) -> str:
    names = [w.name_of(arg) for arg in args[:3]]
    return w.graph.add("LayerNormalization", *names, axis=-1, epsilon=float(args[3]))


def neighbour_sum(w: Any, args: tuple, y: Any) -> str:
    """The sum of x[:, c - before] ... x[:, c + after], as a product with a band of ones."""
    x, before, after = args
    channel = np.arange(x._data.shape[1])
    distance = channel[:, None] - channel  # from the channel of the sum to its neighbour
    return product_along(w, x, ((distance >= -before) & (distance <= after)).astype(np.float64), 1)

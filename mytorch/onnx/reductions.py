"""Sums, means, extremes and norms along axes in ONNX, see `rules.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.onnx.graph import OnnxError

__all__ = ["product_along", "reduced", "total", "variance", "vector_norm"]


def _axes(args: tuple) -> tuple[Any, bool]:
    dim, keepdim = (*args[1:3], None, False)[:2] if len(args) < 3 else args[1:3]
    ndim = args[0]._data.ndim
    axes = range(ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    return [axis % ndim for axis in axes], keepdim


def total(w: Any, args: tuple, y: Any) -> str:
    axes, keepdim = _axes(args)
    return w.graph.add("ReduceSum", w.name_of(args[0]), w.graph.ints(*axes), keepdims=int(keepdim))


def reduced(kind: str) -> Any:
    def rule(w: Any, args: tuple, y: Any) -> str:
        axes, keepdim = _axes(args)
        return w.graph.add(kind, w.name_of(args[0]), axes=axes, keepdims=int(keepdim))

    return rule


def vector_norm(w: Any, args: tuple, y: Any) -> str:
    x, p, dim, keepdim = args
    if p not in (1, 2):
        raise OnnxError(f"onnx.export: a norm with p={p} has no rule for ONNX")
    axes, _ = _axes((x, dim, keepdim))
    return w.graph.add(f"ReduceL{int(p)}", w.name_of(x), axes=axes, keepdims=int(keepdim))


def variance(root: bool) -> Any:
    """The mean of the squared distances from the mean, divided by n - correction; its root."""

    def rule(w: Any, args: tuple, y: Any) -> str:
        axes, keepdim = _axes(args)
        correction = args[3] if len(args) > 3 else 1
        g, x = w.graph, w.name_of(args[0])
        count = int(np.prod([args[0]._data.shape[axis] for axis in axes]))
        centred = g.add("Sub", x, g.add("ReduceMean", x, axes=list(axes), keepdims=1))
        squares = g.add("ReduceMean", g.add("Mul", centred, centred), axes=list(axes), keepdims=int(keepdim))
        result = g.add("Mul", squares, g.constant(count / max(count - correction, 0)))
        return g.add("Sqrt", result) if root else result

    return rule


def product_along(w: Any, x: Any, matrix: np.ndarray, axis: int) -> str:
    """sum over i of x[..., i, ...] * matrix[i, k] at place k of `axis`."""
    g, name, ndim = w.graph, w.name_of(x), x._data.ndim
    axis %= ndim
    order = [*[a for a in range(ndim) if a != axis], axis]
    last = g.add("MatMul", g.add("Transpose", name, perm=order), g.constant(matrix))
    return g.add("Transpose", last, perm=[order.index(a) for a in range(ndim)])

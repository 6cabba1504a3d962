"""Convolutions and pooling in ONNX, see `rules.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.onnx.graph import OnnxError
from mytorch.onnx.reductions import product_along

__all__ = ["adaptive_max", "adaptive_mean", "avg_pool", "conv", "conv_transpose", "max_pool", "unfold"]


def _pads(window: Any, after: tuple[int, int] = (0, 0)) -> list[int]:
    """ONNX's order: all that come before, then all that come after."""
    (top, bottom), (left, right) = window.padding
    return [top, left, bottom + after[0], right + after[1]]


def _missing(window: Any, size: Any, out: Any) -> tuple[int, int]:
    """How much more padding behind the image `ceil_mode` needs, so that `out` windows fit."""
    needed = [
        (o - 1) * s + window.extent(axis) - n - sum(p)
        for axis, (o, s, n, p) in enumerate(zip(out, window.stride, size, window.padding))
    ]
    return max(needed[0], 0), max(needed[1], 0)


def conv(w: Any, args: tuple, y: Any) -> str:
    x, weight, bias, window, groups = args
    inputs = [w.name_of(a) for a in (x, weight) + (() if bias is None else (bias,))]
    return w.graph.add(
        "Conv",
        *inputs,
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        dilations=list(window.dilation),
        pads=_pads(window),
        group=groups,
    )


def conv_transpose(w: Any, args: tuple, y: Any) -> str:
    x, weight, window, groups, size = args
    more = [
        size[axis] - ((n - 1) * window.stride[axis] + window.extent(axis) - sum(window.padding[axis]))
        for axis, n in enumerate(x._data.shape[2:])
    ]
    return w.graph.add(
        "ConvTranspose",
        w.name_of(x),
        w.name_of(weight),
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        dilations=list(window.dilation),
        pads=_pads(window),
        group=groups,
        output_padding=more,
    )


def max_pool(w: Any, args: tuple, y: Any) -> str:
    x, window, out = args
    return w.graph.add(
        "MaxPool",
        w.name_of(x),
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        dilations=list(window.dilation),
        pads=_pads(window, _missing(window, x._data.shape[2:], out)),
    )


def avg_pool(w: Any, args: tuple, y: Any) -> str:
    x, window, out, divisor = args
    after = _missing(window, x._data.shape[2:], out)
    whole = not isinstance(divisor, tuple)
    if after != (0, 0) and window.padding != ((0, 0), (0, 0)):
        raise OnnxError("onnx.export: avg_pool with padding and ceil_mode has no rule for ONNX")
    pooled = w.graph.add(
        "AveragePool",
        w.name_of(x),
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=_pads(window, after),
        count_include_pad=1,
    )
    area = window.kernel[0] * window.kernel[1]
    if whole and divisor == area:
        return pooled
    return w.graph.add("Mul", pooled, w.graph.constant(area / np.asarray(divisor if whole else divisor[0], np.float64)))


def adaptive_mean(w: Any, args: tuple, y: Any) -> str:
    """The means of spans along an axis: of one span ReduceMean, of several a product with a matrix of weights."""
    x, spans, axis = args
    if len(spans) == 1:
        return w.graph.add("ReduceMean", w.name_of(x), axes=[axis % x._data.ndim], keepdims=1)
    weights = np.zeros((x._data.shape[axis], len(spans)))
    for i, (start, stop) in enumerate(spans):
        weights[start:stop, i] = 1 / (stop - start)
    return product_along(w, x, weights, axis)


def adaptive_max(w: Any, args: tuple, y: Any) -> str:
    """The largest of each span of rows, and of those of each span of columns."""
    g, name = w.graph, w.name_of(args[0])
    for axis, spans in ((2, args[1].rows), (3, args[1].columns)):
        parts = [g.add("Slice", name, g.ints(start), g.ints(stop), g.ints(axis)) for start, stop in spans]
        largest = [g.add("ReduceMax", part, axes=[axis], keepdims=1) for part in parts]
        name = largest[0] if len(largest) == 1 else g.add("Concat", *largest, axis=axis)
    return name


def unfold(w: Any, args: tuple, y: Any) -> str:
    """Each window of the padded image as a column: one Gather on the pixels."""
    x, window, out = args
    g, (c, height, width) = w.graph, x._data.shape[1:]
    (top, bottom), (left, right) = window.padding
    padded = g.add("Pad", w.name_of(x), g.ints(0, 0, top, left, 0, 0, bottom, right), g.constant(0.0))
    columns = width + left + right
    flat = g.add("Reshape", padded, g.ints(0, 0, (height + top + bottom) * columns))
    along = [
        np.arange(k)[:, None] * d + np.arange(o) * s  # (kernel, windows)
        for k, d, o, s in zip(window.kernel, window.dilation, out, window.stride)
    ]
    places = along[0][:, None, :, None] * columns + along[1][None, :, None, :]  # (kH, kW, OH, OW)
    picked = g.add("Gather", flat, g.constant(places.reshape(-1)), axis=2)
    return g.add("Reshape", picked, g.ints(0, c * window.kernel[0] * window.kernel[1], out[0] * out[1]))

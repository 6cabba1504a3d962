"""How each operation is written in ONNX (operator set 17): rule(writer, inputs of forward, output) -> its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.onnx.graph import OnnxError
from mytorch.onnx.normalizations import batch_norm, layer_norm, neighbour_sum, standardize
from mytorch.onnx.reductions import product_along, reduced, total, variance, vector_norm
from mytorch.onnx.sequences import attention, gru_steps, lstm_steps, rnn_steps
from mytorch.onnx.windows import adaptive_max, adaptive_mean, avg_pool, conv, conv_transpose, max_pool, unfold

__all__ = ["RULES"]

Rule = Callable[[Any, tuple, Any], str]


def _plain(kind: str) -> Rule:
    """For an operation that ONNX has, on all tensors that go in."""
    return lambda w, args, y: w.graph.add(kind, *[w.name_of(a) for a in args])


def _unary(kind: str, **attributes: Any) -> Rule:
    return lambda w, args, y: w.graph.add(kind, w.name_of(args[0]), **attributes)


def _affine(w: Any, args: tuple, y: Any) -> str:
    x, weight, bias = args
    g = w.graph
    product = g.add("MatMul", w.name_of(x), g.add("Transpose", w.name_of(weight), perm=[1, 0]))
    return product if bias is None else g.add("Add", product, w.name_of(bias))


def _reshape(w: Any, args: tuple, y: Any) -> str:
    shape, batch = list(y._data.shape), w.graph.batch
    if batch is not None and shape and args[0]._data.shape[:1] == (batch,):
        if shape[0] % batch == 0 and shape[0] != batch:  # axes joined with the open one
            shape[0] = -1
        elif shape[0] == batch:
            shape[0] = 0  # as it is in the input
    return w.graph.add("Reshape", w.name_of(args[0]), w.graph.ints(*shape))


def _expand(w: Any, args: tuple, y: Any) -> str:
    return w.graph.add("Expand", w.name_of(args[0]), w.graph.ints(*y._data.shape))


def _transpose(w: Any, args: tuple, y: Any) -> str:
    ndim = y._data.ndim
    order = list(range(ndim))
    a, b = (*args[1:], 0, 1)[:2] if len(args) > 1 else (0, 1)
    order[a], order[b] = order[b], order[a]
    return w.graph.add("Transpose", w.name_of(args[0]), perm=order)


def _permute(w: Any, args: tuple, y: Any) -> str:
    ndim = y._data.ndim
    return w.graph.add("Transpose", w.name_of(args[0]), perm=[axis % ndim for axis in args[1]])


def _cat(w: Any, args: tuple, y: Any) -> str:
    return w.graph.add("Concat", *[w.name_of(a) for a in args[1:]], axis=args[0])


def _stack(w: Any, args: tuple, y: Any) -> str:
    g, axis = w.graph, args[0] % y._data.ndim
    parts = [g.add("Unsqueeze", w.name_of(a), g.ints(axis)) for a in args[1:]]
    return g.add("Concat", *parts, axis=axis)


def _getitem(w: Any, args: tuple, y: Any) -> str:
    """One step per axis: Gather for a number or an array of numbers, Slice for a slice, Unsqueeze for None."""
    x, index = args
    g, name, shape = w.graph, w.name_of(x), list(x._data.shape)
    parts = index if isinstance(index, tuple) else (index,)
    used = sum(part is not None and part is not Ellipsis for part in parts)
    at = [i for i, part in enumerate(parts) if part is Ellipsis]
    fill = (slice(None),) * (len(shape) - used)
    parts = (*parts[: at[0]], *fill, *parts[at[0] + 1 :]) if at else (*parts, *fill)
    if sum(isinstance(part, np.ndarray) for part in parts) > 1 or any(
        isinstance(part, np.ndarray) and part.dtype.kind == "b" for part in parts
    ):
        raise OnnxError("onnx.export: an index of several arrays, or of truth values, has no rule for ONNX")
    axis = 0
    for part in parts:
        if part is None:
            name = g.add("Unsqueeze", name, g.ints(axis))
            shape.insert(axis, 1)
            axis += 1
        elif isinstance(part, slice):
            start, stop, step = part.indices(shape[axis])
            if (start, stop, step) != (0, shape[axis], 1):
                end = stop if stop >= 0 else -(2**62)  # -1 would be the last element
                name = g.add("Slice", name, g.ints(start), g.ints(end), g.ints(axis), g.ints(step))
                shape[axis] = len(range(start, stop, step))
            axis += 1
        elif isinstance(part, np.ndarray):
            name = g.add("Gather", name, w.name_of(part), axis=axis)
            shape[axis : axis + 1] = part.shape
            axis += part.ndim
        else:
            name = g.add("Gather", name, g.constant(np.int64(part)), axis=axis)
            del shape[axis]
    return name


def _softmax(kind: str) -> Rule:
    return lambda w, args, y: w.graph.add(kind, w.name_of(args[0]), axis=args[1] % y._data.ndim)


def _gelu(w: Any, args: tuple, y: Any) -> str:
    g, x = w.graph, w.name_of(args[0])
    half = g.add("Mul", x, g.constant(0.5))
    return g.add("Mul", half, g.add("Add", g.add("Erf", g.add("Mul", x, g.constant(math.sqrt(0.5)))), g.constant(1.0)))


def _gelu_tanh(w: Any, args: tuple, y: Any) -> str:
    g, x = w.graph, w.name_of(args[0])
    cube = g.add("Mul", g.add("Mul", g.add("Mul", x, x), x), g.constant(0.044715))
    curve = g.add("Tanh", g.add("Mul", g.add("Add", x, cube), g.constant(math.sqrt(2 / math.pi))))
    return g.add("Mul", g.add("Mul", x, g.constant(0.5)), g.add("Add", curve, g.constant(1.0)))


def _elu(w: Any, args: tuple, y: Any) -> str:
    """scale * (max(x, 0) + alpha * (e^(rate * min(x, 0)) - 1))"""
    x, alpha, scale, rate = args
    g, name = w.graph, w.name_of(x)
    low = g.add("Mul", g.add("Min", name, g.constant(0.0)), g.constant(float(rate)))
    curve = g.add("Mul", g.add("Sub", g.add("Exp", low), g.constant(1.0)), g.constant(float(alpha)))
    return g.add("Mul", g.add("Add", g.add("Relu", name), curve), g.constant(float(scale)))


def _softplus(w: Any, args: tuple, y: Any) -> str:
    """ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold"""
    g, x, beta, threshold = w.graph, w.name_of(args[0]), float(args[1]), float(args[2])
    z = g.add("Mul", x, g.constant(beta))
    curve = g.add("Div", g.add("Softplus", z), g.constant(beta))
    return g.add("Where", g.add("Greater", z, g.constant(threshold)), x, curve)


def _threshold(w: Any, args: tuple, y: Any) -> str:
    g, x = w.graph, w.name_of(args[0])
    return g.add("Where", g.add("Greater", x, g.constant(float(args[1]))), x, g.constant(float(args[2])))


def _times_function(function: Callable[[Any, str], str]) -> Rule:
    """x * function(x)"""

    def rule(w: Any, args: tuple, y: Any) -> str:
        x = w.name_of(args[0])
        return w.graph.add("Mul", x, function(w.graph, x))

    return rule


def _clip(w: Any, args: tuple, y: Any) -> str:
    g, name = w.graph, w.name_of(args[0])
    for kind, limit in (("Max", args[1]), ("Min", args[2])):
        if limit is not None:
            name = g.add(kind, name, w.name_of(limit) if hasattr(limit, "_data") else g.constant(float(limit)))
    return name


def _pad(w: Any, args: tuple, y: Any) -> str:
    widths = [(0, 0)] * (args[0]._data.ndim - len(args[1])) + [tuple(width) for width in args[1]]
    pads = [before for before, _ in widths] + [after for _, after in widths]
    return w.graph.add("Pad", w.name_of(args[0]), w.graph.ints(*pads), w.graph.constant(float(args[2])))


def _cast(w: Any, args: tuple, y: Any) -> str:
    kinds = {"f": 1, "b": 9}  # FLOAT, BOOL; whole numbers are INT64
    return w.graph.add("Cast", w.name_of(args[0]), to=kinds.get(y._data.dtype.kind, 7))


def _flip(w: Any, args: tuple, y: Any) -> str:
    axes = [axis % y._data.ndim for axis in args[1]]
    last, first, step = [-1] * len(axes), [-(2**62)] * len(axes), [-1] * len(axes)
    return w.graph.add("Slice", w.name_of(args[0]), *[w.graph.ints(*part) for part in (last, first, axes, step)])


def _triangle(w: Any, args: tuple, y: Any, upper: bool) -> str:
    rows, columns = y._data.shape[-2:]
    inside = np.tri(rows, columns, args[1] - upper, dtype=bool) ^ upper
    return w.graph.add("Where", w.graph.constant(inside), w.name_of(args[0]), w.graph.constant(0.0))


def _extreme_along(w: Any, args: tuple, y: Any) -> str:
    """max(dim) and min(dim) pick the elements at the positions of the extremes; sort and topk do so too."""
    x, (positions,), axis = args
    for kind, position in (("ReduceMax", np.argmax), ("ReduceMin", np.argmin)):
        if np.array_equal(positions, position(x._data, axis, keepdims=True)):
            return w.graph.add(kind, w.name_of(x), axes=[axis % x._data.ndim], keepdims=1)
    raise OnnxError("onnx.export: elements picked along an axis (sort, topk, gather) have no rule for ONNX")


def _add_along(w: Any, args: tuple, y: Any) -> str:
    """Slice k of x is added to slice positions[k] of y."""
    x, (positions,), axis, size = args
    matrix = np.zeros((len(positions), size))
    matrix[np.arange(len(positions)), positions] = 1
    return product_along(w, x, matrix, axis)


def _dropout(w: Any, args: tuple, y: Any) -> str:
    raise OnnxError("onnx.export: the model drops out elements by chance; call model.eval() first")


def _log_of_base(base: float) -> Rule:
    return lambda w, a, y: w.graph.add("Div", w.graph.add("Log", w.name_of(a[0])), w.graph.constant(math.log(base)))


def _einsum(w: Any, args: tuple, y: Any) -> str:
    return w.graph.add("Einsum", *[w.name_of(a) for a in (args[0], *args[2:])], equation=args[1])


RULES: dict[str, Rule] = {
    **{name: _plain(name) for name in ("Add", "Sub", "Mul", "Div", "MatMul", "Pow", "Where")},
    **{name: _unary(name) for name in (
        "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh",
        "Asinh", "Acosh", "Atanh", "Erf", "Tanh", "Sigmoid", "Softsign")},
    "ReLU": _unary("Relu"), "Clone": _unary("Identity"), "Maximum": _plain("Max"), "Minimum": _plain("Min"),
    "Affine": _affine, "Conv": conv, "ConvInputGrad": conv_transpose, "MaxPool": max_pool, "AvgPool": avg_pool,
    "MeanAlong": adaptive_mean, "AdaptiveMaxPool": adaptive_max, "Unfold": unfold,
    "BatchNorm": batch_norm, "FixedNorm": batch_norm, "LayerNorm": layer_norm, "Standardize": standardize(True),
    "RMSStandardize": standardize(False), "NeighbourSum": neighbour_sum, "Attention": attention,
    "Dropout": _dropout, "Einsum": _einsum,
    "Reshape": _reshape, "Expand": _expand, "Transpose": _transpose, "Permute": _permute, "Cat": _cat, "Stack": _stack,
    "GetItem": _getitem, "PadConstant": _pad, "Cast": _cast,
    "Repeat": lambda w, a, y: w.graph.add("Tile", w.name_of(a[0]), w.graph.ints(*a[1])),
    "PickAlong": lambda w, a, y: w.graph.add("Gather", w.name_of(a[0]), w.name_of(a[1][0]), axis=a[2]),
    "Rows": lambda w, a, y: w.graph.add("Gather", w.name_of(a[0]), w.name_of(a[1][0]), axis=0),
    "Masked": lambda w, a, y: w.graph.add("Where", w.name_of(a[1]), w.name_of(a[0]), w.graph.constant(0.0)),
    "Sum": total, "Mean": reduced("ReduceMean"), "Amax": reduced("ReduceMax"), "Amin": reduced("ReduceMin"),
    "LogSumExp": reduced("ReduceLogSumExp"), "VectorNorm": vector_norm, "Var": variance(False), "Std": variance(True),
    "Prod": reduced("ReduceProd"), "TakeAlongDim": _extreme_along, "AddAlong": _add_along,
    "CumSum": lambda w, a, y: w.graph.add("CumSum", w.name_of(a[0]), w.graph.constant(np.int64(a[1]))),
    "Softmax": _softmax("Softmax"), "MaskedSoftmax": _softmax("Softmax"), "LogSoftmax": _softmax("LogSoftmax"),
    "Square": lambda w, a, y: w.graph.add("Mul", w.name_of(a[0]), w.name_of(a[0])),
    "Rsqrt": lambda w, a, y: w.graph.add("Reciprocal", w.graph.add("Sqrt", w.name_of(a[0]))),
    "Log1p": lambda w, a, y: w.graph.add("Log", w.graph.add("Add", w.name_of(a[0]), w.graph.constant(1.0))),
    "Expm1": lambda w, a, y: w.graph.add("Sub", w.graph.add("Exp", w.name_of(a[0])), w.graph.constant(1.0)),
    "Exp2": lambda w, a, y: w.graph.add("Pow", w.graph.constant(2.0), w.name_of(a[0])),
    "Sign": _unary("Sign"), "Floor": _unary("Floor"), "Ceil": _unary("Ceil"),
    "Flip": _flip, "Threshold": _threshold,
    "Tril": lambda w, a, y: _triangle(w, a, y, False), "Triu": lambda w, a, y: _triangle(w, a, y, True),
    "Log2": _log_of_base(2), "Log10": _log_of_base(10),
    "Clamp": _clip, "Hardtanh": _clip,
    "LeakyReLU": lambda w, a, y: w.graph.add("LeakyRelu", w.name_of(a[0]), alpha=float(a[1])),
    "PReLU": lambda w, a, y: w.graph.add("PRelu", w.name_of(a[0]), w.name_of(a[1])),
    "ELU": _elu, "GELU": _gelu, "GELUTanh": _gelu_tanh, "Softplus": _softplus,
    "SiLU": _times_function(lambda g, x: g.add("Sigmoid", x)),
    "Mish": _times_function(lambda g, x: g.add("Tanh", g.add("Softplus", x))),
    "Hardswish": _unary("HardSwish"), "Hardsigmoid": _unary("HardSigmoid", alpha=1 / 6, beta=0.5),
    "LogSigmoid": lambda w, a, y: w.graph.add(
        "Neg", w.graph.add("Softplus", w.graph.add("Neg", w.name_of(a[0])))),
    "Hardshrink": lambda w, a, y: w.graph.add("Shrink", w.name_of(a[0]), lambd=float(a[1]), bias=0.0),
    "Softshrink": lambda w, a, y: w.graph.add("Shrink", w.name_of(a[0]), lambd=float(a[1]), bias=float(a[1])),
    "Tanhshrink": lambda w, a, y: w.graph.add("Sub", w.name_of(a[0]), w.graph.add("Tanh", w.name_of(a[0]))),
    "RNNSteps": rnn_steps, "LSTMSteps": lstm_steps, "GRUSteps": gru_steps,
}  # fmt: skip

"""What the operations that the handout names compute, and the wrong formulas that students write instead.

Each family is one table. A formula is only named when it gives exactly what the student's code gave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["PROBLEM_OF", "wrong_gradient", "wrong_value"]

Arrays = Sequence[np.ndarray]

# The problem that asks for the operation. Add is given, and 2.1 makes it broadcast.
PROBLEM_OF = {"autograd": "1.2", "Sub": "1.1.1", "Mul": "1.1.2", "Div": "1.1.3", "MatMul": "2.1", "ReLU": "2.2"}
PROBLEM_OF["unbroadcast"] = "2.1"

_KINDS = {
    "Add": "a + b", "Sub": "a - b", "Mul": "a * b", "Div": "a / b", "ReLU": "max(x, 0)", "MatMul": "a @ b",
    "Matmul": "a @ b", "Log": "log(x)", "Exp": "exp(x)", "Sqrt": "sqrt(x)", "Neg": "-x", "Transpose": "x.T",
}  # fmt: skip

_FORMULAS: dict[str, Callable] = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "b - a": lambda a, b: b - a,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "b / a": lambda a, b: b / a,
    "a // b, the quotient rounded down": lambda a, b: a // b,
    "b // a, rounded down": lambda a, b: b // a,
    "a % b": lambda a, b: a % b,
    "|a - b|": lambda a, b: abs(a - b),
    "|a * b|": lambda a, b: abs(a * b),
    "|a / b|": lambda a, b: abs(a / b),
    "-(a * b)": lambda a, b: -a * b,
    "-(a / b)": lambda a, b: -a / b,
    "a ** b": lambda a, b: a**b,
    "-(a - b) = b - a": lambda a, b: b - a,
    "a @ b": lambda a, b: a @ b,
    "a @ b.T": lambda a, b: a @ b.T,
    "a.T @ b": lambda a, b: a.T @ b,
    "b @ a": lambda a, b: b @ a,
    "its first input alone": lambda a, b: a + 0 * b,
    "its second input alone": lambda a, b: b + 0 * a,
    "max(x, 0)": lambda x: np.maximum(x, 0),
    "min(x, 0)": lambda x: np.minimum(x, 0),
    "|x|": lambda x: np.abs(x),  # not np.abs itself: its second argument would be written to
    "x > 0, a truth value,": lambda x: x > 0,
    "max(x, 1)": lambda x: np.maximum(x, 1),
    "max(-x, 0)": lambda x: np.maximum(-x, 0),
    "a leaky ReLU (0.01 x below 0)": lambda x: np.where(x > 0, x, 0.01 * x),
    "a leaky ReLU (0.1 x below 0)": lambda x: np.where(x > 0, x, 0.1 * x),
    "the maximum of all elements": lambda x: np.maximum(np.max(x), 0) + 0 * x,
    "log(x)": lambda x: np.log(x),
    "log10(x)": lambda x: np.log10(x),
    "log2(x)": lambda x: np.log2(x),
    "exp(x)": lambda x: np.exp(x),
    "sqrt(x)": lambda x: np.sqrt(x),
    "-x": lambda x: -x,
    "x.T": lambda x: x.T,
    "x, its input unchanged,": lambda x: x,
    "x ** 2": lambda x: x**2,
}


def _close(wanted: np.ndarray | None, got: np.ndarray | None) -> bool:
    if wanted is None or got is None:
        return False
    wanted, got = np.asarray(wanted, float), np.asarray(got, float)
    return wanted.shape == got.shape and np.allclose(wanted, got, 1e-4, 1e-6, equal_nan=True)


def wrong_value(name: str, inputs: Arrays, output: np.ndarray) -> str:
    """What forward computes instead of what its name says; '' if it is right or the name is not known."""
    if name == "Sum" and inputs:
        return _wrong_sum(np.asarray(inputs[0], float), output)
    wanted = _KINDS.get(name)
    if wanted is None:
        return ""
    whole = np.all(output == np.round(output))
    inputs = [np.asarray(x, float) for x in inputs]
    with np.errstate(all="ignore"):
        try:
            right = _FORMULAS[wanted](*inputs)
            if _close(right, output):
                return ""
        except (TypeError, ValueError):  # another number of inputs, or shapes that do not fit
            return ""
        for text, formula in _FORMULAS.items():
            try:
                if _close(formula(*inputs), output):
                    return f"computes {text} instead of {wanted}".replace(",  instead", " instead")
            except (TypeError, ValueError):
                continue
    if whole and (_close(np.round(right), output) or _close(np.trunc(right), output)):
        return f"rounds {wanted} to whole numbers"
    if np.shape(right) != output.shape:
        return f"gives an array of shape {output.shape} and not of shape {np.shape(right)}{_reduced(inputs, output)}"
    return f"does not compute {wanted}"


def _wrong_sum(x: np.ndarray, output: np.ndarray) -> str:
    """The same of a sum along an axis, or along all of them."""
    reduced = [(axis, keep) for axis in (None, *range(x.ndim)) for keep in (False, True)]
    if any(_close(x.sum(axis=axis, keepdims=keep), output) for axis, keep in reduced):
        return ""
    for what, function in (("mean", np.mean), ("largest", np.max), ("product", np.prod)):
        if any(_close(function(x, axis=axis, keepdims=keep), output) for axis, keep in reduced):
            return f"computes the {what} instead of the sum"
    return ""


def _reduced(inputs: Arrays, output: np.ndarray) -> str:
    """Which function of NumPy has taken a whole axis together."""
    for axis in (None, *range(inputs[0].ndim)):
        for name, function in (("max", np.max), ("sum", np.sum), ("min", np.min)):
            if _close(function(inputs[0], axis=axis), output):
                more = ": np.maximum(x, 0) compares each element with 0" if name == "max" else ""
                return f", because np.{name} takes {'all' if axis is None else f'axis {axis}'} together{more}"
    return ""


# {diagnosis: (g, inputs, output, i) -> the gradient of input i that this mistake leads to}; None where it says nothing.
_GRADIENTS: dict[str, dict[str, Callable]] = {
    "Mul": {
        "the other factor is missing": lambda g, x, y, i: g,
        "multiplied by the input itself instead of by the other factor": lambda g, x, y, i: g * x[i],
        "multiplied by the result a * b instead of by the other factor": lambda g, x, y, i: g * y,
        "divided by the other factor instead of multiplied": lambda g, x, y, i: g / x[1 - i],
        "the other factor is added instead of multiplied": lambda g, x, y, i: g + x[1 - i],
    },
    "Div": {
        "divided by b instead of by b squared": lambda g, x, y, i: -g * x[0] / x[1] if i else None,
        "divided by b instead of by b squared, and the minus is missing": (
            lambda g, x, y, i: g * x[0] / x[1] if i else None
        ),
        "the factor a is missing": lambda g, x, y, i: -g / x[1] ** 2 if i else None,
        "the factor a and the minus are missing": lambda g, x, y, i: g / x[1] ** 2 if i else None,
        "divided by a squared instead of by b squared": lambda g, x, y, i: -g * x[1] / x[0] ** 2 if i else None,
        "a and b are exchanged (see the order of ctx.saved_tensors)": lambda g, x, y, i: None if i else g / x[0],
        "this is the gradient of a multiplication": lambda g, x, y, i: g * x[1 - i],
        "not divided by b": lambda g, x, y, i: None if i else g,
        "divided by b squared instead of by b": lambda g, x, y, i: None if i else g / x[1] ** 2,
        "the quotient is rounded down (// instead of /)": lambda g, x, y, i: -g * x[0] // x[1] ** 2 if i else g // x[1],
        "1 / b, and the gradient of the output is missing": lambda g, x, y, i: None if i else 1 / x[1] + 0 * g,
    },
    "ReLU": {
        "the gradient also flows where x < 0": lambda g, x, y, i: g,
        "multiplied by x instead of by 1 where x > 0": lambda g, x, y, i: g * np.maximum(x[0], 0),
        "multiplied by x instead of by 1 or 0": lambda g, x, y, i: g * x[0],
        "the sign of x is used: -1 instead of 0 where x < 0": lambda g, x, y, i: g * np.sign(x[0]),
        "the gradient flows where x < 0 instead of where x > 0": lambda g, x, y, i: g * (x[0] < 0),
        "it looks where the gradient is positive instead of where x is": lambda g, x, y, i: np.maximum(g, 0),
        "max(x, 0) instead of its derivative": lambda g, x, y, i: np.maximum(x[0], 0),
    },
    "Log": {"multiplied by x instead of divided": lambda g, x, y, i: g * x[0]},
    "Exp": {
        "multiplied by x instead of by exp(x)": lambda g, x, y, i: g * x[0],
        "the factor exp(x) is missing": lambda g, x, y, i: g,
    },
    "Sqrt": {
        "multiplied by the root instead of divided": lambda g, x, y, i: g * y / 2,
        "divided by 2 x instead of by 2 sqrt(x)": lambda g, x, y, i: g / (2 * x[0]),
        "the factor 1/2 is missing": lambda g, x, y, i: g / y,
        "divided by sqrt(x) / 2 instead of by 2 sqrt(x)": lambda g, x, y, i: 2 * g / y,
    },
}  # fmt: skip
_GRADIENTS["MatMul"] = _GRADIENTS["Matmul"] = {
    "the elementwise product is used instead of the matrix product": lambda g, x, y, i: g * x[1 - i],
}


def wrong_gradient(
    name: str, where: Sequence[int], got: list, right: list, ones: list, inputs: list, output: np.ndarray, g: np.ndarray
) -> tuple[int, str]:
    """(the first input with a wrong gradient, or -1 for all of them, and what is wrong with it, '' if unknown).

    Lists per Tensor input: what backward gave, what it should have given, the same for a gradient of ones.
    """
    if len(got) == 2 and not _close(right[0], right[1]) and _close(right[0], got[1]) and _close(right[1], got[0]):
        return -1, "the gradients of its two inputs are exchanged"
    wrong = [k for k in range(len(got)) if got[k] is not None and not _close(right[k], got[k])]
    if not wrong:
        return -1, ""
    k = wrong[0]
    return where[k], _reason(name, k, got[k], right[k], ones[k], inputs, output, g)


def _reason(name, k, got, right, ones, inputs, output, g) -> str:
    right = np.asarray(right, float)
    if not np.isfinite(got).all() and np.isfinite(right).all():
        return "nan or infinity"
    if not np.any(got):
        return "all zeros"
    if _close(-right, got):
        return "wrong sign"
    if not _close(g, np.ones_like(g)) and _close(ones, got):
        return "the gradient of the output (grad_output) is ignored: multiply by it"
    with np.errstate(all="ignore"):
        for text, formula in _GRADIENTS.get(name, {}).items():
            try:
                for factor, more in ((1, ""), (-1, ", with the wrong sign")):
                    value = formula(g, inputs, output, k)
                    if value is not None and _close(factor * value, got):
                        return text + more
                value = formula(np.ones_like(g), inputs, output, k)
                if value is not None and _close(value, got):
                    return f"{text}, and the gradient of the output (grad_output) is ignored"
            except (TypeError, ValueError, IndexError):
                continue
    if right.ndim == 2 and right.T.shape == got.shape and _close(right.T, got):
        return "transposed"
    if _close(g, got):
        return "the gradient of the output is passed on as it is: the derivative is missing"
    # Only what is not known to be elementwise has anything to do with the number of rows.
    return _factor(right, np.asarray(got, float), inputs if name not in _KINDS or "@" in _KINDS[name] else [])


def _factor(right: np.ndarray, got: np.ndarray, inputs: Arrays) -> str:
    if right.shape != got.shape or not np.any(right) or len(np.unique(np.abs(right[right != 0]))) < 2:
        return ""
    at = np.unravel_index(np.argmax(np.abs(right)), right.shape)
    factor = got[at] / right[at]
    if not _close(factor * right, got):
        return ""
    size = inputs[0].shape[0] if inputs and inputs[0].ndim else 0
    if size > 1 and np.isclose(factor, 1 / size):
        return f"divided by the number of rows, {size}: {factor:.4g} times what is right"
    if size > 1 and np.isclose(factor, size):
        return f"{size} times what is right: the division by the number of rows is missing"
    return f"{factor:.4g} times what is right"

"""Sentences about operations: what forward and backward return, shapes, formulas, dtypes."""

from __future__ import annotations

import numpy as np

from autograder.explain.families import wrong_gradient, wrong_value
from autograder.explain.sentence import BROKEN, DETAIL, FORMULA, GRAPH, SHAPE, Blame, fact, shape_text, which

__all__: list[str] = []

# ---------------------------------------------------------------------- shapes, and what is overwritten


@fact("exchanged")
def _exchanged(name: str, first: list, second: list) -> Blame:
    text = (
        f"{name}.backward: the gradients of its two inputs are exchanged: the first has shape {shape_text(first)}, "
        f"the first input {shape_text(second)}"
    )
    return Blame(SHAPE, name, text, of_gradient=True)


@fact("gradient shape")
def _gradient_shape(name: str, i: int, got: list, wanted: list, upstream: list) -> Blame:
    axes = _broadcast_axes(wanted, upstream)
    if axes and list(got) == list(upstream):
        over = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {', '.join(map(str, axes))}"
        what = f"That input was broadcast in forward: sum the gradient over {over} (unbroadcast, section 2.1)"
    elif axes and int(np.prod(got)) == int(np.prod(wanted)):
        what = "The elements are as many; keep the input's shape: .reshape"
    elif list(got) == list(wanted)[::-1] and len(got) == 2:
        what = "It is transposed"
    elif axes:
        over = f"axis {axes[0]}" if len(axes) == 1 else f"the axes {', '.join(map(str, axes))}"
        what = f"That input was broadcast in forward: sum the gradient over {over}, and over no other"
    elif len(got) == len(wanted) > 2 and list(got) != list(wanted) and all(g >= w for g, w in zip(got, wanted)):
        what = "Is it that of the padded input? Cut the padding off"
    else:
        what = "A gradient has the shape of its input: one derivative for each element"
    shapes = f"a gradient of shape {shape_text(got)}; that input has shape {shape_text(wanted)}"
    text = f"{name}.backward returns for {which(i)} {shapes}. {what}"
    return Blame(SHAPE, "unbroadcast" if axes else name, text, of_gradient=True)


def _broadcast_axes(wanted: list, result: list) -> list[int]:
    """The axes of `result` that broadcasting has added to or stretched in `wanted`; [] if it has not."""
    new = len(result) - len(wanted)
    if new < 0 or any(w not in (1, r) for w, r in zip(wanted, result[new:])):
        return []
    return [*range(new), *(new + k for k, (w, r) in enumerate(zip(wanted, result[new:])) if w == 1 and r != 1)]


@fact("upstream shape")
def _upstream_shape(name: str, got: list, wanted: list) -> Blame:
    text = (
        f"{name}.backward is given a gradient of shape {shape_text(got)} for a result of shape {shape_text(wanted)}: "
        "what is handed on to it has the wrong shape"
    )
    return Blame(GRAPH, "", text, of_gradient=True)


@fact("forward modifies")
def _forward_modifies(name: str, i: int) -> Blame:
    return Blame(SHAPE, name, f"{name}.forward changes {which(i)} in place: make a new array")


@fact("backward modifies")
def _backward_modifies(name: str) -> Blame:
    text = f"{name}.backward changes the gradient that it is given in place: make a new array"
    return Blame(SHAPE, name, text, of_gradient=True)


@fact("forward same")
def _forward_same(name: str) -> Blame:
    return Blame(SHAPE, name, f"{name}.forward returns one of its inputs itself and must return a new Tensor")


@fact("rebinds")
def _rebinds(name: str) -> Blame:
    text = (
        f"{name} puts a new Tensor in the place of the parameter, and the layer keeps the old one: "
        "change the parameter's .data instead (param.data = ...)"
    )
    return Blame(BROKEN, "", text)


# ---------------------------------------------------------------------- formulas


@fact("value")
def _value(name: str, inputs: list, output: np.ndarray) -> Blame | None:
    wrong = wrong_value(name, inputs, output)
    return Blame(FORMULA, name, f"{name}.forward {wrong}") if wrong else None


@fact("gradient wrong")
def _gradient_wrong(name, where, got, right, ones, inputs, output, upstream) -> Blame:
    i, reason = wrong_gradient(name, where, got, right, ones, inputs, output, upstream)
    subject = f"the gradient of {which(i)}" if i >= 0 and len(where) > 1 else "the gradient"
    if i < 0:
        text = reason or "the gradient is not the derivative of what forward computes"
    elif reason:
        text = f"{subject}: {reason}"
    else:
        text = f"{subject} is not the derivative of what {name}.forward computes"
    return Blame(FORMULA, name, f"{name}.backward: {text}", reason=bool(reason), of_gradient=True)


@fact("backward of the last")
def _backward_of_the_last(name: str) -> Blame:
    text = (
        f"{name}.backward is right only for what {name} computed last: keep what it needs in ctx, which each call has "
        "of its own, and not in a variable or attribute that the next call overwrites"
    )
    return Blame(FORMULA, name, text, of_gradient=True)


# ---------------------------------------------------------------------- dtypes


@fact("tensor dtype")
def _tensor_dtype(name: str, dtype: str) -> Blame:
    return Blame(DETAIL, "", f"Tensor makes {dtype} of float64: keep the dtype of the data, self.data = np.array(data)")


@fact("forward dtype")
def _forward_dtype(name: str, got: str, wanted: str) -> Blame:
    return Blame(DETAIL, name, f"{name}.forward returns {got} for inputs of {wanted}: keep their dtype")


@fact("gradient dtype")
def _gradient_dtype(name: str, i: int, got: str, wanted: str) -> Blame:
    text = f"{name}.backward returns {got} for an input of {wanted}: keep its dtype"
    return Blame(DETAIL, name, text, of_gradient=True)

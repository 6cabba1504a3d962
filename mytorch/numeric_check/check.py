"""`numeric_check`, the function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mytorch.engine.function import Function
from mytorch.nn.module import Module
from mytorch.numeric_check.array_layer import ArrayLayer
from mytorch.numeric_check.finite_differences import finite_differences
from mytorch.numeric_check.references import reference
from mytorch.numeric_check.report import NumericCheckReport, Row, compare
from mytorch.numeric_check.subjects import Key, Subject, TensorLayer

__all__ = ["EPS", "TOLERANCE", "numeric_check"]

EPS, TOLERANCE = 3e-4, 1e-8


def numeric_check(
    layer: Any,
    *inputs: Any,
    eps: float = EPS,
    tolerance: float = TOLERANCE,
    seed: int = 0,
    title: str | None = None,
) -> NumericCheckReport:
    """Compare the gradients that `layer` gives its inputs and parameters with finite differences, in
    float64. `print` the report, or ask for `.ok` and `.rows`.

    layer: a Module, a subclass of Function, a function of Tensors; or an object with forward and
        backward on NumPy arrays, as in handout 001 (section 3.1) and handout 004. It runs as copies,
        so that running averages, and also the random generators, are afterwards as they were.
    inputs: the arguments of forward. Tensors and arrays of floats are checked (or, if some Tensors have
        requires_grad=True, only these); integers and other values are passed on as they are.
    eps: the step of the quotients, for numbers below 1; an element that disagrees is tried with
        smaller ones. The inputs must still be off the kinks: at 0 ReLU has no derivative.
    tolerance: the relative error up to which a row is ok.
    seed: of the random dL/d(output), without which mistakes of different outputs could cancel.

    Raises TypeError for what cannot be checked, and ValueError if an output is not finite, changes
    from run to run, or there is none of floats.
    """
    if not eps > 0 or not tolerance > 0:
        raise ValueError(f"numeric_check: eps and tolerance must be positive, got {eps} and {tolerance}")
    subject = make_subject(layer, inputs)
    if not subject.arrays and not subject.unchecked:
        raise ValueError("numeric_check: there is nothing to check: no input of floats and no parameter")
    outputs = _checked_outputs(subject)
    rng = np.random.default_rng(seed)
    cotangents = [rng.standard_normal(output.shape) for output in outputs]
    if subject.cotangents_are_ones:
        cotangents = [np.ones(output.shape) for output in outputs]
    gradients: dict[Key, np.ndarray | None]
    try:
        gradients, failure = subject.gradients(cotangents), ""
    except Exception as error:  # of the layer's own code; it goes into the table
        gradients, failure = dict.fromkeys(subject.arrays), f"backward raised {type(error).__name__}: {error}"
    rows = [_row(subject, key, gradients[key], cotangents, eps, tolerance, failure) for key in subject.arrays]
    return NumericCheckReport(
        _title(layer) if title is None else title,
        tuple(rows),
        unchecked=dict(subject.unchecked),
        labels=tuple(subject.labels),
        forward=_compare_forward(layer, subject, outputs, tolerance),
    )


def _compare_forward(layer: Any, subject: Subject, outputs: Sequence[np.ndarray], tolerance: float) -> Row | None:
    """The row of the output of a layer whose name is known; None without a reference, and for our own layers."""
    kind = layer if isinstance(layer, type) else type(layer)
    if len(outputs) != 1 or subject.unchecked or kind.__module__.startswith("mytorch."):
        return None
    inputs = [value.data if hasattr(value, "requires_grad") else value for value in subject.given_inputs()]
    parameters = {name: array for (what, name), array in subject.arrays.items() if what == "parameter"}
    known = reference(kind.__name__, inputs, parameters)
    known = [array for array in known or [] if np.shape(array) == outputs[0].shape]
    if not known:
        return None
    rows = [compare("output", "forward", outputs[0], np.asarray(array, np.float64), tolerance) for array in known]
    best = min(rows, key=lambda row: row.relative_error)
    note = "" if best.ok else f"not what {kind.__name__} gives elsewhere"
    return replace(best, note=note)


def _checked_outputs(subject: Subject) -> list[np.ndarray]:
    outputs, again = subject.outputs(), subject.outputs()
    if not outputs:
        raise ValueError("numeric_check: the layer must return a Tensor or an array of floats, or several")
    for output, repeated in zip(outputs, again):
        if not np.isfinite(output).all():
            raise ValueError("numeric_check: the output has nan or infinity in it; give other inputs")
        if not np.array_equal(output, repeated):
            raise ValueError(
                "numeric_check: two runs with the same input gave different outputs; random numbers can be held "
                "fixed only if they come from mytorch, numpy.random or random, or a generator that the layer keeps"
            )
    return outputs


def _row(
    subject: Subject,
    key: Key,
    gradient: np.ndarray | None,
    cotangents: Sequence[np.ndarray],
    eps: float,
    tolerance: float,
    failure: str,
) -> Row:
    values = subject.arrays[key]
    if failure:
        return Row(*key, values.shape, np.nan, np.nan, False, failure)

    def outputs(index: tuple, step: float) -> list[np.ndarray]:
        return subject.outputs((key, index, step))

    quotients = finite_differences(outputs, cotangents, values, gradient, eps, tolerance)
    return compare(*key, gradient, quotients, tolerance)


def _title(layer: Any) -> str:
    name = getattr(layer, "__name__", None)
    if name is not None:
        return name
    text = repr(layer)
    return type(layer).__name__ if text.startswith("<") or "\n" in text else text


def make_subject(layer: Any, inputs: Sequence[Any]) -> Subject:
    if isinstance(layer, type) and not issubclass(layer, Function):
        raise TypeError(f"numeric_check: layer must be a layer, not its class: {layer.__name__}(...)")
    if _is_array_layer(layer):
        return ArrayLayer(layer, inputs)
    if not callable(layer):
        raise TypeError(
            "numeric_check: layer must be a Module, a Function, a function of Tensors, or an object with forward and "
            f"backward, got {type(layer).__name__}"
        )
    return TensorLayer(layer, inputs)


def _is_array_layer(layer: Any) -> bool:
    """Handout 001's kind of layer (its section 3.1)."""
    own = isinstance(layer, (Module, type))
    return not own and all(callable(getattr(layer, name, None)) for name in ("forward", "backward"))

"""The first nan or inf: in the data, the weights, the forward or the backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.diagnosis.cut_off import listed
from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen, is_finite
from mytorch.engine.tensor_base import TensorBase

__all__ = ["find_not_finite"]

_MASKING = ("MaskedFill", "Where", "MaskedSoftmax")  # put -inf where something shall count for nothing
_HINTS = {
    "Log": "keep its input above 0: (x + 1e-8).log(), or log_softmax instead of softmax and log",
    "Div": "keep the divisor away from 0: x / (y + 1e-8)",
    "Sqrt": "keep its input above 0: (x + 1e-8).sqrt()",
    "Exp": "keep its input small: subtract the largest value first, or use softmax, logsumexp, sigmoid",
    "Pow": "keep the base above 0: (x + 1e-8) ** p",
    "Norm": "add a small number: its derivative is not defined where all elements are 0",
}


def find_not_finite(seen: Examination) -> list[Finding]:
    data = [array for array in _arrays(seen.inputs) + _arrays(seen.targets) if not is_finite(array)]
    if data:
        what = f"{sum(int((~np.isfinite(array)).sum()) for array in data)} of its values are nan or inf"
        return [Finding("nan-in-data", "the batch", what, "mend or leave out these samples before training")]
    weights = [name for p, name in seen.parameters.items() if not is_finite(p)]
    if weights:
        what = "holds nan or inf: an earlier step has spoilt it"
        remedy = "start again from good weights, with a smaller learning rate or clip_grad_norm_"
        return [Finding("nan-in-weights", listed(weights), what, remedy)]
    if seen.loss is None or (is_finite(seen.loss) and all(map(is_finite, seen.gradients.values()))):
        return []
    if not is_finite(seen.loss):
        first = _origin(seen)
        if first is not None:
            what = f"the first {_kind(first.outputs)} of the forward comes out here; {_of_inputs(first.inputs)}"
            return [Finding("nan-in-forward", first.place, what, _remedy(first.function))]
    for node, (came, sent) in seen.backward.items():
        bad = [i for i, part in enumerate(sent) if part is not None and not part.finite]
        if bad and all(part is None or part.finite for part in came):
            operation = next((one for one in seen.operations if one.node is node), None)
            place = operation.place if operation is not None else node.function_name
            inputs = "" if operation is None else f"; {_of_inputs(operation.inputs)}"
            what = f"the first nan or inf of the backward goes out here, to argument {bad[0]}{inputs}"
            return [Finding("nan-in-backward", place, what, _remedy(node.function_name))]
    return [Finding("nan-in-forward", "the loss", "it is nan or inf", "print(loss.explain())")]


def _origin(seen: Examination) -> Seen | None:
    """The operation that made the first nan; if an inf that an earlier one made led to it, that one."""
    bad = [one for one in seen.operations if not one.finite_out]
    nan = next((one for one in bad if any(np.isnan(out._data).any() for out in one.outputs)), None)
    made_by = {id(output): one for one in bad for output in one.outputs}
    current = nan or (bad[-1] if bad else None)
    while current is not None:
        sources = [made_by[id(t)] for t in current.tensors if id(t) in made_by and made_by[id(t)] is not current]
        sources = [one for one in sources if one.function not in _MASKING]
        if not sources:
            return current
        current = sources[0]
    return None


def _kind(outputs: list[Any]) -> str:
    return "nan" if any(np.isnan(output._data).any() for output in outputs) else "inf"


def _of_inputs(inputs: tuple) -> str:
    words = []
    for i, value in enumerate(inputs):
        if isinstance(value, TensorBase) and value._data.size and value._data.dtype.kind == "f":
            low, high = float(value._data.min()), float(value._data.max())
            words.append(f"argument {i} goes from {low:.4g} to {high:.4g}")
    return ", ".join(words) or "it has no inputs"


def _remedy(function: str) -> str:
    known = next((hint for name, hint in _HINTS.items() if function.startswith(name)), None)
    return known or "make its inputs smaller, or use the stable form of this function in mytorch.nn.functional"


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [array for part in value for array in _arrays(part)]
    if isinstance(value, TensorBase):
        return [value._data]
    return [value] if isinstance(value, np.ndarray) else []

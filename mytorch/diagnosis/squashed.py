"""What stands between the model's output and the loss: probabilities where logits are expected, and the reverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen
from mytorch.diagnosis.labels import is_one_of
from mytorch.engine.tensor_base import TensorBase
from mytorch.nn import functional
from mytorch.nn.loss import NLLLoss
from mytorch.nn.modules.losses.probability import BCEWithLogitsLoss

__all__ = ["find_twice_squashed"]

_SOFTMAX = ("Softmax", "MaskedSoftmax")
_PASSING = ("Reshape", "Transpose", "GetItem", "Cast", "Dropout")  # keep probabilities what they are
_PICKING = ("TakeAlongDim", "GetItem")
_SUMMING_UP = (*_PICKING, "Reshape", "Transpose", "Neg", "Sum", "Mean", "Div")
_GIVE_LOGITS = "give it the logits: leave the {} out of the model"


def find_twice_squashed(seen: Examination) -> list[Finding]:
    if seen.loss is None:
        return []
    finding = _before_softmax(seen) or _before_logits_loss(seen) or _before_nll(seen)
    return [] if finding is None else [finding]


def _before_softmax(seen: Examination) -> Finding | None:
    """A softmax or sigmoid in front of a cross-entropy, or of another softmax, which is half of one by hand."""
    for operation in seen.operations:
        is_loss = operation.function == "CrossEntropy"
        if not (is_loss or operation.function in ("LogSoftmax", *_SOFTMAX)) or not operation.tensors:
            continue
        logits = operation.tensors[0]
        if _made_by(seen, logits, _SOFTMAX) or (is_loss and _are_probabilities(logits._data)):
            squashed = "softmax"
        elif _made_by(seen, logits, ("Sigmoid",)) and (is_loss or operation.module is None):
            squashed = "sigmoid"
        else:
            continue
        takes = "the cross-entropy takes the softmax itself" if is_loss else "a softmax is taken here"
        what = f"{takes}; its input went through a {squashed} already, so gradients become small"
        return Finding("softmax-before-cross-entropy", operation.place, what, _GIVE_LOGITS.format(squashed))
    return None


def _before_logits_loss(seen: Examination) -> Finding | None:
    """binary_cross_entropy_with_logits takes the logarithm of the sigmoid."""
    by_name = is_one_of(seen.loss_fn, (BCEWithLogitsLoss,), (functional.binary_cross_entropy_with_logits,))
    taken = [one.tensors[0] for one in seen.operations if one.function == "LogSigmoid" and one.module is None]
    if not any(
        _made_by(seen, logits, ("Sigmoid", *_SOFTMAX)) for logits in (*taken, *([seen.outputs] if by_name else []))
    ):
        return None
    what = "binary_cross_entropy_with_logits takes the sigmoid itself; its input is one already"
    return Finding("sigmoid-before-logits-loss", "the loss", what, "give it the logits, or use nn.BCELoss")


def _before_nll(seen: Examination) -> Finding | None:
    output = seen.outputs
    if not isinstance(output, TensorBase) or _are_log_probabilities(output._data):
        return None
    if not is_one_of(seen.loss_fn, (NLLLoss,), (functional.nll_loss,)) and not _is_nll_by_hand(seen):
        return None
    what = "NLLLoss expects log-probabilities; e to the power of its input does not add up to 1 over the classes"
    remedy = "end the model with nn.LogSoftmax(dim=1), or use nn.CrossEntropyLoss"
    return Finding("no-log-softmax-before-nll", "the loss", what, remedy)


def _is_nll_by_hand(seen: Examination) -> bool:
    """Whether the loss is minus the output's numbers at the labels, summed or averaged, and nothing else."""
    of_loss = [one for one in seen.operations if one.module is None and one.node in seen.in_graph]
    functions = [one.function for one in of_loss]
    picks = [one for one in of_loss if one.function in _PICKING and one.tensors and one.tensors[0] is seen.outputs]
    return len(picks) == 1 and functions.count("Neg") == 1 and all(name in _SUMMING_UP for name in functions)


def _made_by(seen: Examination, tensor: Any, functions: tuple[str, ...]) -> bool:
    """Whether it comes out of one of these operations, perhaps reshaped since."""
    makers = {id(output): operation for operation in seen.operations for output in operation.outputs}
    operation: Seen | None = makers.get(id(tensor))
    while operation is not None and operation.function in _PASSING:
        operation = makers.get(id(operation.tensors[0])) if operation.tensors else None
    return operation is not None and operation.function in functions


def _are_probabilities(x: np.ndarray) -> bool:
    if x.ndim < 2 or x.shape[1] < 2 or not x.size:
        return False
    return bool((x >= 0).all() and np.allclose(x.sum(axis=1), 1, atol=1e-4))


def _are_log_probabilities(x: np.ndarray) -> bool:
    axis = 1 if x.ndim > 1 else 0
    return bool((x <= 1e-6).all() and np.allclose(np.exp(x).sum(axis=axis), 1, atol=1e-3))

"""Labels that do not fit the model's output."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen
from mytorch.engine.tensor_base import TensorBase
from mytorch.nn import functional
from mytorch.nn.loss import CrossEntropyLoss, NLLLoss
from mytorch.nn.modules.losses.probability import BCELoss, BCEWithLogitsLoss

__all__ = ["find_labels", "is_one_of"]

_INDEXED = (CrossEntropyLoss, NLLLoss)
_INDEXED_FUNCTIONS = (functional.cross_entropy, functional.nll_loss)
_BINARY = (BCELoss, BCEWithLogitsLoss)
_BINARY_FUNCTIONS = (functional.binary_cross_entropy, functional.binary_cross_entropy_with_logits)


def find_labels(seen: Examination) -> list[Finding]:
    if len(seen.targets) != 1 or not isinstance(seen.outputs, TensorBase):
        return []
    output, target = seen.outputs._data, _array(seen.targets[0])
    if target is None:
        return []
    by_index = is_one_of(seen.loss_fn, _INDEXED, _INDEXED_FUNCTIONS) or _ran(seen, "CrossEntropy")
    if by_index or (seen.error is not None and target.dtype.kind in "iub" and output.ndim >= 2):
        finding = _class_indices(seen, output, target)
    elif is_one_of(seen.loss_fn, _BINARY, _BINARY_FUNCTIONS) or _ran(seen, "BinaryCrossEntropy"):
        finding = _probabilities(output, target)
    else:
        finding = None
    finding = finding or _broadcast(seen, output, target)
    return [] if finding is None else [finding]


def _class_indices(seen: Examination, output: np.ndarray, target: np.ndarray) -> Finding | None:
    expected = (*output.shape[:1], *output.shape[2:])
    if target.shape == output.shape and target.dtype.kind in "iub" and seen.error is not None:
        remedy = "give class indices, target.argmax(1), or probabilities, target.to(output.dtype)"
        return Finding(
            "labels-wrong-type", "the labels", f"rows with a number per class, of dtype {target.dtype}", remedy
        )
    if output.ndim < 2 or target.shape == output.shape:
        return None  # probabilities of the classes
    if target.dtype.kind == "f" and seen.error is not None:
        remedy = "give integers: target.long(), or probabilities of the output's shape"
        return Finding("labels-wrong-type", "the labels", f"class indices of dtype {target.dtype}", remedy)
    if target.shape != expected:
        if seen.error is None:
            return None
        what = f"labels of shape {target.shape} for an output of shape {output.shape}: {expected} is expected"
        return Finding(
            "labels-wrong-shape",
            "the labels",
            what,
            "give one class index per sample: target.reshape(-1), or argmax of one-hot rows",
        )
    left_out = getattr(seen.loss_fn, "ignore_index", -100)
    counted = target[target != left_out]
    classes = output.shape[1]
    if not counted.size or (counted.min() >= 0 and counted.max() < classes):
        return None
    what = f"labels from {counted.min()} to {counted.max()} for {classes} classes, whose numbers are 0 to {classes - 1}"
    remedy = "count classes from 0 (target - 1), or give the last layer one output per class"
    return Finding("labels-out-of-range", "the labels", what, remedy)


def _probabilities(output: np.ndarray, target: np.ndarray) -> Finding | None:
    if target.size and (target.min() < 0 or target.max() > 1):
        what = f"labels from {target.min():.4g} to {target.max():.4g} for a binary cross-entropy, which wants 0 to 1"
        return Finding("labels-out-of-range", "the labels", what, "give 0 and 1, or probabilities")
    return None


def _broadcast(seen: Examination, output: np.ndarray, target: np.ndarray) -> Finding | None:
    """(N,) against (N, 1) makes (N, N) differences, of which N are meant."""
    remedy = "give both one shape: output.squeeze(1), or target.reshape(-1, 1)"
    text = next((text for text in seen.warnings if "losses; give them one shape" in text), None)
    if text is not None:
        return Finding("labels-broadcast", "the labels", text, remedy)
    for operation in seen.operations:
        shapes = [tensor._data.shape for tensor in operation.tensors]
        if operation.module is None and len(shapes) == 2 and _makes_a_square(shapes[0], shapes[1], operation):
            what = f"{operation.place} made {operation.outputs[0]._data.shape} of {shapes[0]} and {shapes[1]}"
            return Finding("labels-broadcast", "the labels", what, remedy)
    if seen.error is not None and seen.loss is None and target.shape != output.shape and "shape" in str(seen.error):
        what = f"labels of shape {target.shape} for an output of shape {output.shape}; the loss says: {seen.error}"
        return Finding("labels-wrong-shape", "the labels", what, remedy)
    return None


def _makes_a_square(one: tuple, other: tuple, operation: Seen) -> bool:
    flat, upright = sorted((one, other), key=len)
    return (
        operation.function not in ("MatMul", "Affine", "Einsum")
        and len(upright) == len(flat) + 1
        and upright[-1] == 1
        and len(flat) >= 1
        and upright[0] == flat[0] > 1
        and operation.outputs[0]._data.shape != upright
    )


def is_one_of(loss_fn: Any, classes: tuple, functions: tuple) -> bool:
    return isinstance(loss_fn, classes) or any(loss_fn is function for function in functions)


def _ran(seen: Examination, function: str) -> bool:
    return any(operation.function == function for operation in seen.operations)


def _array(value: Any) -> np.ndarray | None:
    if isinstance(value, TensorBase):
        return value._data
    return value if isinstance(value, np.ndarray) else None

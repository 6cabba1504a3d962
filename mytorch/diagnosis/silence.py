"""Gradients that are zero everywhere or nearly, and the operation that made them so."""

from __future__ import annotations

from typing import Any

from mytorch.diagnosis.cut_off import listed
from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.elementwise import rounding

__all__ = ["find_silence", "zero_start_note"]

SATURATED = 0.9  # part of the elements
FLAT = 1e-3  # of the derivative 1 - y^2 of tanh, or y (1 - y) of the sigmoid, against its largest value
DEAD_UNITS = 0.9  # part of the units that are 0 for every sample
_FEWEST_SAMPLES = 4

_CLIPPING = ("Clamp", "Hardtanh", "Hardsigmoid", "Minimum", "Maximum")
_PRODUCTS = ("Mul", "Affine", "MatMul", "Conv", "Linear", "Bmm")
_SUMS = ("Add", "Affine", "Conv", "ConvTranspose")  # of which a bias is a part
# Others with flat ends, inside of a model, where a thousandth of the gradient gets through.
_FLAT_ENDS = ("ELU", "GELU", "GELUTanh", "Hardswish", "LogSigmoid", "Mish", "SiLU", "Softplus", "Softsign")
_STEPS_IN_TIME = ("RNNSteps", "LSTMSteps", "GRUSteps")


def find_silence(seen: Examination) -> list[Finding]:
    silent = [p for p in seen.parameters if p in seen.gradients and not seen.gradients[p].any()]
    findings = []
    excused = False
    for operation in seen.operations:
        came, sent = seen.backward.get(operation.node, ([], []))
        sent = [part if wanted else None for part, wanted in zip(sent, operation.node.next_functions)]
        norm_in = sum(part.norm for part in came if part is not None)
        norms_out = [part.norm for part in sent if part is not None]
        if operation.node not in seen.in_graph or not norm_in or not norms_out:
            continue
        if operation.function in ("Sigmoid", "Tanh"):
            finding = _saturated(operation, seen)
        elif operation.function == "ReLU":
            finding = _dead(operation, not any(norms_out), seen)
        else:
            finding = _flattened(operation, norm_in, norms_out, seen)
            if finding is None and silent and 0.0 in norms_out:
                if _learns(_zeros_among(operation, sent), seen):
                    excused = True
                else:
                    finding = _stopped(operation, sent)
        if finding is not None:
            findings.append(finding)
    silent = [p for p in silent if not _cancels(p, seen)]
    if silent and not findings and not excused:
        what = "its gradient is 0 everywhere"
        names = listed([seen.name(p) for p in silent])
        findings.append(Finding("zero-gradient", names, what, "look where the zeros begin: print(loss.explain())"))
    return findings


def zero_start_note(seen: Examination) -> str | None:
    """Of weights that start at 0 on purpose, as the last layer of a residual block may: they get a gradient, and from
    the second step on so does what lies behind them."""
    for operation in seen.operations:
        _, sent = seen.backward.get(operation.node, ([], []))
        zeros = _zeros_among(operation, sent)
        if operation.node in seen.in_graph and _learns(zeros, seen):
            return (
                f"{seen.name(zeros)} is 0 everywhere: in the next step nothing goes further back than {operation.place}"
            )
    return None


def _zeros_among(operation: Seen, sent: list) -> Any:
    """The argument of a product that is 0 everywhere and stops the gradient of the other; None if there is none."""
    if operation.function not in _PRODUCTS:
        return None
    stopped = [i for i, part in enumerate(sent) if part is not None and part.norm == 0]
    zeros = [other for i, other in enumerate(operation.inputs) if i not in stopped and _all_zero(other)]
    return zeros[0] if stopped and zeros else None


def _learns(weight: Any, seen: Examination) -> bool:
    """Whether it is a parameter that the next step changes."""
    gradient = seen.gradients.get(weight) if weight is not None else None
    if gradient is None or not gradient.any():
        return False
    groups = [] if seen.optimizer is None else seen.optimizer.param_groups
    return seen.optimizer is None or any(p is weight for group in groups for p in group["params"])


def _cancels(p: Any, seen: Examination) -> bool:
    """Whether its zero is a sum of others, as that of the last bias if the loss takes differences of outputs."""
    if p._data.ndim > 1:
        return False
    users = [one for one in seen.operations if any(tensor is p for tensor in one.tensors)]
    came = [part for one in users for part in seen.backward.get(one.node, ([], []))[0]]
    return all(one.function in _SUMS for one in users) and any(part is not None and part.norm for part in came)


def _flattened(operation: Seen, norm_in: float, norms_out: list[float], seen: Examination) -> Finding | None:
    """Saturation of what is neither sigmoid nor tanh, told by how little of the gradient gets through."""
    name, remedy = (
        operation.function,
        "make what goes in smaller: smaller weights, normalised data, or a LayerNorm before",
    )
    little = max(norms_out) < FLAT * norm_in
    if operation.module is None or any(output is seen.outputs for output in operation.outputs):
        return None
    if name in _FLAT_ENDS and little:
        what = "nearly all its values are so far out that its derivative is 0 there, or nearly"
        return Finding("saturated", operation.place, what, remedy)
    if name in _STEPS_IN_TIME and little:
        what = "the gates or the tanh of its cells are so far out that their derivatives are 0, or nearly"
        return Finding("saturated", operation.place, what, remedy)
    if name == "Softmax" and little:
        y, axis = operation.outputs[0]._data, operation.inputs[1]
        if y.shape[axis] > 1 and float((y.max(axis=axis) > 1 - FLAT / 4).mean()) > SATURATED:
            what = "nearly all its rows are a 1 and zeros, so that its derivative is 0, or nearly"
            return Finding("saturated", operation.place, what, f"{remedy}; divide scores by the root of their width")
    return None


def _dead(operation: Seen, all_zero: bool, seen: Examination) -> Finding | None:
    output = operation.outputs[0]._data
    if all_zero and not operation.tensors[0]._data.any():
        before = next((one for one in seen.operations if any(operation.tensors[0] is out for out in one.outputs)), None)
        place = operation.place if before is None else before.place
        what = "its result is 0 everywhere, and so is the derivative of the ReLU behind it"
        return Finding("multiplied-by-zero", place, what, "start these weights at small random numbers")
    remedy = (
        "start the biases at 0 and the weights as the layer does (nn.init.kaiming_uniform_), lower the learning rate, "
        "or use nn.LeakyReLU"
    )
    if all_zero:
        what = "no unit that matters is above 0 for any sample of the batch, so the derivative is 0 everywhere"
        return Finding("dead-relu", operation.place, what, remedy)
    if output.ndim < 2 or len(output) < _FEWEST_SAMPLES:
        return None
    axes = tuple([axis for axis in range(output.ndim) if axis != 1]) if output.ndim in (3, 4) else (0,)
    part = float((output <= 0).all(axis=axes).mean())
    if part < DEAD_UNITS:
        return None
    return Finding("dead-relu", operation.place, f"{part:.0%} of its units are 0 for every sample of the batch", remedy)


def _saturated(operation: Seen, seen: Examination) -> Finding | None:
    y = operation.outputs[0]._data
    slope = 1 - y**2 if operation.function == "Tanh" else 4 * y * (1 - y)
    part = float((slope < FLAT).mean())
    if part < SATURATED:
        return None
    gives_the_answer = any(output is seen.outputs for output in operation.outputs)
    if gives_the_answer and abs(float(seen.loss._data.mean())) < 0.1:
        return None  # sure, and right
    what = f"{part:.0%} of its values are so far out that the derivative is below {FLAT:g} of its largest value"
    remedy = (
        "make what goes in smaller: smaller weights (nn.init.xavier_uniform_), normalised data, or a LayerNorm before"
    )
    return Finding("saturated", operation.place, what, remedy)


def _stopped(operation: Seen, sent: list) -> Finding | None:
    """An operation into which a gradient came, and from which zeros went to an argument that wants one."""
    name = operation.function
    stopped = [i for i, part in enumerate(sent) if part is not None and part.norm == 0]
    all_stopped = len(stopped) == sum(part is not None for part in sent)
    if name in _CLIPPING and all_stopped:
        what = "all values lie outside of its limits, where the derivative is 0"
        return Finding("clipped", operation.place, what, "widen the limits, or clip after the loss is computed")
    if (hasattr(rounding, name) or name == "FloorDivide") and all_stopped and name not in ("Abs", "Frac"):
        what = "it is a step function: its derivative is 0 wherever there is one"
        return Finding("step-function", operation.place, what, "take a smooth function while training")
    if name == "Dropout" and all_stopped:
        return Finding("dropout-drops-all", operation.place, "it has set everything to 0", "make p smaller than 1")
    if name in _PRODUCTS:
        zeros = [i for i, other in enumerate(operation.inputs) if i not in stopped and _all_zero(other)]
        if zeros:
            what = f"it multiplies by zeros (argument {zeros[0]}), so nothing goes further back"
            return Finding("multiplied-by-zero", operation.place, what, "start these weights at small random numbers")
    if 0 in stopped and ("Norm" in name or "Standardize" in name):
        what = "it normalises each number by itself, or numbers that are all equal: its result does not depend on them"
        return Finding("zero-gradient", operation.place, what, "let it normalise over more than one number")
    if all_stopped and _has_one_class(operation):
        what = "it is a softmax over a single number, which is 1 whatever that number is"
        remedy = "give the last layer an output per class; for one output take BCEWithLogitsLoss or a sigmoid"
        return Finding("zero-gradient", operation.place, what, remedy)
    if all_stopped:
        what = "a gradient comes in and zeros go out"
        return Finding("zero-gradient", operation.place, what, "look at its inputs: its derivative is 0 there")
    return None


def _has_one_class(operation: Seen) -> bool:
    """Of a softmax, or a loss with one inside."""
    axis = {"CrossEntropy": 1, "Softmax": operation.inputs[-1], "LogSoftmax": operation.inputs[-1]}.get(
        operation.function
    )
    shape = operation.tensors[0]._data.shape if operation.tensors else ()
    return isinstance(axis, int) and axis < len(shape) and shape[axis] == 1


def _all_zero(value: Any) -> bool:
    """Whether it is a weight or a constant of zeros; where a result is zero, the operation before is to blame."""
    if not isinstance(value, TensorBase) or not value.is_leaf:
        return False
    return value._data.size > 0 and not value._data.any()

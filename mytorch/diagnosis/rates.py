"""How far a step goes: gradients that were left over, and learning rates that are too large or too small."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from mytorch.diagnosis.cut_off import listed
from mytorch.diagnosis.examination import Examination, examine
from mytorch.diagnosis.finding import Finding
from mytorch.engine.tensor_base import TensorBase
from mytorch.optim.lbfgs import LBFGS

__all__ = ["find_leftovers", "find_rate", "find_stuck_weights", "leftover_note"]

TOO_FAR, MUCH_TOO_FAR = 0.5, 2.0  # length of a step against the length of the weights
TOO_SHORT = 1e-6
_WORSE = 3.0  # times the loss, after a step down its own gradient
_LEFT_OVER, _MUCH = 1.5, 2.5  # times the batch's own gradient
_ALIKE = 0.9  # cosine of the angle to it


def find_leftovers(seen: Examination) -> list[Finding]:
    """`.grad` that several backwards have added up. One backward's is what a loop leaves after its last step."""
    names, before, now, product = [], 0.0, 0.0, 0.0
    for p, name in seen.parameters.items():
        if p.grad is None or p not in seen.gradients:
            continue
        if p.grad._version > 0 or p.grad._node is not None:  # added to, or changed otherwise
            names.append(name)
            before += _square(p.grad._data)
            now += _square(seen.gradients[p])
            product += float(np.vdot(p.grad._data, seen.gradients[p]))
    if not names or before <= _LEFT_OVER**2 * now or now == 0:
        return []
    # The gradient of another batch, clipped or summed of parts, may be as long: then it points elsewhere.
    if before < _MUCH**2 * now and product < _ALIKE * (before * now) ** 0.5:
        return []
    what = (
        f"backward has added to .grad several times: its norm is {before**0.5:.3g}, that of this batch alone "
        f"{now**0.5:.3g}"
    )
    remedy = (
        "call optimizer.zero_grad() in each step, before backward(). If parts of a batch are added up on purpose, "
        "divide each part's loss by their number, or leave this out: doctor(..., ignore=['missing-zero-grad'])"
    )
    return [Finding("missing-zero-grad", listed(names), what, remedy)]


def leftover_note(seen: Examination) -> str | None:
    if any(p.grad is not None and p.grad._data.any() for p in seen.parameters):
        return "gradients of an earlier backward are in .grad: call optimizer.zero_grad() before the next backward()"
    return None


def find_stuck_weights(seen: Examination) -> list[Finding]:
    """Matrices of equal numbers with equal gradients: their units stay copies of each other for ever."""
    names = []
    for name, p in seen.in_training():
        gradient = seen.gradients.get(p)
        if p._data.ndim < 2 or min(p._data.shape[:2]) < 2 or gradient is None or np.ptp(p._data) != 0:
            continue
        units = gradient if p._data.any() else gradient.swapaxes(0, 1)  # of zeros the units before have equal gradients
        if gradient.any() and np.allclose(units, units[:1], rtol=1e-6, atol=1e-12):
            names.append(name)
    what = "all its numbers are equal and so are its units' gradients: the units stay copies of each other"
    remedy = "start with random numbers, as the layers do: nn.init.kaiming_uniform_, nn.init.xavier_uniform_"
    return [Finding("equal-weights", listed(names), what, remedy)] if names else []


def find_rate(seen: Examination, batch: Any) -> list[Finding]:
    """One step of the optimizer, for a try. The caller puts weights back; the optimizer's state is put back here."""
    optimizer = seen.optimizer
    if isinstance(optimizer, LBFGS):  # its steps search for their length themselves
        return []
    if optimizer is None or seen.loss is None or not seen.gradients:
        return []
    if not any(p in seen.gradients for group in optimizer.param_groups for p in group["params"]):
        return []
    before = {p: p._data.copy() for p in seen.gradients}
    optimizer_state = copy.deepcopy(optimizer.state_dict())
    kept = {p: p._grad for p in seen.parameters}
    try:
        for p in seen.parameters:
            p._grad = p.new_tensor(seen.gradients[p].copy()) if p in seen.gradients else None
        optimizer.step()
        steps = {p: p._data - old for p, old in before.items()}
        after = examine(seen.model, seen.loss_fn, batch)
    finally:
        optimizer.load_state_dict(optimizer_state)
        for p, grad in kept.items():
            p._grad = grad
    matrices = [p for p in steps if p._data.ndim >= 2] or list(steps)
    length = sum(_square(steps[p]) for p in matrices) ** 0.5
    weights = sum(_square(before[p]) for p in matrices) ** 0.5
    descent = abs(sum(float(np.vdot(steps[p], seen.gradients[p])) for p in steps))
    return _judge(seen, length, weights, descent, after.loss)


def _judge(seen: Examination, length: float, weights: float, descent: float, after: Any) -> list[Finding]:
    loss = float(np.asarray(seen.loss._data).sum())
    rates = sorted({group["lr"] for group in seen.optimizer.param_groups})
    where = f"the learning rate {', '.join([f'{rate:g}' for rate in rates])}"
    ratio = length / weights if weights else 0.0
    new = float(np.asarray(after._data).sum()) if isinstance(after, TensorBase) else float("nan")
    worse = not np.isfinite(new) or (new > _WORSE * abs(loss) + 0.1)
    if worse or ratio > MUCH_TOO_FAR or (ratio > TOO_FAR and new >= loss):
        what = (
            f"one step moves the weights by {ratio:.2g} of their length and takes the loss from {loss:.4g} to {new:.4g}"
        )
        return [
            Finding(
                "rate-too-large",
                where,
                what,
                "divide it by 10 until the loss falls; a step of about 0.001 of the weights is usual",
            )
        ]
    if ratio < TOO_SHORT and descent < TOO_SHORT * max(abs(loss), 1e-12):
        what = f"one step moves the weights by {ratio:.2g} of their length"
        return [
            Finding(
                "rate-too-small",
                where,
                what,
                "multiply it by 10 until the loss falls visibly; a step of about 0.001 of the weights is usual",
            )
        ]
    return []


def _square(array: np.ndarray) -> float:
    return float(np.sum(np.square(array, dtype=float)))

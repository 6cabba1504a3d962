"""Connectionist temporal classification. (Graves, Fernandez, Gomez and Schmidhuber 2006.)"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, array_of, require_float
from mytorch.ops.elementwise.arithmetic import add, neg
from mytorch.ops.elementwise.division import div
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.losses.reduce import check_reduction, older_reduction, reduce_loss
from mytorch.ops.shapes.getitem import getitem
from mytorch.ops.shapes.join import cat, stack
from mytorch.ops.shapes.reshape import reshape

__all__ = ["LogSumOfPaths", "ctc_loss"]


class LogSumOfPaths(Operation):
    """y = ln(sum over axis 0 of e^x).   dL/dx = dL/dy * e^(x - y)

    x may be -inf, "no path leads here": its gradient is 0, and if all are -inf so is y."""

    @staticmethod
    def forward(ctx, x):
        largest = x.data.max(axis=0)
        largest = np.where(np.isfinite(largest), largest, 0)
        with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
            y = x.new_tensor(np.log(np.exp(x.data - largest).sum(axis=0)) + largest)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        return grad_y * Exp.run(x - Masked.run(y, y > -np.inf))


@older_reduction
def ctc_loss(
    log_probs: T,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> T:
    """-ln of the probability that the outputs, read without repetitions and then without blanks,
    are the target: the sum over all such alignments.

    log_probs: (T, N, C), log-probabilities of C classes at T times; or (T, C) for one sequence.
    targets: class indices without blanks, (N, S) padded, or all in one vector, one after the other.
    input_lengths, target_lengths: (N,), how much of each row counts; 0..T and 0..S.
    reduction: "mean" divides each loss by its target's length and then takes the mean.
    zero_infinity: loss and gradient 0 where no alignment fits (target longer than the input).

    The gradient is that of log_probs. PyTorch's is that of what was put into the softmax: the two agree
    behind log_softmax, where the loss belongs, but log_probs.grad itself differs.

    alpha[t, s] = ln of the probability of all alignments of outputs 0..t with the first s + 1 of
    the target's labels, with blanks between and around them: from s, s - 1 or, past a blank between
    different labels, s - 2 (section 4.1 of the paper). All sequences at once; gradients by the engine.
    """
    require_float("ctc_loss", log_probs)
    check_reduction("ctc_loss", reduction)
    batched = log_probs.data.ndim == 3
    if log_probs.data.ndim not in (2, 3):
        raise ValueError(f"ctc_loss: log_probs must have shape (T, N, C) or (T, C), got {log_probs.data.shape}")
    if not batched:
        time, classes = log_probs.data.shape
        log_probs = reshape(log_probs, (time, 1, classes))
    in_lengths, out_lengths, labels = _checked(log_probs.data.shape, targets, input_lengths, target_lengths, blank)

    extended = np.full((len(labels), 2 * labels.shape[1] + 1), blank)
    extended[:, 1::2] = labels  # (N, S) -> (N, 2 S + 1): blank, label, blank, label, blank
    alpha = _alpha(log_probs, extended, blank)  # (T + 1, N, 2 S + 1)

    # An alignment ends at the last label or at the blank behind it; without labels at the only blank.
    rows = np.arange(len(labels))
    ends = np.stack([2 * out_lengths, np.maximum(2 * out_lengths - 1, 0)])  # (2, N)
    forbidden = np.where([[False], [True]] & (out_lengths == 0), -np.inf, 0).astype(alpha.data.dtype)
    losses = neg(LogSumOfPaths.apply(add(getitem(alpha, (in_lengths, rows, ends)), forbidden)))  # (N,)

    if zero_infinity:
        losses = Masked.apply(losses, losses.new_tensor(np.isfinite(losses.data)))
    if reduction == "mean":
        losses = div(losses, np.maximum(out_lengths, 1).astype(losses.data.dtype))
    return reduce_loss(losses if batched else reshape(losses, ()), reduction)


def _alpha(log_probs: Any, extended: np.ndarray, blank: int) -> Any:
    """The alpha of `ctc_loss` for all times, sequences and positions.   (T, N, C), (N, L) -> (T + 1, N, L)

    The first is that of no outputs at all, of which the empty target is the only reading."""
    count, positions = extended.shape
    dtype = log_probs.data.dtype
    at_labels = getitem(log_probs, (slice(None), np.arange(count)[:, None], extended))  # (T, N, L)
    start = np.full((count, positions), -np.inf, dtype)
    start[:, :2] = 0  # the first output is the first blank or the first label
    may_skip = np.zeros((count, positions), bool)
    may_skip[:, 2:] = (extended[:, 2:] != blank) & (extended[:, 2:] != extended[:, :-2])
    no_skip = np.where(may_skip, 0, -np.inf).astype(dtype)
    nothing = log_probs.new_tensor(np.full((count, 2), -np.inf, dtype))

    alpha = [add(getitem(at_labels, 0), start)]
    for time in range(1, len(log_probs.data)):
        padded = cat([nothing, alpha[-1]], 1)  # (N, L + 2)
        stay, step = padded[:, 2:], padded[:, 1:-1]
        skip = add(padded[:, :-2], no_skip)
        alpha.append(add(LogSumOfPaths.apply(stack([stay, step, skip])), getitem(at_labels, time)))
    before = np.full((count, positions), -np.inf, dtype)
    before[:, 0] = 0
    return stack([log_probs.new_tensor(before), *alpha])


def _checked(shape: tuple, targets: Any, input_lengths: Any, target_lengths: Any, blank: int) -> tuple:
    """(input lengths (N,), target lengths (N,), labels (N, S)) as arrays of integers that fit."""
    time, count, classes = shape
    if not 0 <= blank < classes:
        raise ValueError(f"ctc_loss: blank must be in 0..{classes - 1}, got {blank}")
    in_lengths = _integers("input_lengths", input_lengths).reshape(-1)
    out_lengths = _integers("target_lengths", target_lengths).reshape(-1)
    labels = _integers("targets", targets)
    for name, lengths in (("input_lengths", in_lengths), ("target_lengths", out_lengths)):
        if len(lengths) != count:
            raise ValueError(f"ctc_loss: {name} must have {count} elements, one per sequence, got {len(lengths)}")
    if ((in_lengths < 0) | (in_lengths > time)).any():
        raise ValueError(f"ctc_loss: input_lengths must be in 0..{time}, got {in_lengths.tolist()}")
    if (out_lengths < 0).any():
        raise ValueError(f"ctc_loss: target_lengths must not be negative, got {out_lengths.tolist()}")
    if labels.ndim == 2 and len(labels) == count and (out_lengths <= labels.shape[1]).all():
        used = np.arange(labels.shape[1]) < out_lengths[:, None]
        labels = np.where(used, labels, blank)
    elif labels.ndim == 1 and len(labels) == out_lengths.sum():
        used = np.arange(out_lengths.max(initial=0)) < out_lengths[:, None]
        flat, labels = labels, np.full(used.shape, blank)
        labels[used] = flat
    else:
        raise ValueError(
            f"ctc_loss: targets must have shape ({count}, S) with S at least every target length, or "
            f"({out_lengths.sum()},), their sum; got shape {labels.shape} and lengths {out_lengths.tolist()}"
        )
    wrong = used & ((labels < 0) | (labels >= classes) | (labels == blank))
    if wrong.any():
        raise ValueError(
            f"ctc_loss: targets must be class indices in 0..{classes - 1} other than blank, {blank}; "
            f"got {labels[wrong][0]}"
        )
    return in_lengths, out_lengths, labels


def _integers(name: str, value: Any) -> np.ndarray:
    array = array_of(value)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"ctc_loss: {name} must hold integers, got dtype {array.dtype}")
    return array.astype(np.int64)

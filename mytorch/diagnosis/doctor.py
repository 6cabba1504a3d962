"""`doctor`: asks every kind of illness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.diagnosis.conditions import find_data, find_modes, find_one_row
from mytorch.diagnosis.cut_off import find_cut_off
from mytorch.diagnosis.depth import find_trend_with_depth
from mytorch.diagnosis.examination import Examination, examine
from mytorch.diagnosis.finding import Diagnosis, Finding
from mytorch.diagnosis.labels import find_labels
from mytorch.diagnosis.not_finite import find_not_finite
from mytorch.diagnosis.rates import find_leftovers, find_rate, find_stuck_weights, leftover_note
from mytorch.diagnosis.registration import find_sharing, find_unregistered
from mytorch.diagnosis.silence import find_silence, zero_start_note
from mytorch.diagnosis.squashed import find_twice_squashed
from mytorch.diagnosis.untouched import untouched
from mytorch.nn.module import Module
from mytorch.optim.optimizer import Optimizer

__all__ = ["ILLNESSES", "doctor"]

ILLNESSES = {
    "backward-returns-none": "the backward of a Function returns None for an argument that requires grad",
    "batch-norm-one-row": "batch norm in training with one value per channel",
    "clipped": "all values lie outside of a clamp's limits",
    "data-not-normalised": "what goes into the first layer is large, or its columns differ by orders of magnitude",
    "dead-relu": "a ReLU whose units are 0 for every sample",
    "detached": "a result goes on without its history: .data, .detach(), NumPy",
    "dropout-drops-all": "a dropout that sets everything to 0",
    "equal-weights": "a matrix of equal numbers, whose units stay copies of each other",
    "error": "the forward, the loss or the backward raises an error",
    "eval-mode": "the model, or its dropout or batch norm, is in evaluation mode while it trains",
    "exploding-gradient": "gradients or values grow from layer to layer",
    "integer-cast": "a result becomes integers on the way to the loss: .long(), argmax, a comparison",
    "item": "a result becomes a Python number on the way to the loss: .item(), float()",
    "labels-broadcast": "labels and outputs broadcast against each other: (N,) against (N, 1)",
    "labels-out-of-range": "class indices without a class, or binary labels outside of 0 to 1",
    "labels-wrong-shape": "labels of a shape that the loss does not take",
    "labels-wrong-type": "class indices that are no integers",
    "loss-without-weights": "the loss depends on no parameter that requires grad",
    "missing-zero-grad": "gradients of several backwards have been added up",
    "multiplied-by-zero": "a product with zeros, beyond which no gradient comes",
    "nan-in-backward": "the first nan or inf comes out of a backward",
    "nan-in-data": "nan or inf in the batch",
    "nan-in-forward": "the first nan or inf comes out of a forward",
    "nan-in-weights": "nan or inf in a parameter",
    "no-grad": "an operation on the way to the loss runs under no_grad()",
    "no-log-softmax-before-nll": "NLLLoss gets something else than log-probabilities",
    "not-in-optimizer": "a parameter that the optimizer does not have",
    "not-registered": "a weight that is not among the model's parameters()",
    "rate-too-large": "a step that makes the loss worse, or moves the weights by twice their length",
    "rate-too-small": "a step that moves nothing",
    "saturated": "a sigmoid or tanh far out, where its derivative is nearly 0",
    "shared-weights": "layers that have the same weights, by accident as it seems",
    "sigmoid-before-logits-loss": "a sigmoid before BCEWithLogitsLoss, which takes it itself",
    "softmax-before-cross-entropy": "a softmax before CrossEntropyLoss, which takes it itself",
    "step-function": "round, sign, floor and the like, whose derivative is 0",
    "unused-parameter": "a parameter that the forward or the loss does not use",
    "vanishing-gradient": "gradients that shrink from layer to layer",
    "zero-gradient": "a gradient that is 0 everywhere, for no reason of these",
}


def doctor(
    model: Module, loss_fn: Any, batch: Any, optimizer: Optimizer | None = None, *, ignore: Iterable[str] = ()
) -> Diagnosis:
    """Run one forward and one backward, and say which of `ILLNESSES` keep `model` from learning, where, and what to
    change:

        print(mytorch.doctor(model, nn.CrossEntropyLoss(), (x, y), optimizer))

    loss_fn: loss(output, target), or None if the model returns the loss itself.
    batch: (inputs, target, ...), see `data.split.split_batch`; with loss_fn None the inputs. Arrays become
        Tensors, as in a DataLoader.
    optimizer: also try one step and judge how far it goes. The model, the optimizer and the random numbers are as
        before afterwards; what else a forward changes, such as counters of your own, is not put back.
    ignore: names of illnesses that are meant to be so.

    Call it as the training loop would find the model: in training mode, with the batch as it goes in. An error of
    the program is a finding; TypeError or ValueError are for arguments of the wrong kind.
    """
    if not isinstance(model, Module):
        raise TypeError(f"doctor: model must be a Module, got {type(model).__name__}")
    if loss_fn is not None and not callable(loss_fn):
        raise TypeError(f"doctor: loss_fn must be a function loss(output, target) or None, got {loss_fn!r}")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(f"doctor: optimizer must be an Optimizer or None, got {type(optimizer).__name__}")
    ignored = {ignore} if isinstance(ignore, str) else set(ignore)
    unknown = ignored - set(ILLNESSES)
    if unknown:
        raise ValueError(f"doctor: ignore has names that are no illnesses: {', '.join(sorted(map(str, unknown)))}")
    models = [model, loss_fn] if isinstance(loss_fn, Module) else [model]
    with untouched(*models):
        seen = examine(model, loss_fn, batch, optimizer)
        findings = [*_of_the_forward(seen), *_of_the_gradients(seen, batch)]
    kept = [finding for finding in findings if finding.illness not in ignored]
    found = [finding.illness for finding in kept]
    notes = [None if "missing-zero-grad" in found else leftover_note(seen), zero_start_note(seen)]
    return Diagnosis(tuple(kept), tuple([note for note in notes if note is not None]))


def _of_the_forward(seen: Examination) -> list[Finding]:
    findings = [*find_modes(seen), *find_one_row(seen), *find_labels(seen), *find_twice_squashed(seen)]
    findings += [*find_not_finite(seen), *find_data(seen), *find_sharing(seen), *find_unregistered(seen)]
    explained = {"batch-norm-one-row", "labels-out-of-range", "labels-wrong-shape", "labels-wrong-type"}
    if seen.error is not None and not explained & {finding.illness for finding in findings}:
        findings.insert(0, _of_the_error(seen))
    if seen.error is None and seen.loss is not None and seen.loss._data.size != 1:
        what = f"it has shape {seen.loss._data.shape}, and backward() starts from a single number"
        findings.insert(0, Finding("error", "the loss", what, "take its mean: loss.mean(), or reduction='mean'"))
    return findings


def _of_the_gradients(seen: Examination, batch: Any) -> list[Finding]:
    """Nothing, if the run broke off or nan spoils all numbers: the rest would only follow from that."""
    if seen.error is not None:
        return []
    findings = find_cut_off(seen)
    if find_not_finite(seen):
        return findings
    silence = find_silence(seen)
    findings += silence
    if seen.loss is not None:
        findings += [*find_stuck_weights(seen), *find_leftovers(seen)]
        findings += [] if silence else find_trend_with_depth(seen)
        with np.errstate(all="ignore"):
            findings += find_rate(seen, batch)
    return findings


def _of_the_error(seen: Examination) -> Finding:
    failed = seen.watch.failed
    if failed is not None:
        node, inputs, module = failed
        shapes = ", ".join([str(value._data.shape) for value in inputs if hasattr(value, "_data")])
        where = f"{node.function_name} on {shapes}" + (f" in module {module}" if module else "")
    else:
        last = seen.watch.calls[-1][0] if seen.watch.calls else None
        where = f"module {last}" if last else "the model"
        if seen.outputs is not None:
            where = "the loss" if seen.loss is None else "the backward"
    what = f"{type(seen.error).__name__}: {seen.error}"
    return Finding("error", where, what, "the message says what was expected; run it without the doctor for the lines")

"""class Totals: the figures of a whole set of samples, from one batch after another."""

from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.loss import CrossEntropyLoss, NLLLoss
from mytorch.training.batches import concatenated, detached
from mytorch.training.ranks import ALONE, Ranks

__all__ = ["Totals", "accumulates", "is_averaged", "is_summed", "loss_weight"]


def is_averaged(metric: Any) -> bool:
    """Whether a metric of a whole set is the mean of the metrics of its batches: see `metrics.averaged`."""
    return getattr(metric, "averaged", False)


def accumulates(metric: Any) -> bool:
    """Whether it is an object with update(output, target) and compute(), as torchmetrics has them."""
    return all(callable(getattr(metric, name, None)) for name in ("update", "compute"))


def is_summed(criterion: Any) -> bool:
    """Whether a loss is the sum over its batch: reduction="sum" of a layer or of a functools.partial."""
    if isinstance(criterion, functools.partial):
        return criterion.keywords.get("reduction") == "sum" or is_summed(criterion.func)
    return getattr(criterion, "reduction", None) == "sum"


def loss_weight(criterion: Any, target: Any, samples: int) -> float:
    """How much of the mean over a set a batch's mean loss is: its samples; where a loss leaves targets out
    or weighs them (ignore_index, class weights) what it divides by itself."""
    if not isinstance(criterion, (CrossEntropyLoss, NLLLoss)) or target.data.dtype.kind not in "iu":
        return samples
    kept = target.data[target.data != criterion.ignore_index]
    return kept.size if criterion.weight is None else float(criterion.weight.data[kept].sum())


class Totals:
    """totals.add(...) for each batch, then totals.values(): {"loss": ..., "accuracy": ..., ...}.

    A loss is the mean over all samples, also where the criterion gives the sum of a batch. A metric is what
    the metric would be of all samples in one batch: averaged where that is the same, by `update` and
    `compute` where it has them, and otherwise of all outputs put together, which are kept until then.
    """

    def __init__(self, objective: Any, ranks: Ranks = ALONE) -> None:
        self.objective = objective  # an `Objective`
        self.ranks = ranks
        self.sums: dict[str, float] = {}
        self.weights: dict[str, float] = {}
        self.kept: dict[str, list[tuple[Any, Any]]] = {}
        # Copies, because a validation may come in the midst of an epoch's training.
        self.objects = {name: copy.deepcopy(m) for _, name, m in objective.named_metrics() if accumulates(m)}
        for metric in self.objects.values():
            if hasattr(metric, "reset"):
                metric.reset()

    def add(self, outputs: Any, targets: list[Any], figures: dict[str, float], samples: int) -> None:
        """figures: what the objective has said of this batch."""
        objective = self.objective
        outputs = objective.outputs_per_task(outputs)
        for task, criterion in enumerate(objective.criteria):
            name = objective.prefix(task) + "loss"
            if is_summed(criterion):
                self._add(name, figures[name] / samples if samples else 0.0, samples)
            else:
                self._add(name, figures[name], loss_weight(criterion, targets[task], samples))
        with no_grad():
            for task, name, metric in objective.named_metrics():
                if is_averaged(metric):
                    self._add(name, figures[name], targets[task].numel())
                elif accumulates(metric) and self.ranks.alone:
                    self.objects[name].update(outputs[task], targets[task])
                else:
                    self.kept.setdefault(name, []).append((detached(outputs[task]), detached(targets[task])))

    def _add(self, name: str, value: float, weight: float) -> None:
        self.sums.setdefault(name, 0.0)
        self.weights[name] = self.weights.get(name, 0.0) + weight
        if weight:  # of a batch whose targets are all ignored the mean is nan, and no part of the whole
            self.sums[name] += value * weight

    def _gather(self) -> None:
        """What the ranks have seen, put together in their order, on each of them."""
        found = self.ranks.gather({"sums": self.sums, "weights": self.weights, "kept": self.kept})
        self.sums, self.weights, self.kept = {}, {}, {}
        for of_rank in found:
            for name, total in of_rank["sums"].items():
                self.sums[name] = self.sums.get(name, 0.0) + total
                self.weights[name] = self.weights.get(name, 0.0) + of_rank["weights"][name]
            for name, pairs in of_rank["kept"].items():
                self.kept.setdefault(name, []).extend(pairs)
        for name, metric in self.objects.items():
            for output, target in self.kept.pop(name, ()):
                metric.update(output, target)

    def values(self) -> dict[str, float]:
        """Of all ranks' batches together, on each of them. ValueError if there was no batch."""
        if not self.ranks.alone:
            self._gather()
        objective = self.objective
        if not self.sums:
            raise ValueError("the loader gave no batches")
        means = {n: total / self.weights[n] if self.weights[n] else float("nan") for n, total in self.sums.items()}
        figures: dict[str, float] = {}
        if objective.several:
            figures["loss"] = sum(w * means[f"{task}_loss"] for w, task in zip(objective.weights, objective.tasks))
        for task in range(len(objective.criteria)):
            figures[objective.prefix(task) + "loss"] = means[objective.prefix(task) + "loss"]
            for of_task, name, metric in objective.named_metrics():
                if of_task == task:
                    figures[name] = means[name] if name in means else self._computed(name, metric)
        return figures

    def _computed(self, name: str, metric: Any) -> float:
        with no_grad():
            if name in self.objects:
                value = self.objects[name].compute()
            else:
                outputs, targets = zip(*self.kept[name])
                value = metric(concatenated(list(outputs)), concatenated(list(targets)))
        return number(name, value)


def number(name: str, value: Any) -> float:
    """What a metric gave as a float. TypeError if it is no single number."""
    if np.size(getattr(value, "data", value)) != 1:
        raise TypeError(f"the metric {name!r} must give one number, got {type(value).__name__} of {np.shape(value)}")
    return float(value.item() if hasattr(value, "item") else value)

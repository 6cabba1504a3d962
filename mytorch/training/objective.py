"""class Objective: what training minimizes and what it measures, for one task or for several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mytorch.engine.grad_mode import no_grad
from mytorch.tensor import Tensor
from mytorch.training.ranks import ALONE, Ranks
from mytorch.training.totals import Totals, accumulates, is_averaged, is_summed, loss_weight, number

__all__ = ["Metric", "Objective"]

Metric = Callable[[Tensor, Tensor], Any]


class Objective:
    """objective(outputs, targets) is (loss to minimize, {"loss": ..., "accuracy": ..., ...}), of one batch;
    objective.totals() puts the figures of many batches together.

    criterion: loss(output, target), averaged over the batch (or, by reduction="sum", summed); or a list,
        one per task. Then the model returns one output per task, a batch holds one target per task, and the
        objective is the mean of the losses (handout 003, section 3.4), or with `weights`
        sum_k weight_k * loss_k.
    metrics: {name: metric}, for several tasks the same for each, or a list with one dict per task. A metric
        is a function metric(output, target) of all samples at once, whose outputs are kept until the end; or,
        marked by `metrics.averaged`, one whose mean over batches is the same; or an object with
        update(output, target), compute() and perhaps reset(), as torchmetrics has them. Only averaged ones
        are among the figures of one batch.
    tasks: names of the tasks, which begin the names of their figures: "left_loss", "left_accuracy".
    """

    def __init__(
        self,
        criterion: Metric | Sequence[Metric],
        metrics: Mapping[str, Metric] | Sequence[Mapping[str, Metric]] | None = None,
        tasks: Sequence[str] | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        self.several = isinstance(criterion, (list, tuple))
        self.criteria: list[Metric] = list(criterion) if self.several else [criterion]  # type: ignore[arg-type, list-item]
        count = len(self.criteria)
        if not count or not all(map(callable, self.criteria)):
            raise TypeError("criterion must be a function loss(output, target) or a non-empty list of them")
        if isinstance(metrics, Mapping) or metrics is None:
            metrics = [metrics or {}] * count
        self.metrics = [dict(of_task) for of_task in metrics]
        if not self.several and (tasks is not None or weights is not None):
            raise ValueError("tasks and weights need a list of criteria, one per task")
        self.tasks = [f"task{i + 1}" for i in range(count)] if tasks is None else list(tasks)
        self.weights = [1 / count] * count if weights is None else list(weights)
        for name, given in (("metrics", self.metrics), ("tasks", self.tasks), ("weights", self.weights)):
            if len(given) != count:
                raise ValueError(f"{name} must have one entry for each of the {count} criteria, got {len(given)}")
        if len(set(self.tasks)) != count:
            raise ValueError(f"tasks must be different names, got {self.tasks}")
        for of_task in self.metrics:
            for name, metric in of_task.items():
                if not (callable(metric) or accumulates(metric)) or name == "loss":
                    raise ValueError(
                        "metrics must be functions, or objects with update and compute, with names other than "
                        f"'loss', got {name!r}: {metric!r}"
                    )

    def __call__(self, outputs: Any, targets: list[Any]) -> tuple[Tensor, dict[str, float]]:
        outputs = self.outputs_per_task(outputs)
        targets = self._one_per_task("targets", targets)
        losses = [criterion(output, target) for criterion, output, target in zip(self.criteria, outputs, targets)]
        total = losses[0]
        if self.several:
            total = sum(
                (weight * loss for weight, loss in zip(self.weights, losses)), start=Tensor(0.0).to(total.dtype)
            )
        figures = {"loss": total.item()}
        with no_grad():
            for task, loss in enumerate(losses):
                figures[f"{self.prefix(task)}loss"] = loss.item()
                for of_task, name, metric in self.named_metrics():
                    if of_task == task and is_averaged(metric):
                        figures[name] = number(name, metric(outputs[task], targets[task]))
        return total, figures

    def totals(self, ranks: Ranks = ALONE) -> Totals:
        """To be given all batches of a set, one after another; of several ranks each has its part of the set."""
        return Totals(self, ranks)

    def weight(self, targets: list[Any], samples: int) -> float:
        """How much of the mean over several batches this one's loss is."""
        return samples if self.several else loss_weight(self.criteria[0], targets[0], samples)

    @property
    def summed(self) -> bool:
        """Whether the losses of batches are added, and not averaged."""
        return all(map(is_summed, self.criteria))

    def prefix(self, task: int) -> str:
        """What the names of this task's figures begin with."""
        return f"{self.tasks[task]}_" if self.several else ""

    def named_metrics(self) -> Iterator[tuple[int, str, Any]]:
        """(number of the task, name of the figure, metric) of each metric."""
        for task, metrics in enumerate(self.metrics):
            for name, metric in metrics.items():
                yield task, self.prefix(task) + name, metric

    def outputs_per_task(self, outputs: Any) -> list[Any]:
        return self._one_per_task("outputs", outputs if self.several else [outputs])

    def _one_per_task(self, what: str, values: Any) -> list[Any]:
        count = len(self.criteria)
        if not isinstance(values, (list, tuple)) or len(values) != count:
            got = len(values) if isinstance(values, (list, tuple)) else type(values).__name__
            raise ValueError(f"criterion has {count} losses, so there must be {count} {what}, got {got}")
        return list(values)

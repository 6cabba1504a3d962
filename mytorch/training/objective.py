"""class Objective: what training minimizes and what it measures, for one task or for several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mytorch.grad_mode import no_grad
from mytorch.tensor import Tensor

__all__ = ["Metric", "Objective", "split_batch"]

Metric = Callable[[Tensor, Tensor], Any]


def split_batch(batch: Any) -> tuple[Any, list[Any]]:
    """(inputs, targets) of a batch: (x, y), (x, y1, y2) or (x, (y1, y2))."""
    if not isinstance(batch, (list, tuple)) or len(batch) < 2:
        raise TypeError(f"a batch must be a sequence (inputs, target, ...), got {type(batch).__name__}")
    inputs, *targets = batch
    if len(targets) == 1 and isinstance(targets[0], (list, tuple)):
        targets = list(targets[0])
    return inputs, targets


class Objective:
    """objective(outputs, targets) is (loss to minimize, {"loss": ..., "accuracy": ..., ...}).

    criterion: loss(output, target), averaged over the batch; or a list of them, one per task. Then
        the model returns one output per task, a batch holds one target per task, and the objective
        is the mean of the losses (handout 003, section 3.4), or with `weights` sum_k weight_k * loss_k.
    metrics: {name: metric(output, target)}, for several tasks the same for each, or a list with one dict per task.
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
                if not callable(metric) or name == "loss":
                    raise ValueError(
                        f"metrics must be functions with names other than 'loss', got {name!r}: {metric!r}"
                    )

    def __call__(self, outputs: Any, targets: list[Any]) -> tuple[Tensor, dict[str, float]]:
        outputs = self._one_per_task("outputs", outputs if self.several else [outputs])
        targets = self._one_per_task("targets", targets)
        losses = [criterion(output, target) for criterion, output, target in zip(self.criteria, outputs, targets)]
        total = losses[0]
        if self.several:
            total = sum(
                (weight * loss for weight, loss in zip(self.weights, losses)), start=Tensor(0.0).to(total.dtype)
            )
        figures = {"loss": total.item()}
        with no_grad():
            for task, loss, metrics, output, target in zip(self.tasks, losses, self.metrics, outputs, targets):
                prefix = f"{task}_" if self.several else ""
                figures[f"{prefix}loss"] = loss.item()
                for name, metric in metrics.items():
                    figures[prefix + name] = float(metric(output, target))
        return total, figures

    def _one_per_task(self, what: str, values: Any) -> list[Any]:
        count = len(self.criteria)
        if not isinstance(values, (list, tuple)) or len(values) != count:
            got = len(values) if isinstance(values, (list, tuple)) else type(values).__name__
            raise ValueError(f"criterion has {count} losses, so there must be {count} {what}, got {got}")
        return list(values)

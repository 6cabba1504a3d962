"""class Evaluator: what a model says and how good it is, without training it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from mytorch.data.split import split_batch, split_inputs
from mytorch.engine.grad_mode import no_grad
from mytorch.nn.module import Module
from mytorch.training.batches import as_loader, concatenated, count_samples, require_positive
from mytorch.training.objective import Objective
from mytorch.training.ranks import Ranks

__all__ = ["Evaluator"]


class Evaluator:
    """`evaluate` and `predict` of a model, for a `Trainer`, which is one, or alone."""

    def __init__(self, model: Module, objective: Objective) -> None:
        self.model, self.objective = model, objective
        self.ranks = Ranks(model)

    def evaluate(self, loader: Any, batch_size: int = 32) -> dict[str, float]:
        """The loss and the metrics over all samples of `loader`, in evaluation mode: {"loss": ..., ...}.

        Of a model in DistributedDataParallel: over those of all ranks, which must all call this."""
        require_positive(batch_size=batch_size)
        totals = self.objective.totals(self.ranks)
        with self._evaluating():
            for batch in as_loader(loader, batch_size, ranks=self.ranks):
                inputs, targets = split_batch(batch)
                outputs = self.ranks.net(inputs)
                totals.add(outputs, targets, self.objective(outputs, targets)[1], count_samples(inputs))
            return totals.values()

    def predict(self, loader: Any, batch_size: int = 32) -> Any:
        """The model's outputs for all samples, in evaluation mode: (N, ...); a list for several tasks.

        loader: gives batches with or without targets, which are not looked at; or samples x (N, ...), as a
            Tensor, an array or a tuple.
        """
        require_positive(batch_size=batch_size)
        with self._evaluating():
            batches = [self.ranks.net(split_inputs(batch)) for batch in as_loader(loader, batch_size)]
        if not batches:
            raise ValueError("the loader gave no batches")
        outputs = concatenated(batches)
        return list(outputs) if self.objective.several else outputs

    @contextlib.contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Evaluation mode without recording; afterwards each layer is in the mode that it was in."""
        modes = [(layer, layer.training) for layer in self.model.modules()]
        self.ranks.share_buffers()
        self.model.eval()
        try:
            with no_grad():
                yield
        finally:
            for layer, training in modes:
                layer.training = training

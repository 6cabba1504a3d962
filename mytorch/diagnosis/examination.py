"""One forward and one backward of a model, and all that was seen of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mytorch.data.split import split_batch
from mytorch.diagnosis.forward_watch import ForwardWatch, Seen
from mytorch.diagnosis.untouched import RandomNumbers
from mytorch.engine.in_place import history
from mytorch.engine.node import AccumulateGrad
from mytorch.engine.tensor_base import TensorBase
from mytorch.insight.graph import graph_of
from mytorch.insight.names import Names
from mytorch.insight.numbers import Amount
from mytorch.insight.watching import Watching
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Examination", "examine"]


class Examination:
    """model, loss_fn, inputs, targets: what was examined.   outputs, loss: what came out, None after an error.
    error: the exception of the forward or backward, or None.   operations: see Seen.   warnings: their texts.
    parameters: {parameter: name} of the model and of a loss that is a module.
    gradients: {parameter: its gradient, an array}.   in_graph: the nodes that lead to the loss.
    backward: {node: (amounts that came in, amounts that went out)}, in running order.
    optimizer: or None.   training: {module: whether it was in training mode}.
    """

    def __init__(self, model: Module, loss_fn: Any, batch: Any, optimizer: Any) -> None:
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer
        self.inputs, self.targets = (batch, []) if loss_fn is None else split_batch(batch)
        self.inputs, self.targets = as_tensors(self.inputs), as_tensors(self.targets)
        self.training = {module: module.training for module in model.modules()}
        self.outputs: Any = None
        self.loss: Any = None
        self.error: Exception | None = None
        self.warnings: list[str] = []
        self.parameters: dict[Any, str] = {p: name for name, p in model.named_parameters()}
        if isinstance(loss_fn, Module):
            for name, p in loss_fn.named_parameters("loss_fn"):
                self.parameters.setdefault(p, name)
        self.random_numbers = RandomNumbers()
        self.watch = ForwardWatch(model)
        self.gradients: dict[Any, np.ndarray] = {}
        self.leaves: list[Any] = []  # that the loss depends on
        self.in_graph: set[Any] = set()
        self.backward: dict[Any, tuple[list[Amount | None], list[Amount | None]]] = {}

    @property
    def operations(self) -> list[Seen]:
        return self.watch.operations

    def name(self, parameter: Any) -> str:
        return self.parameters.get(parameter, "?")

    def in_training(self) -> list[tuple[str, Any]]:
        """(name, parameter) of those that require grad."""
        return [(name, p) for p, name in self.parameters.items() if p.requires_grad]

    def loss_of(self, outputs: Any) -> Any:
        return outputs if self.loss_fn is None else self.loss_fn(outputs, *self.targets)

    def run(self) -> None:
        with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
            warnings.simplefilter("always")
            try:
                with self.watch:
                    self.outputs = self.model(self.inputs)
                    loss = self.loss_of(self.outputs)
                self.loss = loss if isinstance(loss, TensorBase) else None
                if self.loss is not None and history(self.loss) is not None:
                    self._go_back()
            except Exception as error:  # whatever a program under examination raises is what is to be explained
                self.error = error
        self.warnings = [str(warning.message) for warning in caught]

    def _go_back(self) -> None:
        _, numbers = graph_of(self.loss, Names(self.model))
        self.in_graph = set(numbers)
        self.leaves = [node.variable for node in numbers if type(node) is AccumulateGrad and node.variable is not None]
        watching = Watching(numbers)
        try:
            watching.walk(history(self.loss), self.loss.new_tensor(np.ones_like(self.loss._data)), False, True)
        finally:
            for node in watching.order:
                step = watching.steps[node]
                self.backward[node] = step.gradients, step.sent or []
        for node, (gradient, _) in watching.found.items():
            if type(node) is AccumulateGrad and node.variable in self.parameters:
                self.gradients[node.variable] = gradient


def as_tensors(value: Any) -> Any:
    """`value`, however nested, with its NumPy arrays as Tensors, as a DataLoader gives them."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return Tensor(value)
    if isinstance(value, dict):
        return {key: as_tensors(part) for key, part in value.items()}
    return type(value)([as_tensors(part) for part in value]) if type(value) in (list, tuple) else value


def examine(model: Module, loss_fn: Any, batch: Any, optimizer: Any = None) -> Examination:
    examination = Examination(model, loss_fn, batch, optimizer)
    examination.run()
    return examination

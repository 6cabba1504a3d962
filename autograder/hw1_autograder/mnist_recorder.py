"""Watching a student's training from inside his process: which images went where, and the weights.

The methods of the handout's classes are wrapped: `forward` of the layers and the loss, `Tensor.backward`
and `SGD.step`. The record says what was seen; `mnist_judge` says what that means.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Recorder"]

LAYERS = {"nn.linear": ["Linear"], "nn.batchnorm": ["BatchNorm1d"], "nn.activations": ["ReLU", "Sigmoid", "Tanh"]}
TENSORS = ("weight", "bias", "gamma", "beta", "running_mean", "running_var")
TRAIN, VAL, UNKNOWN = "train", "val", "unknown"
NO_MODE = -1  # where there is no batch norm; else 1 in training mode, 0 in evaluation mode
MOST_SNAPSHOTS = 64
PIXELS = 784


class Recorder:
    """beat: called whenever something happens, so that somebody outside sees that the training goes on."""

    def __init__(self, train_x: np.ndarray, val_x: np.ndarray, beat: Callable[[], None]) -> None:
        self.beat = beat
        self.index = {key: (TRAIN, i) for i, key in reversed(list(enumerate(_keys(train_x))))}
        self.index.update({key: (VAL, i) for i, key in reversed(list(enumerate(_keys(val_x))))})
        self.facts: dict[str, Any] = {
            "steps": 0, "empty_steps": 0, "untrained": 0, "moved": 0, "backwards": 0, "uncleared": 0,
            "input_gradients": 0, "label_gradients": 0, "trained_on_val": 0, "rate": None, "layers": [],
        }  # fmt: skip
        self.rows: list[np.ndarray] = []  # of each batch that was trained with, the numbers of its images
        self.labels: list[np.ndarray] = []  # and its labels
        self.modes: list[int] = []  # and whether batch norm was in training mode
        self.validations: list[list[int]] = []  # [batches trained with before, images, whether in training mode]
        self.arrays: dict[str, np.ndarray] = {}
        self.chain: list[Any] = []  # the layers, as the last forward called them
        self.kind = UNKNOWN  # of the images of the last forward
        self.current_mode = NO_MODE
        self.current: np.ndarray = np.zeros(0, int)
        self.current_labels: np.ndarray = np.zeros(0, int)

    def install(self) -> None:
        """Wrap the methods of the student's classes. A class that is not there is not watched."""
        for module, names in LAYERS.items():
            for name in names:
                self._wrap(module, name, "forward", self._on_layer)
        self._wrap("nn.loss", "CrossEntropyLoss", "forward", self._on_loss)
        self._wrap("tensor", "Tensor", "backward", self._on_backward)
        self._wrap("optim.sgd", "SGD", "step", self._on_step)

    def _wrap(self, module: str, name: str, method: str, watch: Callable[..., Callable[[], None] | None]) -> None:
        try:
            owner = getattr(importlib.import_module(f"mytorch.{module}"), name)
            original = getattr(owner, method)
        except (ImportError, AttributeError):
            return

        @functools.wraps(original)
        def wrapped(this: Any, *args: Any, **kwargs: Any) -> Any:
            self.beat()
            afterwards = watch(this, *args, *kwargs.values())
            result = original(this, *args, **kwargs)
            if afterwards is not None:
                afterwards()
            return result

        setattr(owner, method, wrapped)

    # ------------------------------------------------------------------------------ what happens

    def _on_layer(self, layer: Any, x: Any = None, *_: Any) -> None:
        data = np.asarray(getattr(x, "data", x))
        if type(layer).__name__ == "Linear" and data.ndim == 2 and data.shape[1] == PIXELS:
            self._on_images(data, bool(getattr(x, "requires_grad", False)))
        self.chain.append(layer)
        if type(layer).__name__ == "BatchNorm1d":
            self.current_mode = _is_train(layer)
            if self.kind == VAL:
                self.validations[-1][2] = max(self.validations[-1][2], self.current_mode)

    def _on_images(self, data: np.ndarray, requires_grad: bool) -> None:
        """A forward of the network begins."""
        found = [self.index.get(key, (UNKNOWN, -1)) for key in _keys(data)]
        kinds = [kind for kind, _ in found]
        kind = max((TRAIN, VAL, UNKNOWN), key=kinds.count)
        if self.kind == VAL and kind != VAL:
            self._validation_ends()
        self.facts["untrained"] += self.kind == TRAIN and len(self.current) > 0  # nor was it validation
        if kind == VAL:
            if self.kind != VAL:
                self.validations.append([len(self.rows), 0, NO_MODE])
            self.validations[-1][1] += len(data)
        self.facts["input_gradients"] += requires_grad
        self.kind, self.chain, self.current_mode = kind, [], NO_MODE
        self.current = np.array([i if k == kind and k == TRAIN else -1 for k, i in found])
        self.current_labels = np.full(len(data), -1)

    def _on_loss(self, _loss: Any, _predicted: Any = None, target: Any = None, *_: Any) -> None:
        self.facts["label_gradients"] += bool(getattr(target, "requires_grad", False))
        labels = np.asarray(getattr(target, "data", target))
        if labels.shape == self.current.shape and labels.dtype.kind in "iuf":
            self.current_labels = labels.astype(int)

    def _on_backward(self, *_: Any) -> None:
        if not len(self.current):  # a second backward, or one of something else
            return
        self.facts["backwards"] += 1
        self.facts["trained_on_val"] += self.kind == VAL
        gradients = [p.grad for p in self._parameters()]
        self.facts["uncleared"] += any(g is not None and np.any(_array(g)) for g in gradients)
        self.rows.append(self.current)
        self.labels.append(self.current_labels)
        self.modes.append(self.current_mode)
        if not self.facts["layers"]:
            self.facts["layers"] = [_described(layer) for layer in self.chain]
        self.current = np.zeros(0, int)

    def _on_step(self, optimizer: Any, *_: Any) -> Callable[[], None]:
        self.facts["steps"] += 1
        parameters = self._parameters() if self.facts["steps"] <= 3 else []
        before = [_array(p).copy() for p in parameters]
        gradients = [None if p.grad is None else _array(p.grad).copy() for p in parameters]
        self.facts["empty_steps"] += bool(gradients) and all(g is None or not g.any() for g in gradients)

        def afterwards() -> None:
            for p, old, gradient in zip(parameters, before, gradients):
                change = _array(p) - old
                self.facts["moved"] += bool(np.any(change))
                if self.facts["steps"] == 1 and self.facts["rate"] is None and gradient is not None:
                    large = np.abs(gradient) > 1e-3 * np.abs(gradient).max(initial=1e-300)
                    if large.any() and change.shape == gradient.shape:
                        self.facts["rate"] = float(np.median(-change[large] / gradient[large]))

        return afterwards

    def _validation_ends(self) -> None:
        """The weights have not changed since it began; they tell what accuracy it should have reported."""
        if len(self.validations) <= MOST_SNAPSHOTS:
            self._snapshot(f"v{len(self.validations) - 1}")

    # ------------------------------------------------------------------------------ the network

    def _parameters(self) -> list[Any]:
        found = [getattr(layer, name, None) for layer in self.chain for name in TENSORS[:4]]
        return list({id(p): p for p in found if p is not None and hasattr(p, "grad")}.values())

    def _snapshot(self, label: str) -> None:
        for i, layer in enumerate(self.chain):
            for name in TENSORS:
                value = getattr(layer, name, None)
                if value is not None:
                    self.arrays[f"{label}.{i}.{name}"] = np.array(_array(value), float)

    def finish(self) -> None:
        """Training is over: the weights that it led to, and the lists as arrays."""
        if self.kind == VAL:
            self._validation_ends()
        self._snapshot("end")
        sizes = [len(rows) for rows in self.rows]
        self.arrays["rows"] = np.concatenate([*self.rows, np.zeros(0, int)])
        self.arrays["labels"] = np.concatenate([*self.labels, np.zeros(0, int)])
        self.arrays["sizes"], self.arrays["modes"] = np.array(sizes, int), np.array(self.modes, int)
        self.arrays["validations"] = np.array(self.validations, int).reshape(-1, 3)


def _keys(images: np.ndarray) -> list[bytes]:
    """Images (N, 784), uint8 or floats from 0 to 1, as something to recognize them by in any dtype."""
    if images.dtype != np.uint8:
        images = (np.rint(np.nan_to_num(np.asarray(images, float)) * 255).astype(np.int64) & 255).astype(np.uint8)
    data = images.tobytes()
    return [data[i : i + PIXELS] for i in range(0, len(data), PIXELS)]


def _array(value: Any) -> np.ndarray:
    """The array in a Tensor, or an array or a number itself; .data of those is something else."""
    return np.asarray(value if isinstance(value, (np.ndarray, np.generic, float, int)) else value.data)


def _is_train(layer: Any) -> int:
    return int(bool(getattr(layer, "is_train", getattr(layer, "training", True))))


def _described(layer: Any) -> list[Any]:
    """["Linear", 784, 20], ["BatchNorm1d", 20], ["ReLU"]."""
    weight = getattr(layer, "weight", None)
    if type(layer).__name__ == "Linear" and weight is not None:
        return ["Linear", *(int(n) for n in reversed(_array(weight).shape))]
    gamma = getattr(layer, "gamma", None)
    return [type(layer).__name__, *([] if gamma is None else [int(n) for n in _array(gamma).shape])]

"""Layers of NumPy arrays with a backward of their own, as handouts 001 and 004 have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.numeric_check.finite_differences import same_random_numbers
from mytorch.numeric_check.layer_file import LABEL_NAMES
from mytorch.numeric_check.subjects import (
    Key,
    Move,
    Subject,
    _array,
    _copy,
    _fill,
    _input_names,
    _is_float_array,
    _leaves,
    _positional,
)
from mytorch.numeric_check.trainables import MISSING, Path, get, gradient_of, name_of, put, reachable
from mytorch.tensor import Tensor

__all__ = ["ArrayLayer"]

NOT_TRAINED = ("running_", "moving_", "mask")  # statistics, and what dropout drew


class ArrayLayer(Subject):
    """Handout 001's and 004's kind: forward takes and returns arrays, backward takes dL/d(output) and
    returns dL/d(input). Parameters and their gradients are members, or in dicts, see `trainables`.

    Also forward(Z), backward(Z, dY), as handout 001's activations have it, and losses, whose backward
    takes nothing or the arguments of forward: dL/dL is 1.
    """

    def __init__(self, layer: Any, inputs: Sequence[Any]) -> None:
        self.layer = _copy(layer)
        names = _input_names(layer.forward, len(inputs))
        self._take_inputs([_array(v) if isinstance(v, Tensor) else v for v in inputs], names, _is_float_array)
        self.takes = len(_positional(layer.backward))
        if self.takes not in (0, 1, len(inputs), len(inputs) + 1):
            raise TypeError(
                f"numeric_check: {type(layer).__name__}.backward must take dL/d(output), the inputs and "
                f"dL/d(output), the inputs, or nothing; it takes {self.takes} arguments"
            )
        self.cotangents_are_ones = self.takes == 0 or self.takes == len(inputs) > 1
        with same_random_numbers():
            self.layer.forward(*_fill(self.arguments, self._moved_inputs(None)))  # makes the parameters, in handout 001
        self.paths: dict[Key, Path] = {}
        self._find_parameters()
        self._leave_labels()

    def _find_parameters(self) -> None:
        """All of the dict `parameters`; and else every array that changes the outputs when it is moved."""
        rng, known = np.random.default_rng(0), set()
        for path, value in list(reachable(self.layer)):
            if not _is_float_array(value) or id(value) in known:
                continue
            known.add(id(value))
            if value.dtype != np.float64:
                put(self.layer, path, value.astype(np.float64))
            named = path[0] == ("attribute", "parameters")
            if named or (not name_of(path).rpartition(".")[2].startswith(NOT_TRAINED) and self._matters(path, rng)):
                key = ("parameter", name_of(path))
                self.paths[key], self.arrays[key] = path, get(self.layer, path)
        after = self._after_backward()
        for key, path in list(self.paths.items()):
            place = gradient_of(after, path) if after is not None else None
            if place is MISSING and path[0] != ("attribute", "parameters"):
                self.unchecked[key[1]] = "no gradient of it was found"
                del self.arrays[key]

    def _matters(self, path: Path, rng: np.random.Generator) -> bool:
        layer = _copy(self.layer)
        array = get(layer, path)
        array += 0.01 * (1 + np.abs(array)) * rng.uniform(0.5, 1, array.shape)
        try:
            with same_random_numbers():
                moved = layer.forward(*self.given_inputs())
        except Exception:  # of the layer's own, about a value that it has not seen
            return True
        pairs = zip(_leaves(moved), self.outputs())
        return any(not np.array_equal(np.asarray(a), b, equal_nan=True) for a, b in pairs)

    def _after_backward(self) -> Any:
        """The layer after forward and backward; None if it fails, which is met again where it is reported."""
        try:
            return self._run_backward([np.ones(output.shape) for output in self.outputs()])[0]
        except Exception:
            return None

    def _leave_labels(self) -> None:
        """Where backward returns fewer gradients than there are inputs of floats, labels are passed on as they are."""
        keys = [key for key in self.arrays if key[0] == "input"]
        try:
            returned = self._run_backward([np.ones(output.shape) for output in self.outputs()])[1]
        except Exception:
            return
        surplus = len(keys) - (len(returned) if isinstance(returned, (tuple, list)) else 1)
        labels = [key for key in keys if self._is_one_hot(key)] or [k for k in keys if k[1].lower() in LABEL_NAMES]
        if surplus > 0 and len(labels) >= surplus:
            for key in labels[-surplus:]:
                self._take_as_label(key)

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        layer = _copy(self.layer)
        if move is not None and move[0][0] == "parameter":
            get(layer, self.paths[move[0]])[move[1]] += move[2]
        with same_random_numbers():
            result = layer.forward(*_fill(self.arguments, self._moved_inputs(move)))
        return [np.array(output, np.float64) for output in _leaves(result)]

    def _run_backward(self, cotangents: Sequence[np.ndarray]) -> tuple[Any, Any]:
        """The layer afterwards, and what backward returned."""
        layer = _copy(self.layer)
        inputs = self.given_inputs()
        with same_random_numbers():
            layer.forward(*inputs)
            above = cotangents[0] if len(cotangents) == 1 else tuple(cotangents)
            before = [] if self.takes in (0, 1) else inputs
            return layer, layer.backward(*before, *([] if self.cotangents_are_ones else [above]))

    def gradients(self, cotangents: Sequence[np.ndarray]) -> dict[Key, np.ndarray | None]:
        layer, returned = self._run_backward(cotangents)
        found: dict[Key, np.ndarray | None] = dict.fromkeys(self.arrays)
        keys = [key for key in self.arrays if key[0] == "input"]
        several = returned if isinstance(returned, (tuple, list)) else (returned,)
        if len(several) != len(keys):
            raise TypeError(
                f"backward returned {len(several)} gradients for {len(keys)} inputs of floats "
                f"({', '.join(name for _, name in keys)}); give an input that has no gradient as integers"
            )
        found.update(zip(keys, several))
        for key in self.arrays:
            if key[0] == "parameter":
                place = gradient_of(layer, self.paths[key])
                found[key] = None if place is MISSING else place
        return {key: None if value is None else np.array(value, np.float64) for key, value in found.items()}

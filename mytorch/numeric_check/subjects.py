"""What can be checked: layers and functions of Tensors, and layers of NumPy arrays with a backward of
their own. Both answer the same two questions: what comes out, and what does backward say?"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Function
from mytorch.gradients import grad
from mytorch.nn.module import Module
from mytorch.numeric_check.finite_differences import same_random_numbers
from mytorch.tensor import Tensor

__all__ = ["Key", "Move", "Subject", "TensorLayer"]

Key = tuple[str, str]  # ("input" or "parameter", name)
Move = tuple[Key, tuple, float]  # which array, which element, by how much


class Slot:
    """The place of a checked input among the arguments."""

    def __init__(self, key: Key) -> None:
        self.key = key


class Subject:
    """A layer with its inputs. Every run is of a new copy of the layer, so that running averages,
    counters and caches are each time as at the start, and the layer itself is never touched.

    arrays: what is checked, by (kind, name). cotangents_are_ones: backward takes no dL/d(output).
    unchecked: what looks trainable and cannot be checked, with the reason.
    labels: inputs of floats that have no gradient, because they are labels.
    """

    arrays: dict[Key, np.ndarray]
    unchecked: dict[str, str]
    labels: list[str]
    cotangents_are_ones = False

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        """The outputs of floats, after one number was moved."""
        raise NotImplementedError

    def gradients(self, cotangents: Sequence[np.ndarray]) -> dict[Key, np.ndarray | None]:
        """What backward says, from dL/d(output) of each output."""
        raise NotImplementedError

    def _take_inputs(self, inputs: Sequence[Any], names: Sequence[str], is_checked: Callable[[Any], bool]) -> None:
        """Put a float64 copy of each checked input into `arrays`, and a Slot in its place."""
        self.arrays, self.unchecked, self.labels = {}, {}, []

        def slots(value: Any, name: str) -> Any:
            if isinstance(value, (tuple, list)):
                return _rebuilt(value, [slots(v, f"{name}[{i}]") for i, v in enumerate(value)])
            if not is_checked(value):
                return value
            key = ("input", name)
            self.arrays[key] = np.array(_array(value), np.float64)
            return Slot(key)

        self.arguments = [slots(value, name) for value, name in zip(inputs, names)]

    def _is_one_hot(self, key: Key) -> bool:
        """Ones and zeros with a single one in each row."""
        array = self.arrays[key]
        return bool(array.ndim == 2 and ((array == 0) | (array == 1)).all() and (array.sum(axis=-1) == 1).all())

    def _take_as_label(self, key: Key) -> None:
        """Pass an input on as it is from now on."""
        given = {key: self._as_given(self.arrays.pop(key))}
        self.arguments = [_fill(value, given, partly=True) for value in self.arguments]
        self.labels.append(key[1])

    def _as_given(self, array: np.ndarray) -> Any:
        """An input as the layer takes it."""
        return array

    def given_inputs(self) -> list[Any]:
        """The arguments of forward, unmoved."""
        return [_fill(value, self._moved_inputs(None)) for value in self.arguments]

    def _moved_inputs(self, move: Move | None) -> dict[Key, np.ndarray]:
        inputs = {key: array.copy() for key, array in self.arrays.items() if key[0] == "input"}
        if move is not None and move[0] in inputs:
            inputs[move[0]][move[1]] += move[2]
        return inputs


def _fill(value: Any, values: Mapping[Key, Any], partly: bool = False) -> Any:
    """The arguments with `values` in the slots; partly: other slots stay."""
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_fill(v, values, partly) for v in value])
    if not isinstance(value, Slot) or (partly and value.key not in values):
        return value
    return values[value.key]


def _rebuilt(value: Any, members: list) -> Any:
    """A tuple or list of value's type; a named one (PackedSequence) takes its members one by one."""
    return type(value)(*members) if hasattr(value, "_fields") else type(value)(members)


def _array(value: Any) -> np.ndarray:
    return value.data if isinstance(value, Tensor) else np.asarray(value)


def _is_float_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, Tensor)) and value.dtype.kind == "f"


def _leaves(value: Any) -> Iterator[Any]:
    for v in value if isinstance(value, (tuple, list)) else [value]:
        if v is value or not isinstance(v, (tuple, list)):
            yield v
        else:
            yield from _leaves(v)


def _copy(layer: Any) -> Any:
    try:
        return copy.deepcopy(layer)
    except Exception as error:
        raise TypeError(
            f"numeric_check: a {type(layer).__name__} runs as copies, and cannot be copied ({error}); if it keeps "
            "results of an earlier run, make a new one"
        ) from error


def _input_names(forward: Callable[..., Any], count: int, skip: int = 0) -> list[str]:
    """The names of the arguments, as far as the signature has them."""
    names = [p.name for p in _positional(forward)][skip:]
    return [names[i] if i < len(names) else f"input {i}" for i in range(count)]


def _positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some built-in functions have no signature
        return []
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


class TensorLayer(Subject):
    """A Module, a Function, or a function of Tensors: backward is the engine's."""

    def __init__(self, layer: Any, inputs: Sequence[Any]) -> None:
        self.is_module = isinstance(layer, Module)
        self.layer = _copy(layer).double() if self.is_module else layer
        forward, skip = (layer.forward, 0) if self.is_module else (layer, 0)
        if isinstance(layer, type) and issubclass(layer, Function):
            self.layer, forward = layer.apply, layer.forward
            skip = int(layer.setup_context is Function.setup_context)  # ctx
        inputs = [_as_tensors(value) for value in inputs]
        chosen = any(isinstance(v, Tensor) and v.requires_grad for v in _leaves(inputs))
        self._take_inputs(
            inputs,
            _input_names(forward, len(inputs), skip),
            lambda value: _is_float_array(value) and (value.requires_grad or not chosen),
        )
        for name, parameter in _trainables(self.layer) if self.is_module else ():
            if parameter.requires_grad and parameter.dtype.kind == "f":
                self.arrays["parameter", name] = parameter.data
        if self.is_module:
            self.unchecked = _look_trainable(self.layer)
        self._leave_labels()

    def _as_given(self, array: np.ndarray) -> Tensor:
        return Tensor(array)

    def _leave_labels(self) -> None:
        """One-hot labels that get no gradient are passed on as they are."""
        labels = [key for key in self.arrays if key[0] == "input" and self._is_one_hot(key)]
        if not labels or len(self.arrays) < 2:
            return
        try:
            found = self.gradients([np.ones(output.shape) for output in self.outputs()])
        except Exception:  # of the layer's own; it is met again where it is reported
            return
        for key in labels:
            if found[key] is None:
                self._take_as_label(key)

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        layer = _copy(self.layer) if self.is_module else self.layer
        # With requires_grad, because the layer may ask for gradients itself.
        inputs = {key: Tensor(array, requires_grad=True) for key, array in self._moved_inputs(move).items()}
        if move is not None and move[0][0] == "parameter":
            parameter = dict(_trainables(layer))[move[0][1]]
            parameter.data[move[1]] += move[2]
        with same_random_numbers():
            result = layer(*_fill(self.arguments, inputs))
        return [output.data.copy() for output in _float_tensors(result)]

    def gradients(self, cotangents: Sequence[np.ndarray]) -> dict[Key, np.ndarray | None]:
        layer = _copy(self.layer) if self.is_module else self.layer
        tensors = {key: Tensor(array, requires_grad=True) for key, array in self._moved_inputs(None).items()}
        with same_random_numbers():
            outputs = _float_tensors(layer(*_fill(self.arguments, tensors)))
        if self.is_module:
            tensors.update({("parameter", name): p for name, p in _trainables(layer)})
        tensors = {key: tensors[key] for key in self.arrays}
        roots = [(output, Tensor(c)) for output, c in zip(outputs, cotangents) if output.requires_grad]
        if not roots:
            return dict.fromkeys(self.arrays)
        with same_random_numbers():
            wanted, above = list(tensors.values()), [c for _, c in roots]
            found = grad([output for output, _ in roots], wanted, above, allow_unused=True)
        return {key: None if gradient is None else gradient.data for key, gradient in zip(tensors, found)}


def _trainables(layer: Module) -> Iterator[tuple[str, Tensor]]:
    """The parameters, and Tensors that want a gradient and are in no list of parameters."""
    known = set()
    for name, parameter in layer.named_parameters():
        known.add(id(parameter))
        yield name, parameter
    for name, tensor in _other_members(layer):
        if isinstance(tensor, Tensor) and tensor.requires_grad and id(tensor) not in known:
            yield name, tensor


def _look_trainable(layer: Module) -> dict[str, str]:
    """Members that are called as parameters are, and are none: nothing trains them."""
    return {
        name: "it is no Parameter"
        for name, value in _other_members(layer)
        if _is_float_array(value)
        and not getattr(value, "requires_grad", False)
        and re.fullmatch(r"_*(weights?|bias(es)?|w|b|kernel|gamma|beta|theta)_?\d*", name.rpartition(".")[2].lower())
    }


def _other_members(layer: Module) -> Iterator[tuple[str, Any]]:
    for prefix, module in layer.named_modules():
        for name, value in vars(module).items():
            yield (f"{prefix}.{name}" if prefix else name), value


def _as_tensors(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_as_tensors(v) for v in value])
    return Tensor(value) if isinstance(value, np.ndarray) else value


def _float_tensors(result: Any) -> list[Tensor]:
    return [value for value in _leaves(result) if isinstance(value, Tensor) and value.dtype.kind == "f"]

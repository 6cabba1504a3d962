"""What can be checked: layers and functions of Tensors, and layers of NumPy arrays with a backward of
their own. Both answer the same two questions: what comes out, and what does backward say?"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.gradients import grad
from mytorch.nn.module import Module
from mytorch.numeric_check.quotients import same_random_numbers
from mytorch.tensor import Tensor

__all__ = ["Key", "Subject", "make_subject"]

Key = tuple[str, str]  # ("input" or "parameter", name)
Move = tuple[Key, tuple, float]  # which array, which element, by how much


def make_subject(layer: Any, inputs: Sequence[Any]) -> Subject:
    if isinstance(layer, type) and not issubclass(layer, Function):
        raise TypeError(f"numeric_check: layer must be a layer, not its class: {layer.__name__}(...)")
    if _is_array_layer(layer):
        return ArrayLayer(layer, inputs)
    if not callable(layer):
        raise TypeError(
            "numeric_check: layer must be a Module, a Function, a function of Tensors, or an object with forward and "
            f"backward, got {type(layer).__name__}"
        )
    return TensorLayer(layer, inputs)


def _is_array_layer(layer: Any) -> bool:
    """Handout 001's kind of layer (its section 3.1)."""
    own = isinstance(layer, (Module, type))
    return not own and all(callable(getattr(layer, name, None)) for name in ("forward", "backward"))


class Slot:
    """The place of a checked input among the arguments."""

    def __init__(self, key: Key) -> None:
        self.key = key


class Subject:
    """A layer with its inputs. Every run is of a new copy of the layer, so that running averages,
    counters and caches are each time as at the start, and the layer itself is never touched.

    arrays: what is checked, by (kind, name). cotangents_are_ones: backward takes no dL/d(output).
    """

    arrays: dict[Key, np.ndarray]
    cotangents_are_ones = False

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        """The outputs of floats, after one number was moved."""
        raise NotImplementedError

    def gradients(self, cotangents: Sequence[np.ndarray]) -> dict[Key, np.ndarray | None]:
        """What backward says, from dL/d(output) of each output."""
        raise NotImplementedError

    def _take_inputs(self, inputs: Sequence[Any], names: Sequence[str], is_checked: Callable[[Any], bool]) -> None:
        """Put a float64 copy of each checked input into `arrays`, and a Slot in its place."""
        self.arrays = {}

        def slots(value: Any, name: str) -> Any:
            if isinstance(value, (tuple, list)):
                return _rebuilt(value, [slots(v, f"{name}[{i}]") for i, v in enumerate(value)])
            if not is_checked(value):
                return value
            key = ("input", name)
            self.arrays[key] = np.array(_array(value), np.float64)
            return Slot(key)

        self.arguments = [slots(value, name) for value, name in zip(inputs, names)]

    def _moved_inputs(self, move: Move | None) -> dict[Key, np.ndarray]:
        inputs = {key: array.copy() for key, array in self.arrays.items() if key[0] == "input"}
        if move is not None and move[0] in inputs:
            inputs[move[0]][move[1]] += move[2]
        return inputs


def _fill(value: Any, values: Mapping[Key, Any]) -> Any:
    """The arguments with `values` in the slots."""
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_fill(v, values) for v in value])
    return values[value.key] if isinstance(value, Slot) else value


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
        for name, parameter in self.layer.named_parameters() if self.is_module else ():
            if parameter.requires_grad and parameter.dtype.kind == "f":
                self.arrays["parameter", name] = parameter.data

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        layer = _copy(self.layer) if self.is_module else self.layer
        # With requires_grad, because the layer may ask for gradients itself.
        inputs = {key: Tensor(array, requires_grad=True) for key, array in self._moved_inputs(move).items()}
        if move is not None and move[0][0] == "parameter":
            parameter = dict(layer.named_parameters())[move[0][1]]
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
            tensors.update({("parameter", name): p for name, p in layer.named_parameters()})
        tensors = {key: tensors[key] for key in self.arrays}
        roots = [(output, Tensor(c)) for output, c in zip(outputs, cotangents) if output.requires_grad]
        if not roots:
            return dict.fromkeys(self.arrays)
        with same_random_numbers():
            wanted, above = list(tensors.values()), [c for _, c in roots]
            found = grad([output for output, _ in roots], wanted, above, allow_unused=True)
        return {key: None if gradient is None else gradient.data for key, gradient in zip(tensors, found)}


def _as_tensors(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_as_tensors(v) for v in value])
    return Tensor(value) if isinstance(value, np.ndarray) else value


def _float_tensors(result: Any) -> list[Tensor]:
    return [value for value in _leaves(result) if isinstance(value, Tensor) and value.dtype.kind == "f"]


class ArrayLayer(Subject):
    """Handout 001's and 004's kind: forward takes and returns arrays, backward takes dL/d(output) and
    returns dL/d(input); `parameters` and `gradients` are dicts with the same keys, if there are any.

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
        parameters = getattr(self.layer, "parameters", None)
        for name, value in parameters.items() if isinstance(parameters, Mapping) else ():
            if _is_float_array(value):
                if value.dtype != np.float64:
                    parameters[name] = value = value.astype(np.float64)  # type: ignore[index]
                self.arrays["parameter", name] = value

    def outputs(self, move: Move | None = None) -> list[np.ndarray]:
        layer = _copy(self.layer)
        if move is not None and move[0][0] == "parameter":
            layer.parameters[move[0][1]][move[1]] += move[2]
        with same_random_numbers():
            result = layer.forward(*_fill(self.arguments, self._moved_inputs(move)))
        return [np.array(output, np.float64) for output in _leaves(result)]

    def gradients(self, cotangents: Sequence[np.ndarray]) -> dict[Key, np.ndarray | None]:
        layer = _copy(self.layer)
        inputs = _fill(self.arguments, self._moved_inputs(None))
        with same_random_numbers():
            layer.forward(*inputs)
            above = cotangents[0] if len(cotangents) == 1 else tuple(cotangents)
            before = [] if self.takes in (0, 1) else inputs
            returned = layer.backward(*before, *([] if self.cotangents_are_ones else [above]))
        found: dict[Key, np.ndarray | None] = dict.fromkeys(self.arrays)
        keys = [key for key in self.arrays if key[0] == "input"]
        several = returned if isinstance(returned, (tuple, list)) else (returned,)
        if len(several) != len(keys):
            raise TypeError(
                f"backward returned {len(several)} gradients for {len(keys)} inputs of floats "
                f"({', '.join(name for _, name in keys)}); give an input that has no gradient as integers"
            )
        found.update(zip(keys, several))
        for kind, name in self.arrays:
            if kind == "parameter":
                found[kind, name] = getattr(layer, "gradients", {}).get(name)
        return {key: None if value is None else np.array(value, np.float64) for key, value in found.items()}

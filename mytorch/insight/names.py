"""What the tensors and modules of a program are called."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from mytorch.engine.in_place import history
from mytorch.engine.tensor_base import TensorBase
from mytorch.nn.module import Module

__all__ = ["Names"]

_LONGEST_LIST = 100  # of a list or dict of tensors in a variable: longer ones are not searched


class Names:
    """Names for the nodes of a graph, from a Module, from a dict of variables, or (None) from the variables of
    the innermost function outside of mytorch that is running.

    A parameter is called as in `named_parameters()`. With several models in the variables the variable's name
    comes first: "encoder.0.weight". Other tensors are called like the variable, or "weights[0]" for a list.
    """

    def __init__(self, names: Any = None) -> None:
        if isinstance(names, Module):
            scope: dict[str, Any] = {"": names}
        elif isinstance(names, Mapping):
            scope = {str(name): value for name, value in names.items()}
        elif names is None:
            scope = _callers_variables()
        else:
            raise TypeError(f"names must be a Module, a dict of tensors and modules by name, or None, got {names!r}")
        self.modules: list[tuple[str, Module]] = _roots(scope)  # (prefix, model)
        self.of_node: dict[Any, str] = {}
        self.of_tensor: dict[int, str] = {}
        self.values: dict[Any, Any] = {}  # node -> the tensor in a variable that it made
        self.leaves: list[tuple[str, Any, bool]] = []  # (name, tensor, whether a model's) of those that require grad
        for name, tensor in (*self._parameters(), *_tensors(scope)):
            node = history(tensor)
            self.of_tensor.setdefault(id(tensor), name)
            if node is None or node in self.of_node:
                continue
            self.of_node[node] = name
            self.values[node] = tensor
            if tensor.is_leaf:
                self.leaves.append((name, tensor, tensor.is_parameter and bool(self.modules)))

    def _parameters(self) -> Iterator[tuple[str, Any]]:
        for prefix, module in self.modules:
            yield from module.named_parameters(prefix)

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """(dotted name, module) of all models in the variables and of what is in them."""
        for prefix, module in self.modules:
            yield from module.named_modules(prefix=prefix)


def _callers_variables() -> dict[str, Any]:
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "mytorch":
        frame = frame.f_back
    found = dict(frame.f_locals)
    # What a function uses of its module's variables, too: `model` is often one of those.
    used = frame.f_code.co_names
    found.update({name: frame.f_globals[name] for name in used if name in frame.f_globals and name not in found})
    notebook = {"In", "Out"} if isinstance(found.get("In"), list) and isinstance(found.get("Out"), dict) else set()
    return {
        name: value
        for name, value in found.items()
        if name.isidentifier() and not name.startswith("_") and name not in notebook
    }


def _roots(scope: dict[str, Any]) -> list[tuple[str, Module]]:
    """(prefix, model) of the modules in `scope` that are in no other one there."""
    models = {id(value): (name, value) for name, value in reversed(scope.items()) if isinstance(value, Module)}
    inner = {id(part) for _, model in models.values() for part in model.modules() if part is not model}
    roots = [(name, model) for key, (name, model) in reversed(models.items()) if key not in inner]
    with_weights = [(name, model) for name, model in roots if next(model.parameters(), None) is not None]
    if len(with_weights) == 1:  # nothing to tell apart: the names of its state_dict
        return [("" if model is with_weights[0][1] else name, model) for name, model in roots]
    return roots


def _tensors(scope: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in scope.items():
        if isinstance(value, TensorBase):
            yield name, value
        elif isinstance(value, (list, tuple)) and len(value) <= _LONGEST_LIST:
            yield from ((f"{name}[{i}]", part) for i, part in enumerate(value) if isinstance(part, TensorBase))
        elif isinstance(value, dict) and len(value) <= _LONGEST_LIST:
            yield from ((f"{name}[{key!r}]", part) for key, part in value.items() if isinstance(part, TensorBase))

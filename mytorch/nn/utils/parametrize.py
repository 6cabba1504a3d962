"""Parametrizations: a weight that is computed from other parameters, anew whenever it is read.

    register_parametrization(layer, "weight", Symmetric())      # layer.weight is Symmetric()(original)
    layer.parametrizations.weight.original                      # what the optimizer changes

The layer gets a class of its own in which `weight` is a property.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.module import Module, Parameter
from mytorch.nn.modules.containers import ModuleDict, ModuleList
from mytorch.tensor import Tensor

__all__ = ["ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations"]

_cache: dict[tuple[int, str], Tensor] | None = None  # inside `cached()`: what was computed already


class ParametrizationList(ModuleList):
    """The steps from `original` (or original0, original1, ... if the first one starts from several) to the tensor."""

    def __init__(self, modules: list[Module], original: Tensor) -> None:
        super().__init__(modules)
        with no_grad():
            value: Any = original
            for module in reversed(modules):
                value = module.right_inverse(value) if hasattr(module, "right_inverse") else value
        self.count = len(value) if isinstance(value, (tuple, list)) else 0
        trained = isinstance(original, Parameter)
        for name, part in self._named(value):
            tensor = part.detach().clone()
            if trained:
                self.register_parameter(name, Parameter(tensor.data, original.requires_grad))
            else:
                self.register_buffer(name, tensor)

    def _named(self, value: Any) -> list[tuple[str, Tensor]]:
        return [(f"original{i}", part) for i, part in enumerate(value)] if self.count else [("original", value)]

    def forward(self) -> Tensor:
        """The tensor, computed."""
        steps = list(self)
        originals = [getattr(self, f"original{i}") for i in range(self.count)] if self.count else [self.original]
        value = steps[0](*originals)
        for step in steps[1:]:
            value = step(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the tensor becomes `value`: what assigning to it does."""
        with no_grad():
            result: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"{type(module).__name__} has no right_inverse, so it cannot be assigned to")
                result = module.right_inverse(result)
            for name, part in self._named(result):
                getattr(self, name).copy_(part)


def _property(name: str) -> property:
    def read(module: Any) -> Tensor:
        if _cache is None:
            return module.parametrizations[name]()
        key = (id(module), name)
        if key not in _cache:
            _cache[key] = module.parametrizations[name]()
        return _cache[key]

    def write(module: Any, value: Tensor) -> None:
        module.parametrizations[name].right_inverse(value)

    return property(read, write)


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute the parameter or buffer `tensor_name` of `module` by `parametrization(original)`, after what is
    registered already. ValueError if there is no such tensor or the shape changes (unless `unsafe`). A
    `right_inverse(value)` of the parametrization gives the first original(s). Returns the module."""
    if is_parametrized(module, tensor_name):
        steps = module.parametrizations[tensor_name]
        with no_grad():
            before = getattr(module, tensor_name)
            after = parametrization(before)
        _check_shape(tensor_name, before, after, unsafe)
        steps.append(parametrization)
        return module
    original = module._parameters.get(tensor_name, module._buffers.get(tensor_name))
    if original is None:
        raise ValueError(
            f"register_parametrization: {type(module).__name__} has no parameter or buffer {tensor_name!r}"
        )
    steps = ParametrizationList([parametrization], original)
    with no_grad():
        _check_shape(tensor_name, original, steps(), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        old = type(module)
        new = type(f"Parametrized{old.__name__}", (old,), {"__module__": old.__module__})
        object.__setattr__(module, "__class__", new)
        module.parametrizations = ModuleDict()
    setattr(type(module), tensor_name, _property(tensor_name))
    module.parametrizations[tensor_name] = steps
    return module


def _check_shape(name: str, before: Tensor, after: Any, unsafe: bool) -> None:
    if not unsafe and (not isinstance(after, Tensor) or after.shape != before.shape or after.dtype != before.dtype):
        raise ValueError(
            f"register_parametrization: {name} must stay a tensor of shape {before.shape}, got {after!r:.80}"
        )


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module, or its tensor `tensor_name`, is computed by a parametrization."""
    steps = module._modules.get("parametrizations")
    return isinstance(steps, ModuleDict) and len(steps) > 0 and (tensor_name is None or tensor_name in steps)


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make `tensor_name` a plain tensor again: with the value that it has, or the original's. Returns the module."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"remove_parametrizations: {tensor_name!r} of {type(module).__name__} is not parametrized")
    steps = module.parametrizations[tensor_name]
    if not leave_parametrized and steps.count:
        raise ValueError("remove_parametrizations: there is no single original; use leave_parametrized=True")
    with no_grad():
        value = steps() if leave_parametrized else steps.original
    first = steps.original0 if steps.count else steps.original
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if isinstance(first, Parameter):
        module.register_parameter(tensor_name, Parameter(value.detach().clone().data, first.requires_grad))
    else:
        module.register_buffer(tensor_name, value.detach().clone())
    if not len(module.parametrizations):
        del module.parametrizations
        object.__setattr__(module, "__class__", type(module).__bases__[0])
    return module


@contextmanager
def cached() -> Iterator[None]:
    """A block in which each parametrized tensor is computed once."""
    global _cache
    before, _cache = _cache, {} if _cache is None else _cache
    try:
        yield
    finally:
        _cache = before

"""class Module: the base of layers and networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from mytorch.dtypes import as_float_dtype
from mytorch.nn.module_hooks import HookedModule
from mytorch.tensor import Tensor

__all__ = ["Module", "Parameter"]

M = TypeVar("M", bound="Module")


def Parameter(data: Any, requires_grad: bool = True) -> Tensor:  # noqa: N802 (PyTorch's name)
    """A trainable weight: a leaf Tensor with is_parameter=True, which a module that it is assigned
    to lists among its parameters. `requires_grad=False` freezes it."""
    parameter = Tensor(data, requires_grad=True, is_parameter=True)
    parameter.requires_grad = requires_grad
    return parameter


class LoadResult(NamedTuple):
    """What `load_state_dict(strict=False)` left out."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if self.missing_keys or self.unexpected_keys:
            return f"LoadResult(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"
        return "<All keys matched successfully>"


class Module(HookedModule):
    """Base class of all layers and networks.

    class Net(Module):
        def __init__(self):
            super().__init__()
            self.hidden = Linear(784, 20)
            self.out = Linear(20, 10)

        def forward(self, x):
            return self.out(self.hidden(x).relu())

    Parameters (Tensors with is_parameter=True) and modules that are assigned to attributes are
    registered: `parameters()`, `train()`, `state_dict()` and the rest reach them at any depth.
    Other state that belongs to the module, such as running averages, is registered by
    `register_buffer`. `training` (handout 002: `is_train`) tells whether the module trains.
    """

    training: bool

    def __init__(self) -> None:
        # Directly into __dict__, because our own __setattr__ needs the three registries already.
        self.__dict__.update(_parameters={}, _buffers={}, _modules={}, _transient_buffers=set(), training=True)

    # ------------------------------------------------------------------ registration

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
            return
        if isinstance(value, Module):
            self.register_module(name, value)
        elif isinstance(value, Tensor) and value.is_parameter:
            self.register_parameter(name, value)
        elif isinstance(value, Tensor) and name in self.__dict__.get("_buffers", ()):
            self._buffers[name] = value
        elif value is None and name in self.__dict__.get("_parameters", ()):
            self._parameters[name] = None
        else:
            self._forget(name)
            self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:  # called when __dict__ does not have it
        if name in ("_parameters", "_buffers", "_modules", "_transient_buffers", "training"):
            raise AttributeError(f"{type(self).__name__}.__init__ must call super().__init__() before anything else")
        for registry in (self._parameters, self._buffers, self._modules):
            if name in registry:
                return registry[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        if not self._forget(name):
            object.__delattr__(self, name)

    def _forget(self, name: str) -> bool:
        """Drop `name` wherever it is registered, before it gets another role."""
        found = False
        for registry in ("_parameters", "_buffers", "_modules"):
            found |= self.__dict__.get(registry, {}).pop(name, self) is not self
        return found

    def _register(self, registry: dict[str, Any], name: str, value: Any) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"name must be a non-empty string without dots, got {name!r}")
        if registry.get(name, self) is self:  # under its old name it keeps its place in the order
            self._forget(name)
            self.__dict__.pop(name, None)
        registry[name] = value

    def register_parameter(self, name: str, parameter: Tensor | None) -> None:
        """Make `parameter` the attribute `name` and list it among the parameters."""
        if parameter is not None and not (isinstance(parameter, Tensor) and parameter.is_parameter):
            raise TypeError(
                f"parameter must be None or a Tensor with is_parameter=True, got {type(parameter).__name__}"
            )
        self._register(self._parameters, name, parameter)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make `tensor` the attribute `name`: not trained, but (if `persistent`) part of `state_dict`."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"tensor must be a Tensor or None, got {type(tensor).__name__}")
        self._register(self._buffers, name, tensor)
        (self._transient_buffers.discard if persistent else self._transient_buffers.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Make `module` the attribute `name` and a child of this module."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"module must be a Module or None, got {type(module).__name__}")
        self._register(self._modules, name, module)

    # Handout 002's names.
    add_parameter = register_parameter
    add_tensor = register_buffer
    add_module = register_module

    # ---------------------------------------------------------------------- running

    def forward(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """The output for an input: what a subclass defines and `module(x)` calls."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, ...)")

    def train(self: M, mode: bool = True) -> M:
        """Put this module and all modules in it into training mode (or, with False, eval mode)."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self: M) -> M:
        """Put this module and all modules in it into evaluation mode."""
        return self.train(False)

    @property
    def is_train(self) -> bool:
        """Handout 002's name for `training`."""
        return self.training

    @is_train.setter
    def is_train(self, mode: bool) -> None:
        self.training = bool(mode)

    # ------------------------------------------------------------- what is in the module

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """(dotted name, module) of this module and all in it, each module once."""
        seen: set[Module] = set()

        def visit(name: str, module: Module) -> Iterator[tuple[str, Module]]:
            if module in seen:
                return
            seen.add(module)
            yield name, module
            for child_name, child in module._modules.items():
                if child is not None:
                    yield from visit(f"{name}.{child_name}" if name else child_name, child)

        return visit(prefix, self)

    def modules(self) -> Iterator[Module]:
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        return ((name, module) for name, module in self._modules.items() if module is not None)

    def children(self) -> Iterator[Module]:
        return (module for _, module in self.named_children())

    def _named_members(self, registry: str, prefix: str, recurse: bool) -> Iterator[tuple[str, Tensor]]:
        """(dotted name, tensor) from one registry of the modules; a shared tensor comes once."""
        seen: set[Tensor] = set()
        for module_name, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, tensor in getattr(module, registry).items():
                if tensor is not None and tensor not in seen:
                    seen.add(tensor)
                    yield f"{module_name}.{name}" if module_name else name, tensor

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """(name, parameter) of this module and, with `recurse`, of all modules in it."""
        return self._named_members("_parameters", prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Tensor]:
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """(name, buffer) of this module and, with `recurse`, of all modules in it."""
        return self._named_members("_buffers", prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module under a dotted name, as `named_modules` gives it; "" is this one."""
        module: Module = self
        for part in target.split(".") if target else ():
            child = module._modules.get(part)
            if child is None:
                raise AttributeError(f"{type(module).__name__} has no module {part!r} (of {target!r})")
            module = child
        return module

    def get_parameter(self, target: str) -> Tensor:
        """The parameter under a dotted name, as `named_parameters` gives it."""
        return self._get_tensor("_parameters", "parameter", target)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer under a dotted name, as `named_buffers` gives it."""
        return self._get_tensor("_buffers", "buffer", target)

    def _get_tensor(self, registry: str, kind: str, target: str) -> Tensor:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        tensor = getattr(module, registry).get(name)
        if tensor is None:
            raise AttributeError(f"{type(module).__name__} has no {kind} {name!r} (of {target!r})")
        return tensor

    def apply(self: M, function: Callable[[Module], Any]) -> M:
        """Call `function` on every module in this one, children first, and on this one last."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or, with set_to_none=False, set them to 0)."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad = parameter.new_tensor(np.zeros_like(parameter.grad.data))

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Freeze (False) or unfreeze all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    # --------------------------------------------------------------------------- dtype

    def to(self: M, dtype: Any) -> M:
        """Change all floating point parameters and buffers to `dtype`, in place."""
        dtype = as_float_dtype(dtype)
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.dtype.kind == "f":
                tensor.data = tensor.data.astype(dtype)
                tensor.grad = None if tensor.grad is None else tensor.grad.detach().to(dtype)
        return self

    def float(self: M) -> M:
        return self.to(np.float32)

    def double(self: M) -> M:
        return self.to(np.float64)

    def half(self: M) -> M:
        return self.to(np.float16)

    # ------------------------------------------------------------------ saving, loading

    def state_dict(self, prefix: str = "") -> dict[str, Tensor]:
        """All parameters and buffers by dotted name, detached but not copied: what makes two
        modules of one architecture compute the same. The keys are PyTorch's."""
        state: dict[str, Tensor] = {}
        for name, tensor in self._own_state(prefix):
            state[name] = tensor.detach()
        return state

    def _own_state(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        """(name, tensor) of the state; a shared tensor comes under each of its names, as in PyTorch."""
        for registry in (self._parameters, self._buffers):
            for name, tensor in registry.items():
                if tensor is not None and not (registry is self._buffers and name in self._transient_buffers):
                    yield prefix + name, tensor
        for name, child in self.named_children():
            yield from child._own_state(f"{prefix}{name}.")

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> LoadResult:
        """Copy values (Tensors or arrays) into the parameters and buffers of the same names.

        Raises RuntimeError that names every wrong shape and, if `strict`, every missing and
        unexpected key. Nothing has been changed then.
        """
        own = dict(self._own_state())
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict and missing:
            problems.append(f"missing keys: {', '.join(missing)}")
        if strict and unexpected:
            problems.append(f"unexpected keys: {', '.join(unexpected)}")
        arrays = {}
        for name in own:
            if name in state_dict:
                value = state_dict[name]
                arrays[name] = value.data if isinstance(value, Tensor) else np.asarray(value)
                if arrays[name].shape != own[name].shape:
                    problems.append(f"{name}: expected shape {own[name].shape}, got {arrays[name].shape}")
                elif arrays[name].dtype.kind not in "fiub":
                    problems.append(f"{name}: expected numbers, got dtype {arrays[name].dtype}")
        if problems:
            raise RuntimeError(f"load_state_dict for {type(self).__name__}:\n  " + "\n  ".join(problems))
        for name, array in arrays.items():
            own[name].data[...] = array
            own[name].mark_changed()
        return LoadResult(missing, unexpected)

    # ------------------------------------------------------------------------- printing

    def extra_repr(self) -> str:
        """What stands in the brackets of the printed module, e.g. sizes."""
        return ""

    def __repr__(self) -> str:
        children = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self.named_children()]
        extra = self.extra_repr()
        if not children and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = [*extra.splitlines(), *children]
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"

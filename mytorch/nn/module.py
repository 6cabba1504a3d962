"""class Module: the base of layers and networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from mytorch.compat.devices import dtype_from, no_such_device
from mytorch.dtypes import as_float_dtype
from mytorch.gradients import zero_gradient
from mytorch.nn.modules.state import StatefulModule
from mytorch.nn.parameter import Parameter
from mytorch.tensor import Tensor

__all__ = ["Module", "Parameter"]

M = TypeVar("M", bound="Module")

# What a name of each registry stands for, and what may be assigned to it.
_KINDS = {
    "_parameters": ("parameter", "Parameter"),
    "_buffers": ("buffer", "Tensor"),
    "_modules": ("child module", "Module"),
}


class Module(StatefulModule):
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
        own = self.__dict__
        if isinstance(value, Tensor) and value.is_parameter:
            self._register(self._parameters, name, value)
        elif name in own.get("_parameters", ()):
            self._reassign("_parameters", name, value)
        elif isinstance(value, Module):
            self._register(self._modules, name, value)
        elif name in own.get("_modules", ()):
            self._reassign("_modules", name, value)
        elif name in own.get("_buffers", ()):
            self._reassign("_buffers", name, value)
        else:
            own[name] = value

    def _reassign(self, registry: str, name: str, value: Any) -> None:
        """Give a registered name another value. What does not belong there is refused, as in PyTorch:
        it would silently drop out of parameters() and state_dict()."""
        kind, expected = _KINDS[registry]
        if value is not None and not (registry == "_buffers" and isinstance(value, Tensor)):
            raise TypeError(
                f"cannot assign {type(value).__name__!r} as {kind} {name!r} ({expected} or None expected) of "
                f"{type(self).__name__}: it would drop out of the module's {registry[1:]}. To change the "
                f"numbers, change .data, or in place under no_grad(); to get rid of the {kind}, del it first"
            )
        getattr(self, registry)[name] = value

    def __getattr__(self, name: str) -> Any:  # called when __dict__ does not have it
        if "_modules" not in self.__dict__:
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

    def _register_new(self, registry: dict[str, Any], name: str, value: Any) -> None:
        """What the register_... methods do: they refuse a name that is taken by something else."""
        if name not in registry and isinstance(name, str) and hasattr(self, name):
            raise KeyError(
                f"{type(self).__name__} already has an attribute {name!r}; del it first, or take another name"
            )
        self._register(registry, name, value)

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
        self._register_new(self._parameters, name, parameter)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make `tensor` the attribute `name`: not trained, but (if `persistent`) part of `state_dict`."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"tensor must be a Tensor or None, got {type(tensor).__name__}")
        self._register_new(self._buffers, name, tensor)
        (self._transient_buffers.discard if persistent else self._transient_buffers.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Make `module` the attribute `name` and a child of this module."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"module must be a Module or None, got {type(module).__name__}")
        self._register_new(self._modules, name, module)

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

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """(dotted name, module) of this module and all in it.

        A module that is shared comes once, or, with remove_duplicate=False, under each of its names.
        memo: modules to leave out; those that were met are added."""
        seen: set[Module] = set() if memo is None else memo
        if remove_duplicate:
            if self in seen:
                return
            seen.add(self)
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(seen, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all in it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the modules directly in this one; one that has several names comes once."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly in this one, each once."""
        return (module for _, module in self.named_children())

    def _named_members(
        self, registry: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Tensor]]:
        """(dotted name, tensor) from one registry of the modules."""
        seen: set[Tensor] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        for module_name, module in modules:
            for name, tensor in getattr(module, registry).items():
                if tensor is not None and tensor not in seen:
                    if remove_duplicate:
                        seen.add(tensor)
                    yield f"{module_name}.{name}" if module_name else name, tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(name, parameter) of this module and, with `recurse`, of all modules in it. A shared parameter comes
        once, or, with remove_duplicate=False, under each of its names."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Tensor]:
        """The parameters of this module and, with `recurse`, of all modules in it, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(name, buffer) of this module and, with `recurse`, of all modules in it. A shared buffer comes
        once, or, with remove_duplicate=False, under each of its names."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and, with `recurse`, of all modules in it, each once."""
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
        """Forget the gradients of all parameters (or, with set_to_none=False, set them to 0, in their memory)."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            else:
                zero_gradient(parameter)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Freeze (False) or unfreeze all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    # --------------------------------------------------------------------------- dtype

    def to(
        self: M,
        target: Any = None,
        dtype: Any = None,
        non_blocking: bool = False,
        *,
        device: Any = None,
        memory_format: Any = None,
    ) -> M:
        """Change all floating point parameters and buffers to a dtype, in place: to(dtype), or as PyTorch's programs
        write it to(device), to(device, dtype), to(tensor), where the device can only be the CPU."""
        wanted = dtype_from(target, dtype, device)
        if wanted is None:
            return self
        dtype = as_float_dtype(wanted)
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.dtype.kind == "f":
                tensor.data = tensor.data.astype(dtype)
                tensor.grad = None if tensor.grad is None else tensor.grad.detach().to(dtype)
        return self

    def float(self: M) -> M:
        """Change all floating point parameters and buffers to float32, in place."""
        return self.to(np.float32)

    def double(self: M) -> M:
        """Change all floating point parameters and buffers to float64, in place."""
        return self.to(np.float64)

    def half(self: M) -> M:
        """Change all floating point parameters and buffers to float16, in place."""
        return self.to(np.float16)

    def type(self: M, dst_type: Any) -> M:
        """`to(dst_type)`, a dtype or a class such as mytorch.FloatTensor."""
        return self.to(getattr(dst_type, "dtype", dst_type))

    def cpu(self: M) -> M:
        """This module, whose tensors are there already."""
        return self

    def cuda(self: M, device: Any = None) -> M:
        """RuntimeError: there is only the CPU."""
        raise no_such_device("cuda" if device is None else device)

    # ------------------------------------------------------------------------- printing

    def extra_repr(self) -> str:
        """What stands in the brackets of the printed module, e.g. sizes."""
        return ""

    def __repr__(self) -> str:
        children = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self._modules.items()]
        extra = self.extra_repr()
        if not children and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = [*extra.splitlines(), *children]
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"

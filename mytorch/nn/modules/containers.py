"""ModuleList, ModuleDict, ParameterList and ParameterDict: lists and dicts whose entries the module
that holds them knows about. In a plain list nothing would find its layers' parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mytorch.nn.module import Module, Parameter
from mytorch.tensor import Tensor

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList"]


def _position(owner: Any, index: Any) -> int:
    """`index` as 0..len-1; negative ones count from the end."""
    position = index.__index__()
    if not -len(owner) <= position < len(owner):
        raise IndexError(f"{type(owner).__name__} of {len(owner)} has no index {position}")
    return position % len(owner)


def _check_name(owner: Module, entries: Mapping[str, Any], name: Any) -> None:
    """Entries become attributes, so a name that is one already, such as "keys", is refused, as in PyTorch."""
    if isinstance(name, str) and name not in entries and hasattr(owner, name):
        raise KeyError(f"{type(owner).__name__} has an attribute {name!r}; an entry needs another name")


class ModuleList(Module):
    """A list of modules, whose parameters the module that holds it finds. In a plain list they would be lost.

    modules: what is in it at first; an iterable of Modules.
    Works as a Python list: index, slice, append, extend, insert, pop, del, +, len, in, for.
    It has no forward: `for layer in self.layers: x = layer(x)`. state_dict names entries 0., 1., ...
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def _replace(self, modules: list[Module]) -> None:
        """Number the entries anew, after checking them."""
        for i, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(f"ModuleList takes Modules, got {type(module).__name__} at position {i}")
        self._modules.clear()
        self._modules.update({str(i): module for i, module in enumerate(modules)})

    def append(self, module: Module) -> ModuleList:
        """Add `module` at the end; returns the list."""
        return self.extend([module])

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add all `modules` at the end; returns the list. If one is no Module: TypeError, and none is added."""
        self._replace([*self, *modules])
        return self

    def insert(self, index: int, module: Module) -> None:
        """Put `module` before position `index`."""
        entries = list(self)
        entries.insert(index, module)
        self._replace(entries)

    def pop(self, index: int = -1) -> Module:
        """Take the module at `index` out and return it."""
        module = self[index]
        del self[index]
        return module

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[str(_position(self, index))]

    def __setitem__(self, index: int, module: Module) -> None:
        entries = list(self)
        entries[_position(self, index)] = module
        self._replace(entries)

    def __delitem__(self, index: int | slice) -> None:
        entries = list(self)
        del entries[index if isinstance(index, slice) else _position(self, index)]
        self._replace(entries)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, other: Iterable[Module]) -> ModuleList:
        return self.extend(other)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._modules.values()))

    def __contains__(self, module: object) -> bool:
        return any(entry is module for entry in self)


class ModuleDict(Module):
    """A dict of modules, whose parameters the module that holds it finds. In a plain dict they would be lost.

    modules: what is in it at first; a mapping from names to Modules.
    Works as a Python dict: index, update, pop, del, clear, keys, values, items, len, in, for. A name is
    a string without dots and not the name of a method. It has no forward.
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        self.update({} if modules is None else modules)

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules, or replace those of the same names."""
        for name, module in dict(modules).items():
            self[name] = module

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(module, Module):
            raise TypeError(f"ModuleDict takes Modules, got {type(module).__name__} under {name!r}")
        _check_name(self, self._modules, name)
        self.register_module(name, module)

    def __getitem__(self, name: str) -> Module:
        return self._modules[name]

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def pop(self, name: str) -> Module:
        """Take the module `name` out and return it."""
        return self._modules.pop(name)

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()

    def keys(self) -> Iterable[str]:
        """The names, in the order in which they were added."""
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        """The modules, in the order in which they were added."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """(name, module) pairs, in the order in which they were added."""
        return self._modules.items()

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules


def _as_parameter(value: Any) -> Tensor:
    """A Tensor that is no parameter yet becomes one, as in PyTorch."""
    if not isinstance(value, Tensor):
        raise TypeError(f"expected a Tensor, got {type(value).__name__}")
    return value if value.is_parameter else Parameter(value.data)


class ParameterList(Module):
    """A list of parameters, which the module that holds it finds. In a plain list they would be lost.

    values: what is in it at first; an iterable of Tensors. Those that are no parameters become some.
    Works as a Python list: index, slice, append, extend, +=, len, for.
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        self.extend(() if values is None else values)

    def append(self, value: Tensor) -> ParameterList:
        """Add `value` at the end; returns the list. A Tensor that is no parameter becomes one."""
        return self.extend([value])

    def extend(self, values: Iterable[Tensor]) -> ParameterList:
        """Add all `values` at the end, as `append` does. If one is no Tensor: TypeError, and none is added."""
        for parameter in [_as_parameter(value) for value in values]:
            self.register_parameter(str(len(self)), parameter)
        return self

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return ParameterList(list(self)[index])
        return self._parameters[str(_position(self, index))]

    def __setitem__(self, index: int, value: Tensor) -> None:
        self._parameters[str(_position(self, index))] = _as_parameter(value)

    def __iadd__(self, values: Iterable[Tensor]) -> ParameterList:
        return self.extend(values)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(list(self._parameters.values()))

    def extra_repr(self) -> str:
        """Name, shape and dtype of every parameter, a line each."""
        return _listed(self._parameters)


class ParameterDict(Module):
    """A dict of parameters, which the module that holds it finds. In a plain dict they would be lost.

    parameters: what is in it at first; a mapping from names to Tensors. Those that are no parameters
    become some. Works as a Python dict: index, update, del, keys, values, items, len, in, for.
    """

    def __init__(self, parameters: Mapping[str, Tensor] | None = None) -> None:
        super().__init__()
        self.update({} if parameters is None else parameters)

    def update(self, parameters: Mapping[str, Tensor]) -> None:
        """Add parameters, or replace those of the same names."""
        for name, value in parameters.items():
            self[name] = value

    def __setitem__(self, name: str, value: Tensor) -> None:
        _check_name(self, self._parameters, name)
        self.register_parameter(name, _as_parameter(value))

    def __getitem__(self, name: str) -> Tensor:
        return self._parameters[name]

    def __delitem__(self, name: str) -> None:
        del self._parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The parameter of that name, or `default`."""
        return self._parameters.get(name, default)

    def pop(self, name: str) -> Tensor:
        """The parameter of that name, which is taken out."""
        return self._parameters.pop(name)

    def clear(self) -> None:
        """Take all parameters out."""
        self._parameters.clear()

    def keys(self) -> Iterable[str]:
        """The names, in the order in which they were added."""
        return self._parameters.keys()

    def values(self) -> Iterable[Tensor]:
        """The parameters, in the order in which they were added."""
        return self._parameters.values()

    def items(self) -> Iterable[tuple[str, Tensor]]:
        """(name, parameter) pairs, in the order in which they were added."""
        return self._parameters.items()

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def extra_repr(self) -> str:
        """Name, shape and dtype of every parameter, a line each."""
        return _listed(self._parameters)


def _listed(parameters: Mapping[str, Tensor]) -> str:
    return "\n".join(f"({name}): Parameter of shape {p.shape}, {p.dtype}" for name, p in parameters.items())

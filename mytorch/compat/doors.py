"""Doors: modules without contents, at PyTorch's paths, that lead to where the things stand here."""

from __future__ import annotations

import sys
import types
from typing import Any

__all__ = ["open_door"]


class _Door(types.ModuleType):
    """A module whose names are those of another one, and some of its own."""

    def __init__(self, name: str, room: types.ModuleType, own: dict[str, Any]) -> None:
        super().__init__(name, f"PyTorch's path to the names of `{room.__name__}`.")
        self.__dict__.update(own)
        self._room = room

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself asks of a module
            raise AttributeError(name)
        return getattr(self._room, name)


def open_door(path: str, room: types.ModuleType, own: dict[str, Any] | None = None, as_attribute: bool = True) -> None:
    """Make `path`, "mytorch.nn.modules.conv", importable: its names are those of `room`, and `own`. as_attribute: make
    it an attribute of its package, too, unless that has something else of this name."""
    door = _Door(path, room, own or {})
    sys.modules[path] = door
    if as_attribute:
        package, _, name = path.rpartition(".")
        setattr(sys.modules[package], name, door)

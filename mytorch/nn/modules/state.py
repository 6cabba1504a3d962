"""What a module is saved by and loaded from: its parameters and buffers by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from mytorch.nn.modules.hooks import HookedModule
from mytorch.tensor import Tensor

__all__ = ["LoadResult", "StatefulModule"]


class LoadResult(NamedTuple):
    """What `load_state_dict(strict=False)` left out."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if self.missing_keys or self.unexpected_keys:
            return f"LoadResult(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"
        return "<All keys matched successfully>"


class StatefulModule(HookedModule):
    """The part of class Module that gives its state out and takes it back."""

    _parameters: dict[str, Any]  # Tensor or None
    _buffers: dict[str, Any]  # Tensor or None
    _modules: dict[str, Any]  # Module or None
    _transient_buffers: set[str]  # those that are no part of the state

    def state_dict(
        self, prefix: str = "", keep_vars: bool = False, destination: dict[str, Tensor] | None = None
    ) -> dict[str, Tensor]:
        """All parameters and buffers by dotted name, detached (unless `keep_vars`) but not copied: what makes two
        modules of one architecture compute the same. The keys are PyTorch's. destination: a dict to put them into."""
        state: dict[str, Tensor] = {} if destination is None else destination
        for name, tensor in self._own_state(prefix):
            state[name] = tensor if keep_vars else tensor.detach()
        return state

    def _own_state(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        """(name, tensor) of the state; a shared tensor comes under each of its names, as in PyTorch."""
        for registry in (self._parameters, self._buffers):
            for name, tensor in registry.items():
                if tensor is not None and not (registry is self._buffers and name in self._transient_buffers):
                    yield prefix + name, tensor
        for name, child in self._modules.items():
            if child is not None:
                yield from child._own_state(f"{prefix}{name}.")

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> LoadResult:  # fmt: skip
        """Copy values (Tensors or arrays) into the parameters and buffers of the same names; with `assign` they take
        over the arrays themselves, with their dtypes.

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
            if assign:
                own[name].data = array
                continue
            own[name].data[...] = array
            own[name].mark_changed()
        return LoadResult(missing, unexpected)

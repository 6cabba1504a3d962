"""PyTorch's paths to the layers: `from mytorch.nn.modules.conv import Conv2d`.

The layers stand elsewhere here, so each path is a door, see `mytorch.compat.doors`.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from mytorch.compat.doors import open_door

__all__ = ["open_doors"]

# What PyTorch calls its modules of layers, below nn.modules.
_PATHS = (
    "activation", "batchnorm", "container", "conv", "distance", "dropout", "flatten", "fold", "instancenorm", "linear",
    "loss", "module", "normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse", "transformer",
    "upsampling", "utils",
)  # fmt: skip


def _tuples(n: int) -> Callable[[Any], tuple]:
    """PyTorch's `_pair` and its kin: one number for all n axes, or the n numbers as they are."""

    def parse(x: Any) -> tuple:
        return tuple(x) if isinstance(x, (tuple, list)) else (x,) * n

    return parse


def open_doors(nn: types.ModuleType, modules: types.ModuleType, bases: dict[str, Any]) -> None:
    """Make the paths below `nn.modules` importable. `bases`: PyTorch's names with an underscore,
    such as _BatchNorm, that programs ask `isinstance` with."""
    own = {**bases, "_single": _tuples(1), "_pair": _tuples(2), "_triple": _tuples(3)}
    for path in _PATHS:
        open_door(f"{modules.__name__}.{path}", nn, own)
    modules.__getattr__ = lambda name: getattr(nn, name)  # type: ignore[method-assign]  # nn.modules.Conv2d

"""PyTorch's ways to let `load` use more names. Here the list is fixed, so they accept only what is on it."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch.compat.devices import device
from mytorch.tensor import Tensor

__all__ = ["add_safe_globals", "safe_globals"]

_KNOWN = (OrderedDict, dict, list, tuple, set, str, int, float, bool, bytes, Tensor, device, np.dtype, np.ndarray)


def add_safe_globals(safe_globals: list[Any]) -> None:
    """TypeError unless all are plain containers, numbers or tensors, which `load` knows or has no need of."""
    for thing in safe_globals:
        kind = thing[0] if isinstance(thing, tuple) else thing  # (class, name) is PyTorch's other form
        if kind not in _KNOWN:
            raise TypeError(
                f"safe_globals: mytorch.load makes no {getattr(kind, '__name__', kind)} from a file; "
                "save tensors and plain containers, such as a state_dict()"
            )


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """`add_safe_globals` as a context."""
    add_safe_globals(safe_globals)
    yield

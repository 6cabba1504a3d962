"""Flags are truth values."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["check_flags"]


def check_flags(data: Any, **flags: Any) -> None:
    """TypeError unless the flags of a Tensor are truth values: `Tensor(3, 2)` is no tensor of shape (3, 2)."""
    for name, value in flags.items():
        if not isinstance(value, (bool, np.bool_)):
            sizes = ", ".join([repr(size) for size in (data, *flags.values()) if type(size) is int])
            meant = f"; for a tensor of shape ({sizes}) write mytorch.empty({sizes})" if type(value) is int else ""
            raise TypeError(f"Tensor: {name} must be True or False, got {value!r}{meant}")

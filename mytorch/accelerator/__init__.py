"""What PyTorch's programs ask about accelerators of any make: there are none."""

from __future__ import annotations

from typing import Any

from mytorch.compat.devices import no_such_device

__all__ = ["current_accelerator", "current_device_index", "device_count", "is_available", "synchronize"]


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: programs then take the CPU."""
    return


def current_device_index() -> int:
    """RuntimeError: there is no accelerator that could have a number."""
    raise no_such_device("accelerator")


def synchronize(device: Any = None) -> None:
    """RuntimeError: there is no accelerator to wait for."""
    raise no_such_device("accelerator" if device is None else device)

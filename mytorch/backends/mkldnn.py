"""oneDNN (once MKL-DNN), the library for convolution, pooling, norms and GELU of float32: the extra `mytorch[onednn]`.

    mytorch.backends.mkldnn.enabled = False            # NumPy computes everything from now on
    with mytorch.backends.mkldnn.flags(enabled=False):  # or for a while
        ...

These are switches for the whole process. The environment variable MYTORCH_ONEDNN=0 is one as well.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

from mytorch.runtime import onednn

__all__ = ["enabled", "flags", "is_available", "version"]

enabled: bool


def is_available() -> bool:
    """Whether the library was found. It is loaded here, or by the first convolution."""
    return onednn.found() is not None


def version() -> str | None:
    """Its version, such as "3.2.0"; None without it."""
    library = onednn.found()
    return None if library is None else library.version


@contextmanager
def flags(enabled: bool = False) -> Iterator[None]:
    """In the block the extra is used, or is not; PyTorch's default is not."""
    before = onednn.switch.enabled
    _set(enabled)
    try:
        yield
    finally:
        _set(before)


def _set(value: bool) -> None:
    if not isinstance(value, bool):
        raise TypeError(f"backends.mkldnn.enabled must be True or False, got {value!r}")
    onednn.switch.enabled = value


class _Settings(types.ModuleType):
    """This module with an attribute that does something when it is set."""

    @property
    def enabled(self) -> bool:
        """Whether the extra is used where it is found."""
        return onednn.switch.enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        _set(value)


sys.modules[__name__].__class__ = _Settings

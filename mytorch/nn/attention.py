"""PyTorch's choice of an implementation of attention: there is one, so that nothing is chosen.

with sdpa_kernel(SDPBackend.MATH): ...
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(enum.Enum):
    """PyTorch's implementations of `scaled_dot_product_attention`; ours is MATH."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[None]:
    """A block in which nothing changes. RuntimeError if MATH is not among the `backends`."""
    chosen = list(backends) if isinstance(backends, (list, tuple)) else [backends]
    if not all(isinstance(backend, SDPBackend) for backend in chosen):
        raise TypeError(f"sdpa_kernel: backends must be members of SDPBackend, got {backends!r}")
    if SDPBackend.MATH not in chosen:
        raise RuntimeError("sdpa_kernel: on the CPU there is SDPBackend.MATH only; add it to the list")
    yield

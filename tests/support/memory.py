"""Whether memory grows from step to step when nothing but reference counts frees it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

__all__ = ["assert_memory_stays_flat"]


def assert_memory_stays_flat(step: Callable[[], object], warm_up: int = 200, steps: int = 500, most: int = 200) -> None:
    """After `warm_up` calls of `step`, until Python's own caches are full, `steps` more must leave fewer
    than `most` blocks of memory behind; without the garbage collector, which would hide cycles."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(warm_up):
            step()
        before = sys.getallocatedblocks()
        for _ in range(steps):
            step()
        grown = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert grown < most, f"{grown} blocks more after {steps:,} steps"

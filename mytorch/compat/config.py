"""What computes: `mytorch.show_config()`, and `mytorch.__config__.show()` as in PyTorch."""

from __future__ import annotations

import sys

import numpy as np

from mytorch.runtime import allocator, onednn
from mytorch.runtime.blas import blas_name
from mytorch.runtime.threads import get_num_threads
from mytorch.version import __version__

__all__ = ["__config__", "show", "show_config"]

__config__ = sys.modules[__name__]  # mytorch.__config__


def show() -> str:
    """The libraries below MyTorch, its threads and its memory, a line each. Loads oneDNN if it is there."""
    lines = [
        f"MyTorch {__version__}, Python {sys.version.split()[0]}, NumPy {np.__version__}",
        f"  - BLAS: {blas_name()}",
        f"  - oneDNN: {_onednn()}",
        f"  - threads: {get_num_threads()}",
        f"  - freed memory: {_memory()}",
    ]
    return "\n".join(lines)


def show_config() -> None:
    """Print `__config__.show()`."""
    print(show())


def _onednn() -> str:
    library = onednn.found()
    if library is None:
        return f"none: {onednn.why_not()}"
    if not onednn.switch.enabled:
        return f"{library.version}, switched off by backends.mkldnn.enabled = False"
    return f"{library.version}, for convolution, pooling, norms and GELU of float32 ({library.path})"


def _memory() -> str:
    if allocator.is_kept():
        return f"up to {allocator.KEPT >> 20} MiB stay with the process"
    return "left to the C library"

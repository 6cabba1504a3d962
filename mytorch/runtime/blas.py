"""NumPy's BLAS, the library that multiplies matrices: how many threads it uses, and which one it is."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Blas", "blas", "blas_name", "core_name", "openblas_function"]


class Blas(NamedTuple):
    """The two functions of a BLAS that matter here."""

    get_num_threads: Callable[[], int]
    set_num_threads: Callable[[int], Any]


@functools.cache
def blas() -> Blas | None:
    """NumPy's BLAS: the OpenBLAS that its wheels bring along, or another one (MKL, BLIS, a distribution's own)
    if threadpoolctl is installed, which knows them. None for one whose number of threads stays what it is."""
    getter, setter = openblas_function("get_num_threads"), openblas_function("set_num_threads")
    if getter is not None and setter is not None:
        return Blas(getter, setter)
    try:
        from threadpoolctl import ThreadpoolController  # an extra
    except ImportError:
        return None
    for library in ThreadpoolController().lib_controllers:
        if library.user_api == "blas":
            return Blas(library.get_num_threads, library.set_num_threads)
    return None


@functools.cache
def _bundled_openblas() -> ctypes.CDLL | None:
    """The OpenBLAS in NumPy's wheels."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".libs", package / ".dylibs"):
        for file in sorted(folder.glob("*openblas*")):
            return ctypes.CDLL(str(file))  # it is loaded already: this is a handle on it
    return None


def openblas_function(name: str) -> Any:
    """The function openblas_`name` of the OpenBLAS in NumPy's wheels, which decorate names; None without it."""
    library = _bundled_openblas()
    for prefix, suffix in (("scipy_", "64_"), ("", "64_"), ("scipy_", ""), ("", "")):
        function = getattr(library, f"{prefix}openblas_{name}{suffix}", None)
        if function is not None:
            return function
    return None


def core_name() -> str:
    """The processor that OpenBLAS takes this one for, such as "SkylakeX"; "" without OpenBLAS."""
    function = openblas_function("get_corename")
    if function is None:
        return ""
    function.restype = ctypes.c_char_p
    return function().decode()


def blas_name() -> str:
    """NumPy's BLAS in words."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    core = core_name()
    return f"{built['name']} {built['version']}" + (f", for {core}" if core else "")

"""Names of PyTorch's top level that are rare even in its own programs; `compat/further.py` gathers them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.shapes.split import chunk as unsafe_chunk, narrow, split as unsafe_split
from mytorch.tensor import Tensor

__all__ = [
    "OutOfMemoryError", "adjoint", "conj", "frexp", "from_dlpack", "get_autocast_dtype", "histogram",
    "is_autocast_enabled", "narrow_copy", "unsafe_chunk", "unsafe_split",
]  # fmt: skip


class OutOfMemoryError(RuntimeError):
    """A card has no memory left: for `except` in programs that try a smaller batch then. NumPy raises MemoryError."""


class FrexpResult(NamedTuple):
    """What `frexp` returns."""

    mantissa: Any
    exponent: Any


class HistogramResult(NamedTuple):
    """What `histogram` returns."""

    hist: Any
    bin_edges: Any


def adjoint(input: Tensor) -> Tensor:
    """The matrices (..., n, m) transposed."""
    require_tensor("adjoint", "input", input)
    return input.mT


def conj(input: Tensor) -> Tensor:
    """The numbers as they are: none is complex."""
    require_tensor("conj", "input", input)
    return input


def frexp(input: Tensor) -> FrexpResult:
    """(mantissa, exponent) with input = mantissa * 2^exponent, 0.5 <= |mantissa| < 1. The mantissa has a gradient."""
    require_tensor("frexp", "input", input)
    _, exponent = np.frexp(input.data)
    scale = input.new_tensor(np.ldexp(input.dtype.type(1), -exponent))
    return FrexpResult(input * scale, Tensor(np.asarray(exponent, np.int32)))


def histogram(input: Tensor, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """(hist, bin_edges): how many elements are in each of `bins` equal bins, or between the edges `bins`."""
    require_tensor("histogram", "input", input)
    edges = bins.data if isinstance(bins, Tensor) else bins
    weights = None if weight is None else weight.data.reshape(-1)
    counts, edges = np.histogram(input.data.reshape(-1), edges, range, weights=weights, density=density)
    return HistogramResult(Tensor(counts.astype(input.dtype)), Tensor(edges.astype(input.dtype)))


def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`narrow`, in memory of its own."""
    return narrow(input, dim, start, length).clone()


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of another library's array on the CPU."""
    return Tensor(np.from_dlpack(ext_tensor))


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """False: nothing is cast."""
    return False


def get_autocast_dtype(device_type: str = "cuda") -> np.dtype:
    """The default dtype: nothing is cast."""
    return get_default_dtype()

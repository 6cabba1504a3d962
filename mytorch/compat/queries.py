"""Small questions about tensors as functions, PyTorch's names for kinds of things, and its global switches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.compat.devices import CPU, check_device, device
from mytorch.ops.common.operands import require_tensor
from mytorch.tensor import Tensor

__all__ = [
    "Size", "are_deterministic_algorithms_enabled", "channels_last", "contiguous_format", "dtype",
    "get_default_device", "get_float32_matmul_precision", "get_num_interop_threads", "is_complex",
    "is_floating_point", "is_nonzero", "is_same_size", "is_signed", "is_tensor", "layout", "memory_format", "numel",
    "preserve_format", "set_default_device", "set_default_tensor_type", "set_float32_matmul_precision",
    "set_flush_denormal", "set_num_interop_threads", "set_warn_always", "strided", "typename",
    "use_deterministic_algorithms",
]  # fmt: skip

dtype = np.dtype  # isinstance(x.dtype, mytorch.dtype)


class _TupleOfInts(type):
    """Of Size: every shape is one, the plain tuples that `x.shape` gives, too."""

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, tuple) and all(isinstance(n, int) for n in thing)


class Size(tuple, metaclass=_TupleOfInts):
    """A shape as PyTorch makes one, `Size([2, 3])`: a tuple, which `x.shape == Size([2, 3])` compares as such."""

    __slots__ = ()

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        return math.prod(self)


class layout:  # noqa: N801 (PyTorch's name)
    """How elements lie in memory: `strided` is the only layout."""

    def __repr__(self) -> str:
        return "mytorch.strided"


class memory_format:  # noqa: N801 (PyTorch's name)
    """An order of the axes in memory. Given as an argument it chooses nothing: NumPy keeps its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"mytorch.{self.name}"


strided = layout()
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def numel(input: Tensor) -> int:
    """Number of elements."""
    require_tensor("numel", "input", input)
    return input.numel()


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floats."""
    require_tensor("is_floating_point", "input", input)
    return input.dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """Whether the elements are complex numbers."""
    require_tensor("is_complex", "input", input)
    return input.dtype.kind == "c"


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not 0."""
    require_tensor("is_nonzero", "input", input)
    return bool(input)


def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers."""
    require_tensor("is_signed", "input", input)
    return input.dtype.kind in "fic"


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape."""
    require_tensor("is_same_size", "input", input)
    return input.shape == other.shape


def typename(obj: Any) -> str:
    """The name of a Tensor's kind, "torch.FloatTensor", or of another object's class with its module."""
    return obj.type() if isinstance(obj, Tensor) else f"{type(obj).__module__}.{type(obj).__qualname__}"


# ------------------------------------------------------------------------------- global switches


def get_default_device() -> device:
    """Where new tensors are made: device(type='cpu')."""
    return CPU


def set_default_device(device: Any) -> None:
    """RuntimeError unless `device` is the CPU, or None."""
    check_device(device)


def set_default_tensor_type(t: Any) -> None:
    """Left out, as PyTorch advises against it: NotImplementedError, which says what to write."""
    raise NotImplementedError("set_default_tensor_type is left out; write mytorch.set_default_dtype(mytorch.float32)")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Nothing to choose: the same program with the same seed gives the same numbers anyway."""
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms: mode must be True or False, got {mode!r}")


def set_float32_matmul_precision(precision: str) -> None:
    """Nothing to choose: float32 matrix products are computed in float32. ValueError for unknown names."""
    if precision not in ("highest", "high", "medium"):
        raise ValueError(f"precision must be 'highest', 'high' or 'medium', got {precision!r}")


def get_num_interop_threads() -> int:
    """1: operations run one after the other."""
    return 1


def set_num_interop_threads(num_threads: int) -> None:
    """Nothing to choose, see `get_num_interop_threads`."""
    if not isinstance(num_threads, int) or num_threads < 1:
        raise ValueError(f"num_threads must be a positive int, got {num_threads!r}")


def are_deterministic_algorithms_enabled() -> bool:
    """True, see `use_deterministic_algorithms`."""
    return True


def get_float32_matmul_precision() -> str:
    """'highest', see `set_float32_matmul_precision`."""
    return "highest"


def set_flush_denormal(mode: bool) -> bool:
    """False: NumPy has no such switch."""
    return False


def set_warn_always(b: bool) -> None:
    """Nothing to choose: Python's `warnings` decides how often a warning is shown."""

"""What MPI is given: arrays that lie in one piece, of a dtype that it knows, and back into the caller's tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase

__all__ = ["array_of", "as_sent", "described", "require_like", "require_list", "require_rank", "write"]

# Dtypes that MPI has no word for, and those that stand for them on the way.
SENT_AS: dict[Any, Any] = {np.dtype(np.float16): np.dtype(np.float32), np.dtype(np.bool_): np.dtype(np.uint8)}


def array_of(group: Any, call: str, argument: str, value: Any) -> np.ndarray:
    """The array of a Tensor, or an array, which `.data` of a Tensor is. TypeError for anything else."""
    array = value._data if isinstance(value, TensorBase) else value
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{group}: {call}: {argument} must be a Tensor or an array, got {type(value).__name__}")
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(f"{group}: {call}: {argument} must hold numbers or truth values, got dtype {array.dtype}")
    return array


def as_sent(array: np.ndarray) -> np.ndarray:
    """A copy that MPI can send and write into."""
    return np.array(array, dtype=SENT_AS.get(array.dtype, array.dtype), order="C")


def write(value: Any, received: np.ndarray) -> None:
    """Put what came into the tensor or array of the caller, in place."""
    if isinstance(value, TensorBase):
        value._data[...] = received.reshape(value._data.shape)
        value.mark_changed()
    else:
        value[...] = received.reshape(value.shape)


def described(array: np.ndarray) -> str:
    """Its dtype and shape, as messages say them."""
    return f"{array.dtype} {array.shape}"


def require_like(group: Any, call: str, argument: str, value: Any, expected: np.ndarray) -> None:
    """ValueError if an array of the caller cannot take what comes: dtype and shape must be those of `expected`."""
    array = array_of(group, call, argument, value)
    if array.shape != expected.shape or array.dtype != expected.dtype:
        raise ValueError(
            f"{group}: {call}: {argument} must be like tensor, {described(expected)}, got {described(array)}"
        )


def require_list(group: Any, call: str, argument: str, values: Any, like: np.ndarray) -> None:
    """Errors that name the rank if `values` is no list of one tensor for each rank, all like `like`."""
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"{group}: {call}: {argument} must be a list of Tensors, got {type(values).__name__}")
    if len(values) != group.size:
        raise ValueError(
            f"{group}: {call}: {argument} must have one entry for each of the {group.size} ranks, got {len(values)}"
        )
    for i, value in enumerate(values):
        require_like(group, call, f"{argument}[{i}]", value, like)


def require_rank(group: Any, call: str, argument: str, rank: Any) -> int:
    """ValueError if there is no such rank."""
    if isinstance(rank, bool) or not isinstance(rank, (int, np.integer)) or not 0 <= rank < group.size:
        raise ValueError(f"{group}: {call}: {argument} must be a rank from 0 to {group.size - 1}, got {rank!r}")
    return int(rank)

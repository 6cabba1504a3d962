"""`torch.max(outputs.data, 1)`: what PyTorch's programs ask of `.data`, which is an array here; as of `x.detach()`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from mytorch.ops.reductions import extrema
from mytorch.tensor import Tensor

__all__ = ["argmax", "argmin", "max", "min"]

F = TypeVar("F", bound=Callable[..., Any])


def _also_of_arrays(function: F) -> F:
    @functools.wraps(function)
    def with_arrays(input: Any, *args: Any, **kwargs: Any) -> Any:
        return function(Tensor(input) if isinstance(input, np.ndarray) else input, *args, **kwargs)

    with_arrays.__module__ = __name__
    return with_arrays  # type: ignore[return-value]


max = _also_of_arrays(extrema.max)
min = _also_of_arrays(extrema.min)
argmax = _also_of_arrays(extrema.argmax)
argmin = _also_of_arrays(extrema.argmin)

"""GELU by oneDNN, for float32: one pass through memory, where NumPy's formula needs some thirty.

PyTorch calls the same code. Values and slopes are off by 1.2e-6 at most where |x| < 14; where they are tiny
(x < -3) their last digits are lost, unlike those of NumPy's formula."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.runtime import onednn
from mytorch.runtime.blocks import flat_in_memory
from mytorch.runtime.onednn import Argument
from mytorch.runtime.threads import parallel_for

__all__ = ["gelu", "gelu_gradient"]

_TRAINING, _GELU = 64, 0x31
PART = 1 << 19  # elements that one thread computes at a time


def _description(count: int) -> tuple[Any, Any]:
    line = onednn.plain((count,))
    return line, onednn.describe("eltwise_forward", _TRAINING, _GELU, line, line, ctypes.c_float(0), ctypes.c_float(0))


def _forward_kernel(count: int) -> onednn.Kernel:
    line, forward = _description(count)
    return onednn.Kernel(forward, {Argument.SRC: line, Argument.DST: line})


def _gradient_kernel(count: int) -> onednn.Kernel:
    line, forward = _description(count)
    zero = ctypes.c_float(0)
    backward = onednn.describe("eltwise_backward", _GELU, line, line, line, zero, zero, forward)
    return onednn.Kernel(backward, dict.fromkeys((Argument.SRC, Argument.DIFF_DST, Argument.DIFF_SRC), line))


def _run(build: Callable[[int], onednn.Kernel], arrays: dict[int, np.ndarray], result: int) -> np.ndarray | None:
    """An array like the inputs, whatever order they lie in, if it is the same for all; None if there is no kernel."""
    like = next(iter(arrays.values()))
    arrays = arrays | {result: np.empty_like(like)}
    flat = flat_in_memory(*arrays.values())
    parts = [slice(start, min(start + PART, like.size)) for start in range(0, like.size, PART)]
    if flat is None or any(onednn.kernel(build, part.stop - part.start) is None for part in parts):
        return None

    def work(part: slice) -> None:
        kernel = onednn.kernel(build, part.stop - part.start)
        kernel({argument: array[part] for argument, array in zip(arrays, flat)})

    parallel_for(work, parts)
    return arrays[result]


def gelu(x: np.ndarray) -> np.ndarray | None:
    """x P(x). None if the library has no fast code for it, or x has gaps in memory."""
    return _run(_forward_kernel, {Argument.SRC: x}, Argument.DST)


def gelu_gradient(grad_y: np.ndarray, x: np.ndarray) -> np.ndarray | None:
    """grad_y (P(x) + x p(x))."""
    return _run(_gradient_kernel, {Argument.SRC: x, Argument.DIFF_DST: grad_y}, Argument.DIFF_SRC)

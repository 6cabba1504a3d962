"""Which code computes convolution, pooling, norms and GELU: the one place where that is chosen, by dtype and shape.

oneDNN, where that extra is installed and has fast code for float32 arrays of these shapes; else NumPy.
Operations call these functions and know of neither.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from mytorch.ops.activations import gelu_arrays, onednn_gelu
from mytorch.ops.common.channels import channels_last
from mytorch.ops.normalizations.batch_norm_blocks import BlockedBatchNorm
from mytorch.ops.normalizations.layer_norm_arrays import RowNorm
from mytorch.ops.normalizations.onednn_batch_norm import OneDnnBatchNorm
from mytorch.ops.normalizations.onednn_layer_norm import OneDnnRowNorm
from mytorch.ops.windows import conv_arrays, onednn_arrays, pool_arrays
from mytorch.ops.windows.geometry import Window
from mytorch.runtime import onednn

__all__ = [
    "add_windows", "batch_norm", "convolve", "gelu", "gelu_gradient", "input_gradient", "layer_norm", "max_choice",
    "spread_windows", "weight_gradient",
]  # fmt: skip

LARGE_BATCH_NORM = 1 << 15  # numbers
LARGE_FOR_ONEDNN = 1 << 12  # its one call is soon less than the dozen of NumPy


def _for_onednn(*arrays: np.ndarray | None) -> bool:
    """Whether there is an extra to ask, and all the arrays are float32 and have elements."""
    return onednn.in_use() and all(a is None or (a.dtype == np.float32 and a.size > 0) for a in arrays)


def convolve(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, window: Window, groups: int, out: tuple[int, int]
) -> np.ndarray:
    y = onednn_arrays.convolve(x, weight, bias, window, groups, out) if _for_onednn(x, weight, bias) else None
    return conv_arrays.convolve(x, weight, bias, window, groups, out) if y is None else y


def input_gradient(
    grad_y: np.ndarray, weight: np.ndarray, window: Window, groups: int, size: tuple[int, int]
) -> np.ndarray:
    grad_x = None
    if _for_onednn(grad_y, weight):
        grad_x = onednn_arrays.input_gradient(grad_y, weight, window, groups, size)
    return conv_arrays.input_gradient(grad_y, weight, window, groups, size) if grad_x is None else grad_x


def weight_gradient(grad_y: np.ndarray, x: np.ndarray, window: Window, groups: int) -> np.ndarray:
    grad_w = onednn_arrays.weight_gradient(grad_y, x, window, groups) if _for_onednn(grad_y, x) else None
    return conv_arrays.weight_gradient(grad_y, x, window, groups) if grad_w is None else grad_w


def max_choice(x: np.ndarray, window: Window, out: tuple[int, int]) -> Any:
    """Which element of its window each output of a max pool is; see `pool_arrays.WindowChoice`."""
    choice = onednn_arrays.max_choice(x, window, out) if _for_onednn(x) else None
    if choice is not None:
        return choice
    if pool_arrays.PairChoice.fits(window, x.shape[2:]):
        return pool_arrays.PairChoice(x)
    return pool_arrays.WindowChoice(x, window, out)


def add_windows(x: np.ndarray, window: Window, out: tuple[int, int]) -> np.ndarray:
    y = onednn_arrays.add_windows(x, window, out) if _for_onednn(x) else None
    return pool_arrays.add_windows(x, window, out) if y is None else y


def spread_windows(grad_y: np.ndarray, window: Window, size: tuple[int, int]) -> np.ndarray:
    grad_x = onednn_arrays.spread_windows(grad_y, window, size) if _for_onednn(grad_y) else None
    return pool_arrays.spread_windows(grad_y, window, size) if grad_x is None else grad_x


def batch_norm(x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, eps: float) -> Any:
    """For large arrays with channels last in memory: a `BlockedBatchNorm`, or what does the same. Else None."""
    if x.size < LARGE_FOR_ONEDNN or not channels_last(x).flags.c_contiguous:
        return None
    dtypes = {a.dtype for a in (x, weight, bias) if a is not None}
    if len(dtypes) != 1 or x.dtype not in (np.float32, np.float64):
        return None
    if x.ndim == 4 and _for_onednn(x):
        with suppress(onednn.Unsupported):
            return OneDnnBatchNorm(x, weight, bias, eps)
    return BlockedBatchNorm(x, weight, bias, eps) if x.size >= LARGE_BATCH_NORM else None


def layer_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, eps: float) -> Any:
    """A `RowNorm` of the rows of x (M, n), or what does the same."""
    if x.size >= LARGE_FOR_ONEDNN and _for_onednn(x, weight, bias):
        with suppress(onednn.Unsupported):
            return OneDnnRowNorm(x, weight, bias, eps)
    return RowNorm(x, weight, bias, eps)


def gelu(x: np.ndarray, slope_wanted: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """GELU, and its slope if it is wanted: from NumPy, which has computed most of it then. None: `gelu_gradient`."""
    y = onednn_gelu.gelu(x) if x.size >= LARGE_FOR_ONEDNN and _for_onednn(x) else None
    if y is not None:
        return y, None
    return gelu_arrays.gelu_and_slope(x) if slope_wanted else (gelu_arrays.gelu(x), None)


def gelu_gradient(grad_y: np.ndarray, x: np.ndarray) -> np.ndarray:
    grad_x = onednn_gelu.gelu_gradient(grad_y, x) if _for_onednn(grad_y, x) else None
    return grad_y * gelu_arrays.gelu_and_slope(x)[1] if grad_x is None else grad_x

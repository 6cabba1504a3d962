"""Layer norm by oneDNN: what `RowNorm` does, for float32. One call for all rows, because the sums for the
weight's gradient go over all of them; so it runs on one thread."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.normalizations.layer_norm_arrays import Gradients
from mytorch.runtime import onednn
from mytorch.runtime.onednn import Argument

__all__ = ["OneDnnRowNorm"]

_TRAINING, _BACKWARD, _SCALE_AND_SHIFT = 64, 128, 2 | 4


def _forward_description(shape: tuple[int, int], eps: float) -> Any:
    rows, statistic = onednn.plain(shape), onednn.plain(shape[:1])
    flags = ctypes.c_uint(_SCALE_AND_SHIFT)
    return onednn.describe("layer_normalization_forward", _TRAINING, rows, rows, statistic, ctypes.c_float(eps), flags)


def _vectors(shape: tuple[int, int]) -> dict[int, Any]:
    """How the arguments lie in memory that both directions have."""
    statistic, vector = onednn.plain(shape[:1]), onednn.plain(shape[1:])
    return {
        Argument.MEAN: statistic, Argument.VARIANCE: statistic, Argument.SCALE: vector, Argument.SHIFT: vector
    }  # fmt: skip


def _forward_kernel(shape: tuple[int, int], eps: float) -> onednn.Kernel:
    rows = onednn.plain(shape)
    arrays = {Argument.SRC: rows, Argument.DST: rows, **_vectors(shape)}
    return onednn.Kernel(_forward_description(shape, eps), arrays)


def _gradient_kernel(shape: tuple[int, int], eps: float) -> onednn.Kernel:
    rows, statistic, vector = onednn.plain(shape), onednn.plain(shape[:1]), onednn.plain(shape[1:])
    flags, forward = ctypes.c_uint(_SCALE_AND_SHIFT), _forward_description(shape, eps)
    description = onednn.describe(
        "layer_normalization_backward", _BACKWARD, rows, rows, rows, statistic, ctypes.c_float(eps), flags, forward
    )
    arrays = dict.fromkeys((Argument.SRC, Argument.DIFF_DST, Argument.DIFF_SRC), rows)
    arrays |= dict.fromkeys((Argument.DIFF_SCALE, Argument.DIFF_SHIFT), vector)
    return onednn.Kernel(description, arrays | _vectors(shape))


class OneDnnRowNorm:
    """As `RowNorm`."""

    def __init__(self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, eps: float) -> None:
        """x (M, n), weight and bias (n,). Unsupported if there is no fast code for its shape."""
        kernel, self.eps = onednn.kernel(_forward_kernel, x.shape, eps), eps
        if kernel is None or onednn.kernel(_gradient_kernel, x.shape, eps) is None:
            raise onednn.Unsupported(f"layer norm of {x.shape}")
        self.bias = np.ascontiguousarray(bias)
        self.mean, self.var = np.empty((2, len(x)), np.float32)
        self.values = np.empty(x.shape, np.float32)
        kernel({
            Argument.SRC: np.ascontiguousarray(x), Argument.DST: self.values, Argument.MEAN: self.mean,
            Argument.VARIANCE: self.var, Argument.SCALE: np.ascontiguousarray(weight), Argument.SHIFT: self.bias,
        })  # fmt: skip

    def gradients(self, grad_y: np.ndarray, x: np.ndarray, weight: np.ndarray, wanted: Sequence) -> Gradients:
        """dL/dx, dL/dweight and dL/dbias."""
        grad_x, (grad_w, grad_b) = np.empty(x.shape, np.float32), np.empty((2, x.shape[1]), np.float32)
        onednn.kernel(_gradient_kernel, x.shape, self.eps)({
            Argument.SRC: np.ascontiguousarray(x), Argument.DIFF_DST: np.ascontiguousarray(grad_y),
            Argument.DIFF_SRC: grad_x, Argument.MEAN: self.mean, Argument.VARIANCE: self.var,
            Argument.SCALE: np.ascontiguousarray(weight), Argument.SHIFT: self.bias,
            Argument.DIFF_SCALE: grad_w, Argument.DIFF_SHIFT: grad_b,
        })  # fmt: skip
        return grad_x, grad_w, grad_b

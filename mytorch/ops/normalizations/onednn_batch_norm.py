"""Batch norm by oneDNN: what `BlockedBatchNorm` does, for float32 images. One call for the whole batch, because
its sums go over all of it; so it runs on one thread, which is faster than NumPy on several."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from mytorch.ops.normalizations.batch_norm_blocks import Gradients
from mytorch.runtime import onednn
from mytorch.runtime.onednn import Argument

__all__ = ["OneDnnBatchNorm"]

_TRAINING, _BACKWARD, _SCALE_AND_SHIFT = 64, 128, 2 | 4
_VECTORS = (Argument.MEAN, Argument.VARIANCE, Argument.SCALE)


def _forward_description(images: Any, eps: float) -> Any:
    flags = ctypes.c_uint(_SCALE_AND_SHIFT)
    return onednn.describe("batch_normalization_forward", _TRAINING, images, images, ctypes.c_float(eps), flags)


def _forward_kernel(shape: tuple[int, ...], eps: float) -> onednn.Kernel:
    images, vector = onednn.channels_last(shape), onednn.plain(shape[1:2])
    vectors = dict.fromkeys((*_VECTORS, Argument.SHIFT), vector)
    return onednn.Kernel(
        _forward_description(images, eps), {Argument.SRC: images, Argument.DST: images, **vectors}
    )  # fmt: skip


def _gradient_kernel(shape: tuple[int, ...], eps: float) -> onednn.Kernel:
    images, vector = onednn.channels_last(shape), onednn.plain(shape[1:2])
    flags, forward = ctypes.c_uint(_SCALE_AND_SHIFT), _forward_description(images, eps)
    description = onednn.describe(
        "batch_normalization_backward", _BACKWARD, images, images, images, ctypes.c_float(eps), flags, forward
    )
    arrays = dict.fromkeys((Argument.SRC, Argument.DIFF_DST, Argument.DIFF_SRC), images)
    vectors = dict.fromkeys((*_VECTORS, Argument.DIFF_SCALE, Argument.DIFF_SHIFT), vector)
    return onednn.Kernel(description, {**arrays, **vectors})


class OneDnnBatchNorm:
    """`values`: the normalized x.  `mean`, `var` (biased): of each channel, (C,)."""

    def __init__(self, x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, eps: float) -> None:
        """x (N, C, H, W), channels last in memory. Unsupported if there is no fast code for its shape."""
        kernel, self.eps = onednn.kernel(_forward_kernel, x.shape, eps), eps
        if kernel is None or onednn.kernel(_gradient_kernel, x.shape, eps) is None:
            raise onednn.Unsupported(f"batch norm of {x.shape}")
        self.mean, self.var, ones, zeros = np.zeros((4, x.shape[1]), np.float32)
        ones += 1
        self.weight = ones if weight is None else np.ascontiguousarray(weight)
        self.values = np.empty_like(x)
        kernel({
            Argument.SRC: x, Argument.DST: self.values, Argument.MEAN: self.mean, Argument.VARIANCE: self.var,
            Argument.SCALE: self.weight, Argument.SHIFT: zeros if bias is None else np.ascontiguousarray(bias),
        })  # fmt: skip

    def gradients(self, grad_y: np.ndarray, x: np.ndarray, weight: np.ndarray | None, need_x: bool) -> Gradients:
        """dL/dx, dL/dweight and dL/dbias."""
        grad_x, (grad_w, grad_b) = np.empty_like(x), np.empty((2, x.shape[1]), np.float32)
        grad_y = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))
        onednn.kernel(_gradient_kernel, x.shape, self.eps)({
            Argument.SRC: x, Argument.DIFF_DST: grad_y, Argument.DIFF_SRC: grad_x, Argument.MEAN: self.mean,
            Argument.VARIANCE: self.var, Argument.SCALE: self.weight, Argument.DIFF_SCALE: grad_w,
            Argument.DIFF_SHIFT: grad_b,
        })  # fmt: skip
        return grad_x, grad_w, grad_b

"""Layer norm of the rows of a matrix: the formulas of `LayerNorm`, with products in place of sums.

The mean of dL/dy * w over a row is the product of that row with w / n."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mytorch.runtime.accumulate import mean_over, sum_of_rows

__all__ = ["Gradients", "RowNorm"]

Gradients = tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]  # of x, weight and bias


class RowNorm:
    """`values`: the normalized x, scaled and shifted."""

    def __init__(self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, eps: float) -> None:
        """x (M, n), weight and bias (n,)."""
        z = x - mean_over(x, (1,), keepdims=True)
        self.s = np.sqrt(mean_over(z * z, (1,), keepdims=True) + x.dtype.type(eps))
        z /= self.s
        self.z = z
        self.values = z * weight
        self.values += bias

    def gradients(self, grad_y: np.ndarray, x: np.ndarray, weight: np.ndarray, wanted: Sequence) -> Gradients:
        """dL/dx, dL/dweight and dL/dbias; None for those of the three that are not `wanted`."""
        z, count = self.z, self.z.shape[1]
        grad_x = grad_w = grad_b = None
        times_z = grad_y * z
        if wanted[0] is not None:
            column = (weight / grad_y.dtype.type(count or 1)).reshape(count, 1)
            grad_x = grad_y * weight
            grad_x -= grad_y @ column
            grad_x -= z * (times_z @ column)
            grad_x /= self.s
        if wanted[1] is not None:
            grad_w = sum_of_rows(times_z)
        if wanted[2] is not None:
            grad_b = sum_of_rows(np.ascontiguousarray(grad_y))
        return grad_x, grad_w, grad_b

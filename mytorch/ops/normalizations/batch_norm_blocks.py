"""Batch norm of large arrays whose channels are last in memory: the formulas of `BatchNorm`, block by block.

(N, C, H, W) is read as rows of about a thousand numbers (several pixels, each with its channels; the
channels' vectors repeated as often), some rows at a time: what a formula of several steps makes in
between stays in the cache. The blocks are shared by the threads.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mytorch.ops.common.channels import channels_last
from mytorch.runtime.accumulate import sum_of_rows
from mytorch.runtime.threads import parallel_for

__all__ = ["BlockedBatchNorm", "Gradients"]

WIDTH = 1024  # numbers in a row, about
BLOCK = 1 << 17  # numbers in the rows that are computed at a time
WORTH_THREADS = 1 << 20  # numbers

Gradients = tuple[np.ndarray | None, np.ndarray, np.ndarray]  # of x, weight and bias
Formula = Callable[..., np.ndarray]


class _Rows:
    """Arrays of one shape (N, C, ...) as rows (R, k*C), block by block."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape, self.channels = shape, shape[1]
        pixels = int(np.prod(shape)) // self.channels
        self.repeats = 1  # k
        while pixels % (2 * self.repeats) == 0 and 2 * self.repeats * self.channels <= WIDTH:
            self.repeats *= 2
        self.count = pixels // self.repeats
        step = max(1, BLOCK // (self.repeats * self.channels))
        self.blocks = [slice(start, start + step) for start in range(0, self.count, step)]

    def of(self, x: np.ndarray) -> np.ndarray:
        """x as rows: a view if its channels are last in memory, else a copy."""
        return np.ascontiguousarray(channels_last(x)).reshape(self.count, -1)

    def images(self, rows: np.ndarray) -> np.ndarray:
        """The reverse of `of`."""
        n, c, *sizes = self.shape
        return np.moveaxis(rows.reshape(n, *sizes, c), -1, 1)

    def repeated(self, vector: np.ndarray) -> np.ndarray:
        """(C,) -> (k*C,)"""
        return np.tile(vector, self.repeats)

    def each(self, formula: Formula, *arrays: np.ndarray) -> np.ndarray:
        """formula(rows, rows, ...) of every block, as rows."""
        result = np.empty_like(arrays[0])

        def work(block: slice) -> None:
            result[block] = formula(*[a[block] for a in arrays])

        parallel_for(work, self.blocks, result.size > WORTH_THREADS)
        return result

    def sums(self, formulas: list[Formula], *arrays: np.ndarray) -> list[np.ndarray]:
        """For each formula, the sum of formula(rows, rows, ...) over everything but the channels, (C,)."""
        parts = np.empty((len(formulas), len(self.blocks), self.repeats * self.channels), arrays[0].dtype)

        def work(number: int) -> None:
            rows = [a[self.blocks[number]] for a in arrays]
            for i, formula in enumerate(formulas):
                parts[i, number] = sum_of_rows(formula(*rows))

        parallel_for(work, range(len(self.blocks)), arrays[0].size > WORTH_THREADS)
        return [sum_of_rows(sum_of_rows(part).reshape(self.repeats, self.channels)) for part in parts]


class BlockedBatchNorm:
    """`values`: the normalized x.  `mean`, `var` (biased): of each channel, (C,)."""

    def __init__(self, x: np.ndarray, weight: np.ndarray | None, bias: np.ndarray | None, eps: float) -> None:
        """x (N, C, ...), weight and bias (C,), or both None for 1 and 0."""
        self.rows = rows = _Rows(x.shape)
        self.count = x.size // x.shape[1]
        data = rows.of(x)
        self.mean = rows.sums([lambda x: x], data)[0] / x.dtype.type(self.count)
        self.means = means = rows.repeated(self.mean)

        def squares(x: np.ndarray) -> np.ndarray:
            centred = x - means
            return np.square(centred, out=centred)

        self.var = rows.sums([squares], data)[0] / x.dtype.type(self.count)
        self.inverse_std = 1 / np.sqrt(self.var + x.dtype.type(eps))
        scales = rows.repeated(self.inverse_std if weight is None else self.inverse_std * weight)
        shifts = None if bias is None else rows.repeated(bias)

        def normalized(x: np.ndarray) -> np.ndarray:
            y = x - means
            y *= scales  # z * weight
            if shifts is not None:
                y += shifts
            return y

        self.values = rows.images(rows.each(normalized, data))

    def gradients(self, grad_y: np.ndarray, x: np.ndarray, weight: np.ndarray | None, need_x: bool) -> Gradients:
        """dL/dx (None unless wanted), dL/dweight and dL/dbias."""
        rows, means = self.rows, self.means
        data, dy = rows.of(x), rows.of(grad_y)
        grad_b, centred_sum = rows.sums([lambda dy, x: dy, lambda dy, x: (x - means) * dy], dy, data)
        grad_w = centred_sum * self.inverse_std
        if not need_x:
            return None, grad_w, grad_b
        count = x.dtype.type(self.count)
        slopes = rows.repeated(self.inverse_std * grad_w / count)
        shares = rows.repeated(grad_b / count)
        scales = rows.repeated(self.inverse_std if weight is None else self.inverse_std * weight)

        def formula(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
            dx = x - means
            dx *= slopes  # z * dL/dweight / n
            dx += shares  # dL/dbias / n
            np.subtract(dy, dx, out=dx)
            dx *= scales
            return dx

        return rows.images(rows.each(formula, dy, data)), grad_w, grad_b

"""Large products of matrices: on MyTorch's threads, and where it pays as many small ones.

BLAS's own threads stay asleep: after a product they look out for the next one, for some milliseconds,
on the cores that MyTorch's threads need.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from mytorch.runtime.blas import core_name
from mytorch.runtime.threads import get_num_threads, one_blas_thread, parallel_for

__all__ = ["inner_product", "product", "product_in_tiles", "small_ones_are_faster"]

WORTH_THREADS = 1 << 24  # multiplications
SMALL = 1_000_000  # multiplications: so much OpenBLAS computes without copying the matrices together first
NARROW, WIDE = 40, 256  # columns: where halves of the rows, or of the columns, were measured to be faster
TALLEST, NARROWEST = 256, 16  # rows of a small product, and columns of what it is multiplied with


def product(a: Any, b: Any) -> Any:
    """a @ b, of arrays or Tensors. Large ones are shared by the threads: rows of a, or products of a batch.

    (..., M, K) @ (K, N) is one product of all rows, not one for each of the batch."""
    if not isinstance(a, np.ndarray):
        return a @ b
    if a.ndim > 2 and b.ndim == 2 and a.flags.c_contiguous and a.size:
        return product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[1])
    if get_num_threads() == 1:
        return _by_one_thread(a, b)
    with one_blas_thread:
        if a.size * b.shape[-1] < WORTH_THREADS or len(a) < get_num_threads():
            return _by_one_thread(a, b)
        if a.ndim == b.ndim == 2:
            # BLAS computes 16 or 24 rows at a time and those that are left over in another way, which rounds the last
            # columns differently. Cut between its blocks, and no bit depends on the number of threads.
            block = 16 if b.shape[1] % 16 == 0 else 48
            step = -(-len(a) // (get_num_threads() * block)) * block
        elif a.ndim == b.ndim > 2 and a.shape[:-2] == b.shape[:-2]:
            step = -(-len(a) // get_num_threads())
        else:
            return a @ b
        result = np.empty((*a.shape[:-1], b.shape[-1]), np.result_type(a, b))
        parts = [slice(start, start + step) for start in range(0, len(a), step)]
        parallel_for(lambda p: np.matmul(a[p], b if b.ndim == 2 else b[p], out=result[p]), parts)
        return result


def _by_one_thread(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b. A product that is a little too large for OpenBLAS to compute as it lies in memory: two of its halves."""
    work = a.size * b.shape[-1]
    if (
        not SMALL < work <= 2 * SMALL
        or a.dtype != np.float32
        or not a.ndim == b.ndim == 2
        or not small_ones_are_faster()
    ):
        return a @ b
    (rows, inner), columns = a.shape, b.shape[1]
    lies_well = b.flags.c_contiguous
    if a.flags.c_contiguous and rows % 2 == 0 and (lies_well or columns <= NARROW):
        return np.matmul(a.reshape(2, rows // 2, inner), b).reshape(rows, columns)
    if lies_well and columns >= WIDE:
        result, half = np.empty((rows, columns), np.result_type(a, b)), columns // 2
        np.matmul(a, b[:, :half], out=result[:, :half])
        np.matmul(a, b[:, half:], out=result[:, half:])
        return result
    return a @ b


# ------------------------------------------------------------ many small products for a large one
@functools.cache
def small_ones_are_faster() -> bool:
    """Whether OpenBLAS multiplies small matrices as they lie in memory. It does for AVX-512; for AVX2 the
    large product, whose parts it copies together first, is faster."""
    return core_name() in ("SkylakeX", "Cooperlake", "SapphireRapids")


def _as_small_ones(a: np.ndarray, b: np.ndarray, *others: np.ndarray) -> bool:
    """Whether a product of these would gain: a large one of float32, whose rows lie one after another, so
    that a stack of blocks of them is a view."""
    large = a.dtype == np.float32 and a.size * b.shape[1] > SMALL and small_ones_are_faster()
    return large and all(matrix.flags.c_contiguous for matrix in (a, b, *others))


def product_in_tiles(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """out = a @ b for a tall a: (M, K), (K, N), (M, N), as products of some rows each."""
    (rows, inner), columns = a.shape, b.shape[1]
    tile = min(TALLEST, SMALL // max(1, inner * columns) // 16 * 16)
    if tile < 32 or tile >= rows or not _as_small_ones(a, b, out):
        np.matmul(a, b, out=out)
        return
    full = rows // tile * tile
    np.matmul(a[:full].reshape(-1, tile, inner), b, out=out[:full].reshape(-1, tile, columns))
    if full < rows:
        np.matmul(a[full:], b, out=out[full:])


def inner_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """out = a^T @ b for tall matrices: (M, K), (M, N), (K, N), as the sum of products of some rows and columns."""
    (rows, inner), columns = a.shape, b.shape[1]
    full = rows // TALLEST * TALLEST
    # Into how many parts the columns of a must be cut for a small product.
    parts = next((p for p in range(1, 65) if inner % p == 0 and inner // p * columns * TALLEST <= SMALL), inner)
    if inner // parts < NARROWEST or full < 2 * TALLEST or not _as_small_ones(a, b):
        np.matmul(a.T, b, out=out)
        return
    tiles = a[:full].reshape(-1, TALLEST, parts, inner // parts).transpose(0, 2, 3, 1)  # (tile, part, K/part, 256)
    products = np.matmul(tiles, b[:full].reshape(-1, 1, TALLEST, columns))  # (tile, part, K/part, N)
    np.add.reduce(products, axis=0, out=out.reshape(parts, inner // parts, columns))
    if full < rows:
        out += a[full:].T @ b[full:]

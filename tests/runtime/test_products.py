"""Products of matrices in pieces: the same numbers as one product, the same bits on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch.runtime import products
from mytorch.runtime.products import inner_product, product, product_in_tiles


@pytest.fixture
def _restored():
    before = mytorch.get_num_threads()
    yield
    mytorch.set_num_threads(before)


def matrices(m: int, k: int, n: int, dtype: str = "float32") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(m + k + n)
    return tuple(rng.standard_normal(shape).astype(dtype) for shape in ((m, k), (k, n), (m, n)))


SIZES = [(4096, 288, 32), (4111, 150, 16), (1024, 288, 64), (3000, 27, 32), (700, 513, 17), (40, 30, 20), (5, 7, 3)]


@pytest.mark.parametrize("small_ones", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_products_in_tiles(size, small_ones: bool, monkeypatch) -> None:
    monkeypatch.setattr(products, "small_ones_are_faster", lambda: small_ones)
    a, b, d = matrices(*size)
    out, inner = np.full(d.shape, np.nan, "f4"), np.full(b.shape, np.nan, "f4")
    product_in_tiles(a, b, out)
    inner_product(a, d, inner)
    exact = a.astype("f8") @ b
    np.testing.assert_allclose(out, exact, rtol=1e-4, atol=1e-5 * np.abs(exact).max())
    exact = a.T.astype("f8") @ d
    np.testing.assert_allclose(inner, exact, rtol=1e-4, atol=1e-5 * np.abs(exact).max())


def test_tiles_are_used_for_tall_matrices(monkeypatch) -> None:
    """With a product of 3-d arrays, which is what OpenBLAS gets as many small ones."""
    monkeypatch.setattr(products, "small_ones_are_faster", lambda: True)
    seen = []
    matmul = np.matmul
    monkeypatch.setattr(np, "matmul", lambda a, b, **keywords: (seen.append(a.ndim), matmul(a, b, **keywords))[1])
    a, b, d = matrices(4111, 150, 16)
    product_in_tiles(a, b, np.empty(d.shape, "f4"))
    inner_product(a, d, np.empty(b.shape, "f4"))
    assert seen == [3, 2, 4]  # the rows that are left over, too
    seen.clear()
    product_in_tiles(np.asfortranarray(a), b, np.empty(d.shape, "f4"))
    product_in_tiles(a.astype("f8"), b.astype("f8"), np.empty(d.shape))
    assert seen == [2, 2]


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shapes", [
    ((128, 784), (784, 512)), ((129, 700), (700, 333)), ((512, 128), (128, 784)), ((16, 64, 128), (128, 300)),
    ((65, 64, 64), (65, 64, 64)), ((3, 2), (2, 4)), ((700,), (700, 30)), ((2, 1, 5, 4), (3, 4, 6)), ((0, 4), (4, 5)),
])  # fmt: skip
def test_the_same_bits_on_any_number_of_threads(shapes, dtype: str) -> None:
    rng = np.random.default_rng(0)
    a, b = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    results = []
    for count in (1, 2, 3):
        mytorch.set_num_threads(count)
        results.append(product(a, b))
    np.testing.assert_allclose(results[0], np.matmul(a, b), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
    assert results[0].dtype == results[1].dtype == dtype


@pytest.mark.usefixtures("_restored")
def test_rows_are_shared_by_the_threads_and_blas_has_one(monkeypatch) -> None:
    mytorch.set_num_threads(2)
    parts = []
    monkeypatch.setattr(products, "parallel_for", lambda work, items: parts.extend(items) or [work(i) for i in items])
    a, b, _ = matrices(256, 512, 512)
    np.testing.assert_allclose(product(a, b), a @ b, rtol=1e-3, atol=1e-3)
    assert parts == [slice(0, 128), slice(128, 256)]

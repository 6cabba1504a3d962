"""Formulas in blocks and choices without branches give what NumPy gives in one go, in every memory order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mytorch.runtime.blocks import BLOCK, in_blocks
from mytorch.runtime.choice import SMALL, choose, keep

LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": lambda x: x,
    "Fortran": np.asfortranarray,
    "channels last": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0),
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[::-1],
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}
SHAPES = [(3, BLOCK // 2 + 1, 2), (2, 3, 4), (1, 0, 2)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_formula_in_blocks(shape, layout) -> None:
    rng = np.random.default_rng(0)
    x, y = LAYOUTS[layout](rng.standard_normal(shape)), rng.standard_normal(shape)
    product, difference = in_blocks(lambda a, b: (a * b, a - b), x, y)
    np.testing.assert_array_equal(product, x * y)
    np.testing.assert_array_equal(difference, x - y)
    np.testing.assert_array_equal(in_blocks(lambda a: a * 2, x), x * 2)


def test_the_memory_order_stays() -> None:
    x = LAYOUTS["channels last"](np.ones((4, 100, 100)))
    assert in_blocks(lambda a: a + 1, x).strides == x.strides


def test_a_formula_sees_at_least_one_axis() -> None:
    y = in_blocks(lambda a: np.add(a, 1, out=np.empty_like(a)), np.array(2.0))
    assert y.shape == ()
    assert y == 3


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rows", [2, SMALL])
def test_choices(rows, layout, dtype) -> None:
    rng = np.random.default_rng(1)
    x, y = (LAYOUTS[layout](rng.integers(-9, 9, (rows, 3, 4)).astype(dtype)) for _ in range(2))
    if dtype is not np.int64 and layout != "broadcast":
        x[0], y[1] = np.nan, np.inf
    for mask in (x > 0, np.ascontiguousarray(x > 0), np.ones(4, bool)):
        np.testing.assert_array_equal(keep(mask, x), np.where(mask, x, np.zeros_like(x)))
        np.testing.assert_array_equal(choose(mask, x, y), np.where(mask, x, y))
        assert keep(mask, x).dtype == choose(mask, x, y).dtype == dtype

"""erf, erfc and GELU against Python's own error function, over the whole range, at every size of the two ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch.ops.elementwise.erf_arrays import FEW, erf_array, erfc_array
from mytorch.tensor import Tensor

SIZES = [1, FEW, FEW + 1, 40_000]  # one element, the last that goes one by one, the first that does not, blocks


def _points(dtype: type, size: int, high: float) -> np.ndarray:
    rng = np.random.default_rng(size)
    spread = np.concatenate(
        [rng.uniform(-high, high, size), rng.uniform(-1.1, 1.1, size), 10.0 ** rng.uniform(-30, 0, size)]
    )
    return rng.permutation(spread)[:size].astype(dtype)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("dtype", "high", "bound"), [(np.float64, 26.5, 1.0e-15), (np.float32, 9.1, 4e-7)])
def test_every_digit_from_0_to_the_tails(dtype, high, bound, size) -> None:
    x = _points(dtype, size, high)
    for function, exact in ((erf_array, math.erf), (erfc_array, math.erfc)):
        found = function(x)
        assert found.dtype == dtype
        expected = np.array([exact(float(value)) for value in x])
        np.testing.assert_allclose(found.astype(np.float64), expected, rtol=bound, err_msg=function.__name__)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("repeats", [1, 60])
def test_ends_and_nan(dtype, repeats) -> None:
    x = np.array([0, -0.0, np.inf, -np.inf, np.nan, 60, -60] * repeats, dtype)
    np.testing.assert_array_equal(erf_array(x), np.array([0, 0, 1, -1, np.nan, 1, -1] * repeats, dtype))
    np.testing.assert_array_equal(erfc_array(x), np.array([1, 1, 0, 2, np.nan, 0, 2] * repeats, dtype))
    assert np.signbit(erf_array(x))[1]


@pytest.mark.parametrize("size", SIZES)
def test_gelu_and_its_slope(size) -> None:
    x = Tensor(_points(np.float64, size, 30), requires_grad=True)
    y = F.gelu(x)
    below = np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in x.data])
    np.testing.assert_allclose(y.data, x.data * below, rtol=1e-12, atol=1e-300)
    y.sum().backward()
    density = np.exp(-x.data * x.data / 2) / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(x.grad.data, below + x.data * density, rtol=1e-10, atol=1e-15)


def test_the_gradient_of_the_gradient_of_gelu_in_blocks() -> None:
    """Arrays take the fused way, Tensors the formula: they must be one function."""
    x = Tensor(np.linspace(-6, 6, 20_001), requires_grad=True)
    F.gelu(x).sum().backward()
    fused = x.grad.data.copy()
    x.grad = None
    F.gelu(x).sum().backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, fused, rtol=1e-10, atol=1e-15)
    first, x.grad = x.grad, None
    first.sum().backward()
    density = np.exp(-x.data * x.data / 2) / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(x.grad.data, density * (2 - x.data * x.data), rtol=1e-9, atol=1e-12)

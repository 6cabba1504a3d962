"""Wrong arguments to element-wise functions and reductions."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional as F
from mytorch.tensor import Tensor

X = Tensor(np.arange(6.0).reshape(2, 3))
WHOLE = Tensor([1, 2, 3])
EMPTY = Tensor(np.zeros((0, 3)))

WRONG = [
    (lambda: F.clamp(X), ValueError, r"clamp: at least one of min and max"),
    (lambda: F.clamp(X, "a"), TypeError, r"clamp: expected a Tensor, a number or a NumPy array, got str"),
    (lambda: F.where(X, X, X), TypeError, r"where: condition must be a bool tensor, got dtype float64"),
    (lambda: F.where(X > 1, X), TypeError, r"where: other is missing"),
    (lambda: F.where(True, X, X), TypeError, r"where: condition must be a Tensor, got bool"),
    (lambda: F.frac(WHOLE), TypeError, r"frac: input must be a floating point tensor, got dtype int64"),
    (lambda: F.round(WHOLE, decimals=1), TypeError, r"round: decimals needs a floating point tensor"),
    (lambda: F.lerp(WHOLE, X, 0.5), TypeError, r"lerp: input must be a floating point tensor"),
    (lambda: F.lerp(X, WHOLE, 0.5), TypeError, r"lerp: end must be a floating point tensor"),
    (lambda: F.remainder(WHOLE, 0), ZeroDivisionError, r"remainder: an integer was divided by 0"),
    (lambda: WHOLE // Tensor([1, 0, 1]), ZeroDivisionError, r"floor_divide: an integer was divided by 0"),
    (lambda: F.isclose(X, WHOLE), TypeError, r"isclose: both tensors must have one dtype, got float64 and int64"),
    (lambda: F.isclose(X, X, rtol=-1), ValueError, r"isclose: rtol and atol must not be negative"),
    (lambda: F.allclose(X, 1.0), TypeError, r"isclose: other must be a Tensor, got float"),
    (lambda: F.maximum(1.0, X), TypeError, r"maximum: input must be a Tensor, got float"),
    (lambda: F.pow(2.0, 3.0), TypeError, r"pow: input must be a Tensor, got float"),
    (lambda: X.var(unbiased=True, correction=1), TypeError, r"var: give correction or unbiased, not both"),
    (lambda: X.std(2), IndexError, r"var: dim must be in \[-2, 1\]"),
    (lambda: X.prod(2), IndexError, r"prod: dim must be in \[-2, 1\] for a 2-d tensor, got 2"),
    (lambda: X.prod((0, 1)), TypeError, r"prod: dim must be an int, got tuple"),
    (lambda: X.cumsum(-3), IndexError, r"cumsum: dim must be in"),
    (lambda: X.cumprod("a"), TypeError, r"cumprod: dim must be an int, got str"),
    (lambda: X.logsumexp((0, 0)), ValueError, r"logsumexp: dim names an axis twice"),
    (lambda: X.norm("max"), ValueError, r"norm: p must be a number, inf, -inf, 'fro' or 'nuc', got 'max'"),
    (lambda: mytorch.linalg.vector_norm(X, "fro"), TypeError, r"vector_norm: ord must be a number, got 'fro'"),
    (lambda: X.min(2), IndexError, r"min: dim must be in"),
    (lambda: EMPTY.min(), ValueError, r"min: no elements to choose from"),
    (lambda: EMPTY.amin(0), ValueError, r"min: no elements to choose from along dim \(0,\) of shape \(0, 3\)"),
    (lambda: EMPTY.argmax(), ValueError, r"argmax: no elements"),
    (lambda: EMPTY.argmin(0), ValueError, r"argmin: no elements"),
    (lambda: EMPTY.median(0), ValueError, r"median: no elements"),
    (lambda: EMPTY.norm(float("inf")), ValueError, r"no elements"),
    (lambda: X.topk(4), ValueError, r"topk: k must be in 0\.\.3, the size of dim 1, got 4"),
    (lambda: X.topk(-1), ValueError, r"topk: k must be in 0\.\.3"),
    (lambda: X.sort(2), IndexError, r"sort: dim must be in"),
    (lambda: X.argsort(2), IndexError, r"argsort: dim must be in"),
    (lambda: X.any(5), IndexError, r"any: dim must be in"),
    (lambda: X.count_nonzero(-3), IndexError, r"count_nonzero: dim must be in"),
    (lambda: F.sin(1.0), TypeError, r"sin: input must be a Tensor, got float"),
    (lambda: F.erf([1.0]), TypeError, r"erf: input must be a Tensor, got list"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_numpys_names() -> None:
    for name in ("std", "amin", "prod", "logsumexp", "norm", "any", "all", "median", "min"):
        found, expected = getattr(X, name)(axis=1, keepdims=True), getattr(X, name)(dim=1, keepdim=True)
        if isinstance(found, tuple):
            found, expected = found[0], expected[0]
        np.testing.assert_array_equal(found.data, expected.data)
        assert found.shape == (2, 1)
    np.testing.assert_array_equal(X.cumsum(axis=0).data, X.cumsum(0).data)


def test_every_spelling_of_biased_and_unbiased() -> None:
    for spelling in (X.var(0, False), X.var(0, unbiased=False), X.var(0, correction=0)):
        np.testing.assert_allclose(spelling.data, X.data.var(0))
    np.testing.assert_allclose(X.var(False).item(), X.data.var())
    np.testing.assert_allclose(X.std(True).item(), X.data.std(ddof=1))
    assert X.std(0, False, True).shape == (1, 3)

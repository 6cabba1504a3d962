"""nan, infinities and ends of domains: values as in PyTorch, and no warning where the result is a right one."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from support.namespaces import MyTorch, PyTorch

from mytorch.tensor import Tensor

nan, inf = np.nan, np.inf
SOME = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e300, -1e300]
ROWS = [[nan, 1.0, 2.0], [-inf, -inf, -inf], [inf, 0.0, -inf], [inf, inf, 1.0], [1e308, 1e308, 0.0], [3.0, 1.0, 2.0]]

# name: (function, input). None of these warns.
QUIET = {
    "abs": (lambda F, x: F.abs(x), SOME),
    "sign": (lambda F, x: F.sign(x), SOME),
    "floor": (lambda F, x: F.floor(x), SOME),
    "ceil": (lambda F, x: F.ceil(x), SOME),
    "trunc": (lambda F, x: F.trunc(x), SOME),
    "round": (lambda F, x: F.round(x), [*SOME, 1.5, 2.5]),
    "erf": (lambda F, x: F.erf(x), SOME),
    "erfc": (lambda F, x: F.erfc(x), SOME),
    "atan": (lambda F, x: F.atan(x), SOME),
    "nan_to_num": (lambda F, x: F.nan_to_num(x), SOME),
    "nan_to_num_values": (lambda F, x: F.nan_to_num(x, 7.0, 8.0, 9.0), SOME),
    "clamp": (lambda F, x: F.clamp(x, -1.0, 2.0), SOME),
    "maximum": (lambda F, x: F.maximum(x, x[..., :1] * 0 + 1), SOME),
    "minimum": (lambda F, x: F.minimum(x[1:], x[:1]), SOME),
    "logaddexp": (lambda F, x: F.logaddexp(x, x), SOME[1:8]),
    "isnan": (lambda F, x: F.isnan(x), SOME),
    "isinf": (lambda F, x: F.isinf(x), SOME),
    "isfinite": (lambda F, x: F.isfinite(x), SOME),
    "logical_not": (lambda F, x: F.logical_not(x), SOME),
    "isclose": (lambda F, x: F.isclose(x, x), SOME),
    "isclose_nan": (lambda F, x: F.isclose(x, x, equal_nan=True), SOME),
    "atan2": (lambda F, x: F.atan2(x, x), SOME),
    "where": (lambda F, x: F.where(x > 0, x, -1.0), SOME),
    "max": (lambda F, x: F.max(x, 1).values, ROWS),
    "max_indices": (lambda F, x: F.max(x, 1).indices, ROWS),
    "min": (lambda F, x: F.min(x, 1).values, ROWS),
    "min_indices": (lambda F, x: F.min(x, 1).indices, ROWS),
    "amax": (lambda F, x: F.amax(x, 1), ROWS),
    "argmax": (lambda F, x: F.argmax(x, 1), ROWS),
    "argmin": (lambda F, x: F.argmin(x), ROWS),
    "logsumexp": (lambda F, x: F.logsumexp(x, 1), ROWS),
    "logsumexp_keep": (lambda F, x: F.logsumexp(x, (0, 1), keepdim=True), ROWS),
    "sort": (lambda F, x: F.sort(x, dim=1, stable=True).values, ROWS),
    "sort_indices": (lambda F, x: F.sort(x, dim=1, stable=True).indices, ROWS),
    "sort_descending": (lambda F, x: F.sort(x, dim=1, stable=True, descending=True).indices, ROWS),
    "topk": (lambda F, x: F.topk(x, 2, 1).values, ROWS),
    "median": (lambda F, x: F.median(x, 1).values, ROWS),
    "median_of_all": (lambda F, x: F.median(x), ROWS),
    "any": (lambda F, x: F.any(x, 1), ROWS),
    "all": (lambda F, x: F.all(x, 1), ROWS),
    "count_nonzero": (lambda F, x: F.count_nonzero(x, 1), ROWS),
    "norm_1": (lambda F, x: F.norm(x, 1, 1), ROWS[:4]),
    "norm_inf": (lambda F, x: F.norm(x, inf, 1), ROWS),
    "norm_0": (lambda F, x: F.norm(x, 0, 1), ROWS),
    "norm_of_zeros": (lambda F, x: F.norm(x, -1, 0), [0.0, 0.0]),
    "empty_sum": (lambda F, x: F.sum(x, 0), np.zeros((0, 2))),
    "empty_prod": (lambda F, x: F.prod(x, 0), np.zeros((0, 2))),
    "empty_mean": (lambda F, x: F.mean(x, 0), np.zeros((0, 2))),
    "empty_mean_of_all": (lambda F, x: F.mean(x), np.zeros((0, 2))),
    "empty_logsumexp": (lambda F, x: F.logsumexp(x, 0), np.zeros((0, 2))),
    "empty_norm": (lambda F, x: F.norm(x, 2, 0), np.zeros((0, 2))),
    "empty_any": (lambda F, x: F.any(x, 0), np.zeros((0, 2))),
    "empty_all": (lambda F, x: F.all(x), np.zeros((0, 2))),
    "empty_median": (lambda F, x: F.median(x), np.zeros((0, 2))),
    "empty_max_along_another": (lambda F, x: F.max(x, 1).indices, np.zeros((0, 2))),
    "empty_argmax_along_another": (lambda F, x: F.argmax(x, 1, True), np.zeros((0, 2))),
    "empty_sort": (lambda F, x: F.sort(x, 0).indices, np.zeros((0, 2))),
}

# These warn, as the same function of NumPy does, that the result is infinite or not a number.
LOUD = {
    "reciprocal": (lambda F, x: F.reciprocal(x), SOME),
    "rsqrt": (lambda F, x: F.rsqrt(x), SOME),
    "sqrt": (lambda F, x: F.sqrt(x), SOME),
    "log": (lambda F, x: F.log(x), SOME),
    "log2": (lambda F, x: F.log2(x), SOME),
    "log10": (lambda F, x: F.log10(x), SOME),
    "log1p": (lambda F, x: F.log1p(x), SOME),
    "logit": (lambda F, x: F.logit(x), [nan, 0.0, 1.0, 0.25, -1.0, 2.0]),
    "exp": (lambda F, x: F.exp(x), SOME),
    "expm1": (lambda F, x: F.expm1(x), SOME),
    "sin": (lambda F, x: F.sin(x), SOME[:9]),
    "asin": (lambda F, x: F.asin(x), SOME),
    "acosh": (lambda F, x: F.acosh(x), SOME),
    "atanh": (lambda F, x: F.atanh(x), SOME),
    "sinh": (lambda F, x: F.sinh(x), SOME),
    "square": (lambda F, x: F.square(x), SOME),
    "frac": (lambda F, x: F.frac(x), SOME[3:]),
    "remainder": (lambda F, x: F.remainder(x, x * 0 + 2), SOME[3:]),
    "remainder_by_0": (lambda F, x: F.remainder(x, x * 0), SOME[3:]),
    "cumsum": (lambda F, x: F.cumsum(x, 1), ROWS),
    "cumprod": (lambda F, x: F.cumprod(x, 1), ROWS),
    "prod": (lambda F, x: F.prod(x, 1), ROWS),
    "norm": (lambda F, x: F.norm(x, dim=1), ROWS),
}


def torchs(function, values) -> np.ndarray:
    torch = pytest.importorskip("torch")
    return function(PyTorch(torch), torch.tensor(np.array(values))).numpy()


@pytest.mark.parametrize("name", QUIET)
def test_right_results_without_warning(name: str) -> None:
    function, values = QUIET[name]
    found = function(MyTorch(), Tensor(np.array(values)))  # a warning would be an error here
    np.testing.assert_allclose(found.data, torchs(function, values), rtol=1e-14)
    assert found.data.dtype == torchs(function, values).dtype


@pytest.mark.parametrize("name", LOUD)
def test_results_outside_the_domain(name: str) -> None:
    function, values = LOUD[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = function(MyTorch(), Tensor(np.array(values)))
    np.testing.assert_allclose(found.data, torchs(function, values), rtol=1e-14)


def test_numpys_warning_outside_the_domain() -> None:
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert MyTorch().log2(Tensor(0.0)).item() == -inf
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(MyTorch().asin(Tensor(2.0)).item())


def test_gradients_outside_the_domain_are_nan() -> None:
    for name, value in (("logit", 1.5), ("acosh", -2.0), ("asin", 1.5), ("acos", -1.5)):
        x = Tensor(value, requires_grad=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            getattr(MyTorch(), name)(x).backward()
        assert np.isnan(x.grad.item()), name


def test_erf_has_all_digits() -> None:
    x = np.array([1e-300, 1e-8, 0.3, 2.0, 5.0, 27.0])
    # From tables (DLMF 7.23 names them); erfc must not be 1 - erf, which is 0 from 6 on.
    assert MyTorch().erf(Tensor(x)).data[3] == 0.9953222650189527
    assert MyTorch().erfc(Tensor(x)).data[4] == pytest.approx(1.5374597944280349e-12, rel=1e-14)
    assert 0 < MyTorch().erfc(Tensor(x)).data[5] < 1e-300
    np.testing.assert_allclose(MyTorch().erf(Tensor(x)).data[:2], 2 / np.sqrt(np.pi) * x[:2], rtol=1e-15)


def test_lerp_meets_both_ends_exactly() -> None:
    start, end = Tensor([1e17, 1.0]), Tensor([1.0, 1e17])
    assert MyTorch().lerp(start, end, 0.0).tolist() == [1e17, 1.0]
    assert MyTorch().lerp(start, end, 1.0).tolist() == [1.0, 1e17]

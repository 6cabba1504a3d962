"""What programs written from memory of PyTorch call beside the common operations, and what the tables of cases
cannot hold: results without gradient, in-place forms, random states, hooks, errors."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch as mt
import mytorch.nn.functional as F
from mytorch import linalg, nn
from mytorch.tensor import Tensor

X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.0]])


def test_cummax_keeps_nan_and_the_last_of_equal_ones() -> None:
    values, indices = mt.cummax(Tensor([1.0, 1.0, np.nan, 5.0]), 0)
    np.testing.assert_array_equal(values.data, [1, 1, np.nan, np.nan])
    assert indices.tolist()[:2] == [0, 1]


def test_sums_without_nan() -> None:
    x = Tensor([[1.0, np.nan], [np.nan, np.nan]], requires_grad=True)
    assert mt.nansum(x).item() == 1.0
    y = mt.nanmean(x, 1)
    np.testing.assert_array_equal(y.data, [1.0, np.nan])
    y[0].backward()
    assert x.grad.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert mt.nanmedian(Tensor([3.0, np.nan, 1.0, 2.0])).item() == 2.0
    assert mt.nanquantile(Tensor([3.0, np.nan, 1.0]), 0.5).item() == 2.0
    assert np.isnan(mt.quantile(Tensor([3.0, np.nan, 1.0]), 0.5).item())


def test_logcumsumexp_neither_overflows_nor_loses_minus_infinity() -> None:
    x = Tensor([-np.inf, -1000.0, 1000.0, 999.0], requires_grad=True)
    y = mt.logcumsumexp(x, 0)
    np.testing.assert_allclose(y.data, [-np.inf, -1000, 1000, 1000 + np.log1p(np.exp(-1))])
    y[1:].sum().backward()
    np.testing.assert_allclose(x.grad.data, [0, 1, 1 + 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))], atol=1e-12)


def test_sets_and_counts() -> None:
    x = Tensor(np.array([3, 1, 3, 3, 2, 2]))
    values, inverse, counts = mt.unique(x, return_inverse=True, return_counts=True)
    assert (values.tolist(), inverse.tolist(), counts.tolist()) == ([1, 2, 3], [2, 0, 2, 2, 1, 1], [1, 2, 3])
    assert mt.unique_consecutive(x, return_counts=True)[1].tolist() == [1, 1, 2, 2]
    assert x.unique().tolist() == [1, 2, 3]
    assert mt.bincount(x, minlength=5).tolist() == [0, 1, 2, 3, 0]
    assert mt.bincount(x, Tensor(np.full(6, 0.5))).tolist() == [0.0, 0.5, 1.0, 1.5]
    assert mt.histc(Tensor([0.0, 1.0, 1.5, 2.0]), 2, 0, 2).tolist() == [1.0, 3.0]
    assert mt.bucketize(Tensor([0.0, 1.0, 5.0]), Tensor([1.0, 3.0])).tolist() == [0, 0, 2]
    assert mt.searchsorted(Tensor([1.0, 3.0]), Tensor([1.0, 2.0]), right=True).tolist() == [1, 1]
    assert mt.isin(x, Tensor(np.array([1, 2]))).tolist() == [False, True, False, False, True, True]


def test_integers_bit_by_bit() -> None:
    x = Tensor(np.array([1, 2, 6]))
    assert (1 & x).tolist() == [1, 0, 0]
    assert (1 | x).tolist() == [1, 3, 7]
    assert (1 ^ x).tolist() == [0, 3, 7]
    assert (x << 1).tolist() == [2, 4, 12]
    assert (1 << x).tolist() == [2, 4, 64]
    assert (x >> 1).tolist() == mt.bitwise_right_shift(x, 1).tolist() == [0, 1, 3]
    assert mt.bitwise_not(x).tolist() == [-2, -3, -7]
    assert mt.gcd(x, Tensor(np.array([4, 4, 4]))).tolist() == [1, 2, 2]
    assert mt.lcm(x, Tensor(np.array([4, 4, 4]))).tolist() == [4, 4, 12]
    with pytest.raises(TypeError, match="bitwise_and: input and other must hold integers, got dtype float64"):
        mt.bitwise_and(Tensor([1.0]), 1)


def test_new_tensors_of_the_dtype_of_another() -> None:
    x = Tensor(np.ones(2, np.float32))
    for made, shape in ((x.new_zeros(2, 3), (2, 3)), (x.new_ones((2, 3)), (2, 3)), (x.new_full((2,), 7), (2,))):
        assert (made.shape, made.dtype) == (shape, np.float32)
    assert x.new_empty(size=(4, 1)).shape == (4, 1)
    made = x.new_tensor([1, 2], requires_grad=True)
    assert (made.dtype, made.tolist(), made.requires_grad, made.is_leaf) == (np.float32, [1.0, 2.0], True, True)
    assert x.new_tensor([1.5], dtype=mt.float64).dtype == np.float64
    assert x.new_ones(2, dtype=mt.int64).dtype == np.int64


def test_what_dtypes_hold() -> None:
    assert mt.finfo(mt.float32).eps == np.finfo(np.float32).eps
    assert mt.finfo().max == np.finfo(np.float64).max
    assert (mt.iinfo(mt.int8).min, mt.iinfo(mt.uint8).max) == (-128, 255)
    with pytest.raises(TypeError, match="iinfo: type must be an integer dtype, got float32"):
        mt.iinfo(mt.float32)
    assert mt.can_cast(mt.int64, mt.float32)
    assert not mt.can_cast(mt.float32, mt.int64)
    assert mt.is_tensor(Tensor(1.0))
    assert not mt.is_tensor(np.ones(1))


def test_triangles() -> None:
    for offset in (-1, 0, 2):
        for ours, numpys in ((mt.tril_indices, np.tril_indices), (mt.triu_indices, np.triu_indices)):
            np.testing.assert_array_equal(ours(3, 4, offset).data, np.stack(numpys(3, offset, 4)))


def test_the_random_state_comes_back() -> None:
    mt.manual_seed(3)
    state = mt.get_rng_state()
    first = mt.randn(5).tolist()
    mt.set_rng_state(state)
    assert mt.randn(5).tolist() == first
    with pytest.raises(TypeError, match="set_rng_state: new_state must be what get_rng_state returned, got int"):
        mt.set_rng_state(3)


def test_a_hook_after_a_gradient_has_been_added() -> None:
    w = nn.Parameter([1.0, 2.0])
    seen = []

    def step(leaf: Tensor) -> None:
        seen.append(leaf.grad.tolist())
        leaf.grad = None

    handle = w.register_post_accumulate_grad_hook(step)
    (w * 2 + w).sum().backward()
    assert (seen, w.grad) == ([[3.0, 3.0]], None)
    handle.remove()
    (w * 2).sum().backward()
    assert len(seen) == 1
    with pytest.raises(RuntimeError, match="for leaves that require grad"):
        (w * 2).register_post_accumulate_grad_hook(step)


def test_gumbel_softmax() -> None:
    mt.manual_seed(0)
    logits = Tensor(np.log([[0.5, 0.3, 0.2]] * 4000), requires_grad=True)
    soft = F.gumbel_softmax(logits, tau=0.5)
    np.testing.assert_allclose(soft.data.sum(1), 1)
    np.testing.assert_allclose(np.eye(3)[soft.data.argmax(1)].mean(0), [0.5, 0.3, 0.2], atol=0.03)
    hard = F.gumbel_softmax(logits, hard=True)
    assert set(np.unique(hard.data.round(12))) == {0.0, 1.0}
    (hard * Tensor([1.0, 2.0, 3.0])).sum().backward()
    assert np.abs(logits.grad.data).max() > 0
    np.testing.assert_allclose(logits.grad.data.sum(1), 0, atol=1e-12)


@pytest.mark.parametrize("include_self", [True, False])
def test_equal_largest_elements_share_the_gradient_evenly(include_self) -> None:
    x = Tensor([2.0, 5.0], requires_grad=True)
    source = Tensor([2.0, 2.0, 1.0], requires_grad=True)
    index = Tensor(np.array([0, 0, 0]))
    x.scatter_reduce(0, index, source, "amax", include_self=include_self)[0].backward()
    share = 1 / 3 if include_self else 1 / 2
    np.testing.assert_allclose(source.grad.data, [share, share, 0])
    np.testing.assert_allclose(x.grad.data, [share if include_self else 0, 0])


def test_windows_are_a_view() -> None:
    x = mt.zeros(5)
    windows = x.unfold(0, 3, 1)
    x[2] = 7.0
    assert windows.tolist() == [[0, 0, 7], [0, 7, 0], [7, 0, 0]]


IN_PLACE = {
    "addcmul_": (lambda x: x.addcmul_(x.new_tensor(X), x.new_tensor(X), value=2), X + 2 * X * X),
    "fmod_": (lambda x: x.fmod_(2), np.fmod(X, 2)),
    "clamp_min_": (lambda x: x.clamp_min_(0.5), np.maximum(X, 0.5)),
    "index_fill_": (lambda x: x.index_fill_(1, Tensor(np.array([0])), 9.0), np.array([[9, -1, 2], [9, 4, -2.0]])),
    "index_put_": (lambda x: x.index_put_((Tensor(np.array([1])),), Tensor(0.0)), X * [[1], [0]]),
    "addmm_": (lambda x: x.addmm_(Tensor(X @ X.T), Tensor(X)), X + X @ X.T @ X),
    "multiply_": (lambda x: x.multiply_(3), X * 3),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_forms(name) -> None:
    function, expected = IN_PLACE[name]
    x = Tensor(X.copy())
    assert function(x) is x
    np.testing.assert_allclose(x.data, expected)


def test_a_pseudoinverse_has_its_gradient_where_singular_values_are_equal() -> None:
    a = Tensor(np.eye(2) * 2, requires_grad=True)
    linalg.pinv(a).sum().backward()
    np.testing.assert_allclose(a.grad.data, -np.ones((2, 2)) / 4)  # that of the inverse


def test_distances_of_all_pairs_can_be_differentiated_twice() -> None:
    rng = np.random.default_rng(0)
    inputs = tuple(Tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((3, 2), (4, 2)))
    assert mt.autograd.gradgradcheck(mt.cdist, inputs)
    x = Tensor(np.ones((2, 2)), requires_grad=True)
    mt.cdist(x, x).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_least_squares() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
    found = linalg.lstsq(Tensor(a), Tensor(b), driver="gelsd")
    x, residuals, rank, sizes = np.linalg.lstsq(a, b, rcond=None)
    for ours, numpys in zip(found, (x, residuals, rank, sizes)):
        np.testing.assert_allclose(ours.data, numpys, rtol=1e-10)


def test_a_full_singular_value_decomposition_without_gradient() -> None:
    u, s, vh = linalg.svd(Tensor(X))
    assert (u.shape, s.shape, vh.shape) == ((2, 2), (2,), (3, 3))
    np.testing.assert_allclose(u.data @ np.diag(s.data) @ vh.data[:2], X)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: mt.quantile(x, 1.5), ValueError, "quantile: q must be from 0 to 1, got 1.5"),
        (lambda x: mt.kthvalue(x, 4), ValueError, r"kthvalue: k must be in 1\.\.3"),
        (lambda x: mt.addmm(x, x, x.T, beta=1), ValueError, "addmm: input of shape .2, 3. does not broadcast"),
        (lambda x: mt.cross(x, x, dim=0), ValueError, "cross: input and other must have as many axes, and size 3"),
        (lambda x: linalg.multi_dot([x]), ValueError, "multi_dot: needs at least 2 tensors, got 1"),
        (lambda x: mt.hsplit(x, 2), ValueError, "hsplit: dim 1 of size 3 does not split into 2 parts"),
        (lambda x: x.unfold(1, 4, 1), ValueError, r"unfold: size must be in 0\.\.3 and step positive, got 4 and 1"),
        (lambda x: mt.index_fill(x, 0, [2], 1.0), IndexError, r"index_fill: index must be in -2\.\.1 for dim 0"),
        (lambda x: x.scatter_reduce(0, [[0]], x, "max"), ValueError, "scatter_reduce: reduce must be one of sum, prod"),
        (lambda x: mt.rot90(x, dims=(0, 0)), ValueError, "rot90: dims must name two different axes"),
        (lambda x: F.grid_sample(x, x), ValueError, r"grid_sample: input must be \(N, C, H, W\)"),
        (lambda x: linalg.qr(x, "all"), ValueError, "qr: mode must be 'reduced', 'complete' or 'r', got 'all'"),
        (lambda x: linalg.eigh(x), ValueError, "eigh: A must be square"),
        (lambda x: mt.bincount(x), ValueError, "bincount: input must be a vector of integers from 0 on"),
        (lambda x: mt.positive(x > 0), TypeError, "positive: not defined for dtype bool"),
        (lambda x: linalg.lstsq(x, x, driver="qr"), ValueError, "lstsq: driver must be 'gels'"),
    ],
)
def test_wrong_arguments(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make(Tensor(X))

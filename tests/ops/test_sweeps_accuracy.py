"""Every sum over many floats, at float32 and float16 and along every axis, against float64: never much
worse than PyTorch, whose error is the bound where it is installed; anywhere within a few units in the
last place. Found in MyTorch: float32 mean(0) of 2^20 rows of 1.1 was 1.1116, float16 norms were inf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional as F
from mytorch.runtime.accumulate import mean_over, sum_of_rows, sum_over
from mytorch.tensor import Tensor

ROWS = 1 << 16
SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [  # shape, reduced axes
    ((ROWS,), (0,)),
    ((ROWS, 3), (0,)),
    ((ROWS + 7, 3), (0,)),
    ((5000, 40), (0,)),
    ((40, 5000), (1,)),
    ((5000, 40), (0, 1)),
    ((3000, 4, 6), (0, 2)),
    ((3000, 4, 6), (1, 0)),
    ((50, 4, 30, 31), (0, 2, 3)),
    ((50, 4, 30, 31), (2, -1)),
    ((4, 600, 5, 8), (1,)),
    ((60, 8, 60, 8), (0, 2)),
]
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": lambda x: x,
    "Fortran": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[::-1],
}


def _numbers(shape: tuple[int, ...], dtype: Any, kind: str) -> np.ndarray:
    rng = np.random.default_rng(len(shape) + shape[0])
    numbers = {"equal": np.full(shape, 1.1), "normal": rng.standard_normal(shape), "far": 3 + rng.random(shape)}
    return numbers[kind].astype(dtype)


def _error(found: Any, exact: np.ndarray, scale: np.ndarray) -> float:
    """Relative to what adding the absolute values gives: the condition of a sum is no fault."""
    return float((np.abs(np.asarray(found, np.float64) - exact) / scale).max())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("shape", "axes"), SHAPES)
def test_sums_keep_their_digits_along_every_axis(shape, axes, layout) -> None:
    for kind in ("equal", "normal", "far"):
        x = LAYOUTS[layout](_numbers(shape, np.float32, kind))
        exact, scale = x.sum(axis=axes, dtype=np.float64), np.abs(x).sum(axis=axes, dtype=np.float64)
        for keepdims in (False, True):
            found = sum_over(x, axes, keepdims)
            assert found.dtype == np.float32
            assert found.shape == x.sum(axis=axes, keepdims=keepdims).shape
            assert _error(found.reshape(exact.shape), exact, scale) < 1e-6, kind
        count = x.size // exact.size
        assert _error(mean_over(x, axes), exact / count, scale / count) < 1e-6, kind


@pytest.mark.parametrize(("shape", "axes"), SHAPES)
def test_float16_sums_are_exact_up_to_the_last_rounding(shape, axes) -> None:
    x = _numbers(shape, np.float16, "normal") / np.float16(8)
    exact = x.sum(axis=axes, dtype=np.float64)
    np.testing.assert_array_equal(sum_over(x, axes), exact.astype(np.float16))
    np.testing.assert_array_equal(sum_over(np.ones(4096, np.float16), (0,)), np.float16(4096))


@pytest.mark.parametrize("rows", [0, 1, 31, 32, 33, 64, 65, 2048, 2049, 5000])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_sum_of_rows(rows, dtype) -> None:
    x = np.random.default_rng(rows).integers(-3, 4, (rows, 9)).astype(dtype)  # sums of whole numbers are exact
    np.testing.assert_array_equal(sum_of_rows(x), x.sum(axis=0, dtype=np.float64))


# name: (function of a namespace F and x, along axis 0 and along the last; shape)
REDUCTIONS: dict[str, Callable[[Any, Any, int], Any]] = {
    "sum": lambda F, x, dim: x.sum(dim),
    "mean": lambda F, x, dim: x.mean(dim),
    "var": lambda F, x, dim: x.var(dim),
    "std": lambda F, x, dim: x.std(dim),
    "norm": lambda F, x, dim: F.norm(x, 2, dim),
    "norm_1": lambda F, x, dim: F.norm(x, 1, dim),
    "norm_3": lambda F, x, dim: F.norm(x, 3, dim),
    "logsumexp": lambda F, x, dim: F.logsumexp(x, dim),
    "softmax": lambda F, x, dim: F.softmax(x, dim) * x.shape[dim],
    "log_softmax": lambda F, x, dim: F.log_softmax(x, dim),
    "cumsum": lambda F, x, dim: F.cumsum(x, dim),
    "normalize": lambda F, x, dim: F.normalize(x, 2.0, dim) * x.shape[dim] ** 0.5,
    "cosine_similarity": lambda F, x, dim: F.cosine_similarity(x, x * x, dim),
}


class _Torch:
    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch, name, None) or getattr(self._torch.nn.functional, name)


class _Ours:
    def __getattr__(self, name: str) -> Any:
        return getattr(mytorch, name, None) or getattr(F, name)


def _value_and_gradient(F: Any, leaf: Any, function: Any, dim: int, cast: Any) -> list[np.ndarray]:
    y = function(F, leaf, dim)
    y.backward(cast(np.ones(tuple(y.shape))))
    return [np.asarray(y.detach().numpy(), np.float64), np.asarray(leaf.grad.detach().numpy(), np.float64)]


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("dim", [0, -1])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_are_as_exact_as_pytorchs(name, dim, dtype) -> None:
    """Value and gradient: within twice PyTorch's error or three units in the last place."""
    torch = pytest.importorskip("torch")
    function = REDUCTIONS[name]
    n = 4096 if dtype == "float32" else 600
    shape = (n, 5) if dim == 0 else (5, n)
    for kind in ("equal", "normal", "far"):
        x = _numbers(shape, dtype, kind)
        if name in ("var", "std", "norm_3") and kind == "equal":
            continue  # gradients of 0 / 0 kind, or above the range
        ours = _value_and_gradient(
            _Ours(), Tensor(x, requires_grad=True), function, dim, lambda a: Tensor(a.astype(dtype))
        )
        theirs = _value_and_gradient(
            _Torch(torch), torch.tensor(x, requires_grad=True), function, dim,
            lambda a: torch.tensor(a.astype(dtype)),
        )  # fmt: skip
        exact = _value_and_gradient(
            _Torch(torch), torch.tensor(x.astype(np.float64), requires_grad=True), function, dim, torch.tensor
        )
        eps = np.finfo(dtype).eps
        for what, a, b, c in zip(("value", "gradient"), ours, theirs, exact):
            with np.errstate(over="ignore"):
                c = c.astype(dtype).astype(np.float64)
            fine = np.isfinite(c)
            assert (np.isfinite(a) == fine).all(), (kind, what)
            largest = np.abs(c[fine]).max(initial=0)
            bound = 2 * np.abs(b - c)[fine & np.isfinite(b)].max(initial=0) + 3 * eps * largest + 1e-3 * eps
            assert np.abs(a - c)[fine].max(initial=0) <= bound, (kind, what)


# ------------------------------------------------------------- what these sums are used for
def test_float32_gradients_of_what_was_broadcast_keep_their_digits() -> None:
    want = np.float64(np.float32(1.1)) * ROWS
    scale = Tensor(np.full((ROWS, 2), 1.1, np.float32))
    bias, row = [Tensor(np.zeros(shape, np.float32), requires_grad=True) for shape in ((2,), (1, 2))]
    ((scale * 0 + bias + row) * scale).sum().backward()
    for leaf in (bias, row):
        np.testing.assert_allclose(leaf.grad.data.reshape(-1), [want, want], rtol=1e-6)


@pytest.mark.parametrize("layer", ["linear", "conv1d", "batch_norm", "expand", "repeat", "einsum", "cat"])
def test_float32_gradients_over_many_rows(layer) -> None:
    n = ROWS
    x = Tensor(np.ones((n, 1), np.float32))
    upstream = Tensor(np.full((n, 2), 1.1, np.float32))
    leaf = Tensor(np.zeros(2, np.float32), requires_grad=True)
    weight = Tensor(np.zeros((2, 1), np.float32))
    want = np.float64(np.float32(1.1)) * n
    if layer == "linear":
        y = F.linear(x, weight, leaf)
    elif layer == "conv1d":
        y = F.conv1d(x.reshape(n, 1, 1), weight.reshape(2, 1, 1), leaf).reshape(n, 2)
    elif layer == "batch_norm":
        y = F.batch_norm(upstream * 1, None, None, Tensor(np.ones(2, np.float32)), leaf, training=True)
    elif layer == "expand":
        y = leaf.expand(n, 2)
    elif layer == "repeat":
        y = leaf.repeat(n, 1)
    elif layer == "einsum":
        y = mytorch.einsum("ij,j->ij", Tensor(np.ones((n, 2), np.float32)), leaf)
    else:  # a copy four times over, and then broadcast
        y = mytorch.cat([leaf.reshape(1, 2)] * 4).sum(0).expand(n, 2) * 0.25
    (y * upstream).sum().backward()
    np.testing.assert_allclose(leaf.grad.data, [want, want], rtol=2e-6)


def test_float32_mean_and_std_of_a_long_column() -> None:
    x = np.full((1 << 18, 2), 1.1, np.float32)
    np.testing.assert_allclose(Tensor(x).mean(0).data, np.float32([1.1, 1.1]), rtol=1e-6)
    assert (Tensor(x).std(0).data < 1e-3).all()
    normal = (2000 + np.random.default_rng(0).standard_normal((1 << 18, 2))).astype(np.float32)
    np.testing.assert_allclose(Tensor(normal).std(0).data, normal.std(0, dtype=np.float64), rtol=1e-5)


def test_float32_running_sums_keep_their_digits() -> None:
    x = np.full(1 << 18, 1.1, np.float32)
    want = np.float64(x[0]) * len(x)
    assert abs(Tensor(x).cumsum(0).data[-1] / want - 1) < 1e-6
    leaf = Tensor(x, requires_grad=True)
    (leaf.cumsum(0) * Tensor(x)).sum().backward()
    assert abs(leaf.grad.data[0] / want - 1) < 1e-6


def test_means_of_adaptive_pooling_and_channels_keep_their_digits() -> None:
    x = np.full((1, 2, 1 << 16), 1.1, np.float32)
    np.testing.assert_allclose(F.adaptive_avg_pool1d(Tensor(x), 1).data, np.full((1, 2, 1), np.float32(1.1)), rtol=1e-6)
    tall = np.ascontiguousarray(x.reshape(1, 2, -1, 1))
    pooled = F.adaptive_avg_pool2d(Tensor(tall), 1).data
    np.testing.assert_allclose(pooled, np.full((1, 2, 1, 1), np.float32(1.1)), rtol=1e-6)


# ---------------------------------------------------------------- float16 on the way
HALF: dict[str, Callable[[Any, Any], Any]] = {
    "layer_norm": lambda F, x: F.layer_norm(x, (x.shape[-1],)),
    "rms_norm": lambda F, x: F.rms_norm(x, (x.shape[-1],), eps=1e-5),
    "group_norm": lambda F, x: F.group_norm(x, 2),
    "instance_norm": lambda F, x: F.instance_norm(x.reshape(2, 2, -1)),
    "batch_norm": lambda F, x: F.batch_norm(x, None, None, training=True),
    "norm": lambda F, x: F.norm(x),
    "std": lambda F, x: F.std(x),
    "mean": lambda F, x: F.mean(x),
    "logsumexp": lambda F, x: F.logsumexp(x, 1),
    "softmax": lambda F, x: F.softmax(x, 1),
    "log_softmax": lambda F, x: F.log_softmax(x, 1),
    "normalize": lambda F, x: F.normalize(x),
    "gelu": lambda F, x: F.gelu(x),
    "gelu_tanh": lambda F, x: F.gelu(x, approximate="tanh"),
    "avg_pool1d": lambda F, x: F.avg_pool1d(x.reshape(2, 1, -1), 4),
    "smooth_l1_loss": lambda F, x: F.smooth_l1_loss(x, x * 0),
    "cross_entropy": lambda F, x: F.cross_entropy(x, x * 0 + 0.25),
}


@pytest.mark.parametrize("size", [1e-4, 1.0, 1000.0, 4000.0])
@pytest.mark.parametrize("name", HALF)
def test_float16_intermediates_neither_overflow_nor_vanish(name, size) -> None:
    x = (np.random.default_rng(1).uniform(0.5, 2, (4, 8)) * size).astype(np.float16)
    function = HALF[name]
    half, wide = Tensor(x, requires_grad=True), Tensor(x.astype(np.float64), requires_grad=True)
    found, exact = function(_Ours(), half), function(_Ours(), wide)
    assert found.dtype == np.float16
    np.testing.assert_allclose(found.data.astype(np.float64), exact.data, rtol=3e-3, atol=2e-3)
    found.mean().backward()
    exact.mean().backward()
    largest = np.abs(exact.data).max()
    np.testing.assert_allclose(half.grad.data, wide.grad.data, rtol=1e-2, atol=4e-3 + 1e-3 * largest / size)


def test_float16_batch_norm_keeps_averages_of_large_numbers() -> None:
    x = Tensor(np.array([[1000.0, 1.0], [3000.0, 2.0], [2000.0, 3.0]], np.float16))
    mean, var = mytorch.zeros(2, dtype="float32"), mytorch.ones(2, dtype="float32")
    y = F.batch_norm(x, mean, var, training=True)
    assert y.dtype == np.float16
    np.testing.assert_allclose(y.data[:, 0].astype(float), [-1.2247, 1.2247, 0], atol=2e-3)
    np.testing.assert_allclose(mean.data, [200, 0.2], rtol=1e-6)
    np.testing.assert_allclose(var.data, [0.9 + 1e5, 1.0], rtol=1e-6)

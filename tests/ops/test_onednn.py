"""Convolution, pooling and normalization of float32, with the extra oneDNN and without, at one and two threads.

Without the extra (not installed, or MYTORCH_ONEDNN=0) only its half of the tests is skipped."""

from __future__ import annotations

import weakref

import numpy as np
import pytest
from support.case import Case
from support.cases import FAMILIES
from support.extra_onednn import needs_onednn, one_and_two_threads, with_and_without
from support.namespaces import MyTorch
from support.numeric import gradients, second_gradients

import mytorch
import mytorch.nn.functional as F
from mytorch.ops import kernels
from mytorch.ops.normalizations import batch_norm_blocks
from mytorch.ops.windows import conv_arrays, onednn_arrays, pool_arrays
from mytorch.ops.windows.geometry import Window, output_size
from mytorch.runtime import onednn
from mytorch.tensor import Tensor

CASES = [case for family in ("conv", "conv_transpose", "pooling", "norms") for case in FAMILIES[family]]
CASES += [case for case in FAMILIES["activations"] if case.name.startswith("gelu")]


# ------------------------------------------------------------------ every row of the tables
def quantities(case: Case, dtype: str) -> dict[str, np.ndarray]:
    """Value, gradients and second gradients in `dtype`."""
    inputs, rng = [array.astype(dtype) for array in case.inputs()], case.rng()
    value = case.function(MyTorch(), *[Tensor(array) for array in inputs]).data
    cotangent = rng.standard_normal(value.shape).astype(dtype)
    weights = [rng.standard_normal(array.shape).astype(dtype) for array in inputs]
    _, firsts = gradients(lambda *leaves: case.function(MyTorch(), *leaves), inputs, cotangent)
    seconds = second_gradients(lambda *leaves: case.function(MyTorch(), *leaves), inputs, cotangent, weights)
    found = {"value": value}
    found |= {f"gradient {i}": g.data for i, g in enumerate(firsts)}
    return found | {f"second gradient {i}": g for i, g in enumerate(seconds)}


@with_and_without
@one_and_two_threads
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_row_in_float32(case: Case, threads, extra, monkeypatch) -> None:
    monkeypatch.setattr(conv_arrays, "WORTH_THREADS", 0)
    monkeypatch.setattr(pool_arrays, "WORTH_THREADS", 0)
    monkeypatch.setattr(batch_norm_blocks, "WORTH_THREADS", 0)
    monkeypatch.setattr(onednn_arrays, "WORTH_PARTS", 0)
    monkeypatch.setattr(kernels, "LARGE_FOR_ONEDNN", 0)
    found, expected = quantities(case, "float32"), quantities(case, "float64")
    for name, array in expected.items():
        scale = max(1.0, np.abs(array).max(initial=0.0))
        np.testing.assert_allclose(found[name], array, rtol=3e-5, atol=3e-5 * scale, err_msg=name)


# -------------------------------------------------------------------------- larger, odd sizes
# input (N, C, H, W), filters, kernel, stride, padding, dilation, groups; whether oneDNN has fast code on AVX-512
CONVOLUTIONS = {
    "3x3": ((5, 16, 13, 9), 32, 3, 1, 1, 1, 1),
    "first layer": ((3, 3, 33, 17), 16, 5, 2, 2, 1, 1),
    "one channel": ((3, 1, 15, 11), 6, 5, 1, 2, 1, 1),
    "odd channels": ((3, 7, 12, 11), 13, 3, 1, 1, 1, 1),
    "1x1": ((5, 32, 7, 5), 17, 1, 1, 0, 1, 1),
    "1x1 stride": ((5, 32, 7, 5), 16, 1, 2, 0, 1, 1),
    "dilation": ((3, 16, 15, 14), 16, (3, 2), 1, (2, 1), (2, 3), 1),
    "stride leaves a rest": ((3, 16, 12, 11), 16, 3, (2, 3), (1, 0), 1, 1),
    "groups": ((3, 32, 9, 8), 32, 3, 1, 1, 1, 2),
    "depthwise": ((3, 32, 9, 8), 32, 3, 1, 1, 1, 32),
    "one image": ((1, 16, 9, 9), 16, 3, 1, 1, 1, 1),
}


def pair(value) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def arrays_of(name: str):
    """x, weight, bias, dL/dy, Window, groups, output's size."""
    shape, filters, kernel, stride, padding, dilation, groups = CONVOLUTIONS[name]
    (top, left), kernel = pair(padding), pair(kernel)
    window = Window(kernel, pair(stride), ((top, top), (left, left)), pair(dilation))
    out = output_size("test", window, shape[2:])
    rng = np.random.default_rng(0)
    shapes = (shape, (filters, shape[1] // groups, *kernel), (filters,), (shape[0], filters, *out))
    return *[rng.standard_normal(s).astype("f4") for s in shapes], window, groups, out


def close(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5 * np.abs(expected).max())


@with_and_without
@pytest.mark.parametrize("last", [False, True], ids=["NCHW", "NHWC"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_of_odd_sizes(name: str, last: bool, extra, monkeypatch) -> None:
    monkeypatch.setattr(onednn_arrays, "WORTH_PARTS", 0)
    x, weight, bias, dy, window, groups, out = arrays_of(name)
    double = [a.astype("f8") for a in (x, weight, bias, dy)]
    if last:
        x, dy = onednn_arrays._last(x), onednn_arrays._last(dy)
    close(
        kernels.convolve(x, weight, bias, window, groups, out), conv_arrays.convolve(*double[:3], window, groups, out)
    )
    close(
        kernels.input_gradient(dy, weight, window, groups, x.shape[2:]),
        conv_arrays.input_gradient(double[3], double[1], window, groups, x.shape[2:]),
    )
    close(
        kernels.weight_gradient(dy, x, window, groups),
        conv_arrays.weight_gradient(double[3], double[0], window, groups),
    )


POOLS = {  # input, kernel, stride, padding, ceil_mode
    "2x2": ((5, 16, 12, 10), 2, 2, 0, False),
    "3x3": ((5, 7, 13, 9), 3, 2, 1, False),
    "overlapping": ((3, 16, 9, 9), 3, 1, 1, False),
    "ceil": ((3, 16, 10, 11), 3, 2, 0, True),
    "one channel": ((3, 1, 13, 8), (3, 2), (2, 3), (1, 0), False),
}


@with_and_without
@pytest.mark.parametrize("kind", ["max", "avg", "avg without padding"])
@pytest.mark.parametrize("name", POOLS)
def test_pools_of_odd_sizes(name: str, kind: str, extra) -> None:
    shape, kernel, stride, padding, ceil_mode = POOLS[name]
    x = np.random.default_rng(1).standard_normal(shape)

    def run(dtype: str) -> tuple:
        leaf = Tensor(x.astype(dtype), requires_grad=True)
        if kind == "max":
            y = F.max_pool2d(leaf, kernel, stride, padding, ceil_mode=ceil_mode)
        else:
            y = F.avg_pool2d(leaf, kernel, stride, padding, ceil_mode, count_include_pad=kind == "avg")
        (y * y).sum().backward(create_graph=True)
        first = leaf.grad
        leaf.grad = None
        (first * first).sum().backward()
        return y.data, first.data, leaf.grad.data

    for found, expected in zip(run("float32"), run("float64")):
        close(found, expected)


@with_and_without
@pytest.mark.parametrize("kernel", [2, 3])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3.0])
def test_ties_and_special_values_in_a_max_pool(value: float, kernel: int, extra) -> None:
    x = np.random.default_rng(2).integers(0, 3, (2, 16, 12, 12)).astype("f4")  # many ties
    x[0, :, :4] = value  # whole windows
    x[1, ::2, ::3, 1::2] = value
    window = Window((kernel, kernel), (kernel, kernel), ((0, 0), (0, 0)), (1, 1))
    out = (12 // kernel, 12 // kernel)
    found, expected = kernels.max_choice(x, window, out), pool_arrays.WindowChoice(x, window, out)
    np.testing.assert_array_equal(found.values, expected.values)
    dy = np.random.default_rng(3).standard_normal(expected.values.shape).astype("f4")
    np.testing.assert_array_equal(found.scatter(dy), expected.scatter(dy))
    np.testing.assert_array_equal(found.gather(x), expected.gather(x))


@with_and_without
def test_an_infinite_weight_reaches_only_what_it_touches(extra) -> None:
    weight = np.ones((16, 16, 3, 3), "f4")
    weight[0, 0, 0, 0] = np.inf
    window, dy = Window((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)), np.ones((1, 16, 8, 8), "f4")
    dx = kernels.input_gradient(dy, weight, window, 1, (8, 8))
    assert np.isfinite(dx[:, 1:]).all()
    expected = np.full((8, 8), False)
    expected[:7, :7] = True  # the filter's corner touches all but the last row and column
    np.testing.assert_array_equal(np.isinf(dx[0, 0]), expected)


# ----------------------------------------------------------------- the extra is used, or is not
@needs_onednn
@pytest.mark.parametrize("name", ["3x3", "first layer", "odd channels", "1x1", "one image"])
def test_onednn_is_used_for_common_convolutions(name: str, monkeypatch) -> None:
    for function in ("convolve", "input_gradient", "weight_gradient"):
        monkeypatch.setattr(conv_arrays, function, None)  # cannot be called
    x, weight, bias, dy, window, groups, out = arrays_of(name)
    kernels.convolve(x, weight, bias, window, groups, out)
    kernels.input_gradient(dy, weight, window, groups, x.shape[2:])
    kernels.weight_gradient(dy, x, window, groups)


@needs_onednn
def test_onednn_is_used_for_common_pools(monkeypatch) -> None:
    for name in ("PairChoice", "add_windows", "spread_windows"):
        monkeypatch.setattr(pool_arrays, name, None)
    x = Tensor(np.ones((2, 16, 8, 8), "f4"), requires_grad=True)
    F.avg_pool2d(F.max_pool2d(x, 2), 2).sum().backward()
    np.testing.assert_array_equal(x.grad.data.sum(), np.float32(2 * 16 * 4))


@needs_onednn
@pytest.mark.parametrize("dtype", ["float64", ">f4"])
def test_other_numbers_are_left_to_numpy(dtype: str, monkeypatch) -> None:
    for function in ("convolve", "input_gradient", "weight_gradient", "max_choice", "add_windows", "spread_windows"):
        monkeypatch.setattr(onednn_arrays, function, None)
    x, weight, bias, dy, window, groups, out = arrays_of("3x3")
    x, weight, bias, dy = [a.astype(dtype) for a in (x, weight, bias, dy)]
    y = kernels.convolve(x, weight, bias, window, groups, out)
    kernels.input_gradient(dy, weight, window, groups, x.shape[2:])
    kernels.weight_gradient(dy, x, window, groups)
    pool = Window((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))
    kernels.max_choice(x, pool, (6, 4))
    kernels.spread_windows(kernels.add_windows(x, pool, (6, 4)), pool, (13, 9))
    assert y.shape == (5, 32, 13, 9)


@needs_onednn
def test_arrays_in_other_orders_are_copied_first() -> None:
    x, weight, bias, _, window, groups, out = arrays_of("3x3")
    expected = kernels.convolve(x, weight, bias, window, groups, out)
    mirrored = np.ascontiguousarray(x[..., ::-1])[..., ::-1]
    every_second = np.repeat(bias, 2)[::2]
    filters = np.asfortranarray(weight)
    np.testing.assert_array_equal(kernels.convolve(mirrored, filters, every_second, window, groups, out), expected)
    read_only = x.copy()
    read_only.flags.writeable = False
    np.testing.assert_array_equal(kernels.convolve(read_only, weight, bias, window, groups, out), expected)


# ------------------------------------------------------------------------------ threads, memory
@with_and_without
def test_the_same_bits_at_one_two_and_three_threads(extra, monkeypatch) -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((32, 3, 64, 64)).astype("f4")
    labels = rng.integers(0, 10, 32)

    def run(count: int) -> list[np.ndarray]:
        mytorch.set_num_threads(count)
        mytorch.manual_seed(0)
        nn = mytorch.nn
        net = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 32, 3),
            nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(32 * 15 * 15, 96), nn.ReLU(), nn.Linear(96, 10),
        ).float()  # fmt: skip
        leaf = Tensor(x, requires_grad=True)
        optimizer = mytorch.optim.Adam(net.parameters())
        loss = nn.CrossEntropyLoss()(net(leaf), labels)
        loss.backward()
        optimizer.step()
        return [
            loss.data,
            leaf.grad.data,
            *[p.grad.data.copy() for p in net.parameters()],
            *[p.data for p in net.parameters()],
        ]

    before = mytorch.get_num_threads()
    try:
        one, two, three = run(1), run(2), run(3)
    finally:
        mytorch.set_num_threads(before)
    for a, b, c in zip(one, two, three):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


@needs_onednn
def test_the_cache_is_bounded_and_lets_go(monkeypatch) -> None:
    made = []
    monkeypatch.setattr(onednn._Primitive, "__init__", _noting(onednn._Primitive.__init__, made))
    weight = Tensor(np.ones((16, 16, 1, 1), "f4"))
    for size in range(1, onednn.KERNELS + 20):
        F.conv2d(Tensor(np.ones((1, 16, 1, size), "f4")), weight)
    assert onednn._own().kernel.cache_info().currsize <= onednn.KERNELS
    assert len(made) >= onednn.KERNELS
    assert sum(reference() is None for reference in made) >= 19


def _noting(method, made: list):
    def noted(self, *arguments):
        made.append(weakref.ref(self))
        method(self, *arguments)

    return noted

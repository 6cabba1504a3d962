"""Convolution and pooling against their definitions, written out as loops, for geometries that hypothesis makes up;
and what the fast ways must keep: memory order, bounded blocks, the same bits on any number of threads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import mytorch
import mytorch.nn.functional as F
from mytorch.ops.windows import columns, conv_arrays
from mytorch.ops.windows.geometry import Window
from mytorch.ops.windows.pool_arrays import PairChoice, WindowChoice
from mytorch.tensor import Tensor

settings.register_profile("mytorch", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("mytorch")


# --------------------------------------------------------------- the definitions, in loops


def positions(size: int, kernel: int, stride: int, padding: int, dilation: int, out: int) -> Iterator[tuple]:
    """(output, element of the kernel, place in the image) along one axis, padding left out."""
    for o in range(out):
        for k in range(kernel):
            place = o * stride + k * dilation - padding
            if 0 <= place < size:
                yield o, k, place


def slow_conv(x, w, b, c, stride, padding, dilation, groups):
    """conv2d and the gradients of sum(y * c) by x, w and b, one pair of pixels at a time."""
    out = c.shape[2:]
    y, dx, dw = np.zeros(c.shape), np.zeros(x.shape), np.zeros(w.shape)
    per_in, per_out = x.shape[1] // groups, w.shape[0] // groups
    for g in range(groups):
        ins, outs = slice(g * per_in, (g + 1) * per_in), slice(g * per_out, (g + 1) * per_out)
        for oh, i, h in positions(x.shape[2], w.shape[2], stride[0], padding[0], dilation[0], out[0]):
            for ow, j, v in positions(x.shape[3], w.shape[3], stride[1], padding[1], dilation[1], out[1]):
                y[:, outs, oh, ow] += x[:, ins, h, v] @ w[outs, :, i, j].T
                dx[:, ins, h, v] += c[:, outs, oh, ow] @ w[outs, :, i, j]
                dw[outs, :, i, j] += c[:, outs, oh, ow].T @ x[:, ins, h, v]
    return y + b.reshape(-1, 1, 1), dx, dw, c.sum((0, 2, 3))


@st.composite
def geometries(draw):
    def pair(low, high):
        return draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    kernel, stride, dilation, padding = pair(1, 3), pair(1, 3), pair(1, 3), pair(0, 3)
    size = tuple(
        max(1, d * (k - 1) + 1 - 2 * p) + draw(st.integers(0, 4)) for k, d, p in zip(kernel, dilation, padding)
    )
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels = draw(st.sampled_from([(1, 1), (1, 2), (2, 1), (3, 2), (5, 4)]))
    return {
        "batch": draw(st.integers(1, 3)),
        "channels": (channels[0] * groups, channels[1] * groups),
        "size": size,
        "kernel": kernel,
        "options": {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups},
        "channels_last": draw(st.booleans()),
        "column_bytes": draw(st.sampled_from([1, 300, 2000, 1 << 20])),  # from one output row per block to everything
    }


@given(geometries())
def test_convolution_and_its_gradients_are_the_definition(geometry) -> None:
    rng = np.random.default_rng(0)
    inputs, outputs = geometry["channels"]
    options = geometry["options"]
    x = rng.standard_normal((geometry["batch"], inputs, *geometry["size"]))
    if geometry["channels_last"]:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    w = rng.standard_normal((outputs, inputs // options["groups"], *geometry["kernel"]))
    b = rng.standard_normal(outputs)
    leaves = [Tensor(a, requires_grad=True) for a in (x, w, b)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "COLUMN_BYTES", geometry["column_bytes"])
        y = F.conv2d(*leaves, **options)
        c = rng.standard_normal(y.shape)
        y.backward(Tensor(c))
    expected = slow_conv(x, w, b, c, *options.values())
    for found, array in zip((y, *[leaf.grad for leaf in leaves]), expected):
        assert found.shape == array.shape
        np.testing.assert_allclose(found.data, array, rtol=1e-10, atol=1e-10)


def slow_pool(x, c, kernel, stride, padding, dilation, kind):
    """(y, gradient of sum(y * c) by x): max pooling, or the sum of every window."""
    out = c.shape[2:]
    y, dx = np.zeros(c.shape), np.zeros(x.shape)
    rows = list(positions(x.shape[2], kernel[0], stride[0], padding[0], dilation[0], out[0]))
    cols = list(positions(x.shape[3], kernel[1], stride[1], padding[1], dilation[1], out[1]))
    for n, ch, oh, ow in np.ndindex(c.shape):
        places = [(n, ch, h, v) for o, _, h in rows if o == oh for p, _, v in cols if p == ow]
        values = [x[place] for place in places]
        if kind == "max":
            winner = places[int(np.argmax(values))]
            y[n, ch, oh, ow] = x[winner]
            dx[winner] += c[n, ch, oh, ow]
        else:
            y[n, ch, oh, ow] = sum(values)
            for place in places:
                dx[place] += c[n, ch, oh, ow]
    return y, dx


@given(geometries(), st.booleans(), st.booleans(), st.sampled_from(["max", "sum"]))
def test_pooling_and_its_gradient_are_the_definition(geometry, ceil_mode, ties, kind) -> None:
    kernel, stride = geometry["kernel"], geometry["options"]["stride"]
    padding = tuple(min(p, k // 2) for p, k in zip(geometry["options"]["padding"], kernel))
    size = tuple(max(n, k) for n, k in zip(geometry["size"], kernel))
    rng = np.random.default_rng(1)
    shape = (geometry["batch"], geometry["channels"][0], *size)
    x = rng.integers(0, 3, shape).astype(float) if ties else rng.standard_normal(shape)
    if geometry["channels_last"]:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    leaf = Tensor(x, requires_grad=True)
    if kind == "max":
        y = F.max_pool2d(leaf, kernel, stride, padding, ceil_mode=ceil_mode)
    else:
        y = F.avg_pool2d(leaf, kernel, stride, padding, ceil_mode, divisor_override=1)
    c = rng.standard_normal(y.shape)
    y.backward(Tensor(c))
    expected, gradient = slow_pool(x, c, kernel, stride, padding, (1, 1), kind)
    np.testing.assert_allclose(y.data, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(leaf.grad.data, gradient, rtol=1e-10, atol=1e-10)


@given(st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_the_fast_max_pool_chooses_what_the_general_one_chooses(height, width, channels_last) -> None:
    rng = np.random.default_rng(height * 10 + width)
    x = rng.integers(0, 3, (2, 3, 2 * height, 2 * width)).astype(float)  # many ties
    if channels_last:
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    window = Window((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))
    assert PairChoice.fits(window, x.shape[2:])
    fast, general = PairChoice(x), WindowChoice(x, window, (height, width))
    np.testing.assert_array_equal(fast.values, general.values)
    g, z = rng.standard_normal(fast.values.shape), rng.standard_normal(x.shape)
    np.testing.assert_array_equal(fast.scatter(g), general.scatter(g))
    np.testing.assert_array_equal(fast.gather(z), general.gather(z))


# ---------------------------------------------------------------- what the fast ways keep


def is_channels_last(array: np.ndarray) -> bool:
    return array.transpose(0, 2, 3, 1).flags.c_contiguous


def test_channels_stay_last_in_memory_from_layer_to_layer() -> None:
    """A layer that got (N, H, W, C) would otherwise be rearranged by the next convolution."""
    rng = np.random.default_rng(2)
    x = Tensor(rng.standard_normal((2, 3, 8, 8)), requires_grad=True)
    w = Tensor(rng.standard_normal((4, 3, 3, 3)))
    y = F.conv2d(x, w, padding=1)
    for step in (y, y.relu(), F.max_pool2d(y, 2), F.max_pool2d(y, 3, 1), F.avg_pool2d(y, 2), y * 2 + 1, y.tanh()):
        assert is_channels_last(step.data)
        leaf = Tensor(y.data, requires_grad=True)
    F.max_pool2d(leaf.relu() * 1.0, 2).backward()
    y.backward()
    assert x.grad.shape == x.shape
    for function in (lambda a: F.max_pool2d(a, 2), lambda a: F.max_pool2d(a, 3, 2), lambda a: F.avg_pool2d(a, 2)):
        gradients = []
        leaf = Tensor(y.data, requires_grad=True)
        middle = leaf * 1.0
        middle.register_hook(lambda g, gradients=gradients: gradients.append(g.data))
        function(middle).backward()
        assert is_channels_last(gradients[0])


def test_columns_of_a_large_image_stay_within_their_budget() -> None:
    image = np.zeros((1, 16, 128, 128), np.float32)  # 9 MiB of columns
    window = Window((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    made = columns.Columns(image, window, (128, 128))
    assert len(made.blocks) > 3
    assert max(made.fill(block).nbytes for block in made.blocks) <= columns.COLUMN_BYTES
    assert sum(len(range(*made.positions(block).indices(10**9))) for block in made.blocks) == 128 * 128


@pytest.fixture
def threads():
    before = mytorch.get_num_threads()
    yield mytorch.set_num_threads
    mytorch.set_num_threads(before)


@pytest.mark.parametrize(
    ("shape", "weight", "options"),
    [
        ((9, 8, 20, 20), (16, 8, 3, 3), {"padding": 1}),
        ((9, 8, 21, 21), (16, 8, 3, 3), {"stride": 2, "padding": 1}),
        ((6, 16, 24, 24), (16, 1, 3, 3), {"groups": 16, "padding": 1}),
        ((9, 8, 16, 16), (8, 4, 3, 3), {"groups": 2}),
    ],
)
def test_the_number_of_threads_changes_no_bit(threads, monkeypatch, shape, weight, options) -> None:
    monkeypatch.setattr(conv_arrays, "WORTH_THREADS", 0)
    monkeypatch.setattr(columns, "COLUMN_BYTES", 100_000)
    rng = np.random.default_rng(3)
    x, w = (rng.standard_normal(s).astype(np.float32) for s in (shape, weight))
    results = []
    for count in (1, 2, 3, 8):
        threads(count)
        assert mytorch.get_num_threads() == count
        leaves = Tensor(x, requires_grad=True), Tensor(w, requires_grad=True)
        y = F.conv2d(*leaves, **options)
        (y * y).backward()
        results.append([y.data, leaves[0].grad.data, leaves[1].grad.data])
    for other in results[1:]:
        for a, b in zip(results[0], other):
            np.testing.assert_array_equal(a, b)

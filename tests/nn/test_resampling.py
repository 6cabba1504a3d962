"""Modules that pad, resample, pool adaptively, unfold, and convolve transposed, against PyTorch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.twins import assert_twins_agree, twin

import mytorch.nn.functional as F
from mytorch import nn
from mytorch.tensor import Tensor

RNG = np.random.default_rng(61)

MODULES: list[tuple[str, tuple, dict[str, Any], tuple[int, ...]]] = [  # name, arguments, options, shape of the input
    ("ZeroPad1d", (2,), {}, (2, 3, 4)),
    ("ZeroPad2d", ((1, 2, 0, 3),), {}, (2, 3, 4)),
    ("ZeroPad3d", (1,), {}, (1, 2, 2, 3, 2)),
    ("ConstantPad1d", ((1, -1), 2.5), {}, (3, 4)),
    ("ConstantPad2d", (1, -1.5), {}, (2, 3, 4, 5)),
    ("ConstantPad3d", (1, 1.5), {}, (2, 2, 3, 1)),
    ("ReflectionPad1d", (2,), {}, (2, 3, 4)),
    ("ReflectionPad2d", ((1, 0, 2, 1),), {}, (1, 2, 3, 4)),
    ("ReflectionPad3d", (1,), {}, (1, 2, 2, 3, 2)),
    ("ReplicationPad1d", ((3, 1),), {}, (3, 4)),
    ("ReplicationPad2d", (2,), {}, (2, 1, 1, 3)),
    ("ReplicationPad3d", (1,), {}, (1, 2, 2, 3, 1)),
    ("CircularPad1d", ((1, 2),), {}, (2, 3, 4)),
    ("CircularPad2d", ((1, 2, 3, 0),), {}, (1, 2, 3, 4)),
    ("CircularPad3d", (1,), {}, (1, 1, 2, 3, 2)),
    ("Upsample", (), {"scale_factor": 2}, (1, 2, 3, 4)),
    ("Upsample", ((5, 3),), {"mode": "bilinear"}, (2, 2, 3, 4)),
    ("Upsample", (), {"scale_factor": (1.5, 2.2), "mode": "bilinear", "align_corners": True}, (2, 1, 3, 4)),
    ("Upsample", (7,), {"mode": "linear"}, (2, 3, 4)),
    ("UpsamplingNearest2d", (), {"scale_factor": 3}, (1, 2, 2, 1)),
    ("UpsamplingBilinear2d", (4,), {}, (1, 2, 2, 3)),
    ("PixelShuffle", (3,), {}, (2, 9, 2, 1)),
    ("PixelUnshuffle", (2,), {}, (1, 2, 4, 2)),
    ("AdaptiveAvgPool1d", (3,), {}, (2, 3, 7)),
    ("AdaptiveAvgPool2d", ((None, 2),), {}, (2, 3, 5)),
    ("AdaptiveAvgPool2d", (1,), {}, (2, 3, 4, 5)),
    ("AdaptiveMaxPool1d", (2,), {"return_indices": True}, (2, 3, 5)),
    ("AdaptiveMaxPool1d", (2,), {}, (3, 5)),
    ("AdaptiveMaxPool2d", ((2, 3),), {"return_indices": True}, (1, 2, 5, 7)),
    ("AdaptiveMaxPool2d", (2,), {}, (2, 3, 3)),
    ("Unfold", ((2, 3),), {"padding": 1, "stride": 2}, (2, 2, 4, 5)),
    ("Fold", ((4, 5), (2, 2)), {"dilation": (1, 2)}, (2, 8, 9)),
    ("Fold", (3, 2), {"padding": 1, "stride": 2}, (4, 4)),
]


@pytest.mark.parametrize(("name", "args", "options", "shape"), MODULES, ids=[f"{m[0]}_{m[3]}" for m in MODULES])
def test_modules_compute_what_pytorchs_compute(name: str, args: tuple, options: dict[str, Any], shape: Any) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options)
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal(shape)])
    swapped = RNG.standard_normal((*shape[:-2], shape[-1], shape[-2]))  # not contiguous
    assert_twins_agree(torch, ours, theirs, [swapped], lambda module, x: module(x.transpose(-1, -2)))


def test_nearest_at_many_sizes() -> None:
    torch = pytest.importorskip("torch")
    for old in range(1, 12):
        x = np.arange(old, dtype=np.float32).reshape(1, 1, old)
        for new in range(1, 40):
            expected = torch.nn.functional.interpolate(torch.tensor(x), new).numpy()
            np.testing.assert_array_equal(F.interpolate(Tensor(x), new).data, expected)
        for factor in (0.5, 1.3, 2.0, 2.6):
            if int(old * factor):
                expected = torch.nn.functional.interpolate(torch.tensor(x), scale_factor=factor).numpy()
                np.testing.assert_array_equal(F.interpolate(Tensor(x), scale_factor=factor).data, expected)


def test_what_is_not_picked_does_not_matter() -> None:
    """Infinite and undefined elements stay where they are: no 0 * inf."""
    x = np.array([[[1.0, np.nan, 3.0, np.inf]]])
    assert F.interpolate(Tensor(x), 2).tolist() == [[[1.0, 3.0]]]
    assert F.pad(Tensor(x[..., :3]), (1, 0), "circular").data[0, 0, [0, 1, 3]].tolist() == [3.0, 1.0, 3.0]
    assert F.adaptive_avg_pool1d(Tensor(x), 2).data[0, 0, 1] == np.inf


def test_first_maximum_wins_and_nan_is_largest() -> None:
    values, positions = F.adaptive_max_pool1d(Tensor([[1.0, 1.0, 0.0, np.nan, 5.0, 5.0]]), 2, return_indices=True)
    np.testing.assert_array_equal(values.data, [[1.0, np.nan]])
    assert positions.tolist() == [[0, 3]]


def test_fold_undoes_unfold_up_to_the_number_of_windows() -> None:
    x = Tensor(RNG.standard_normal((1, 2, 4, 4)))
    count = F.fold(F.unfold(x.new_tensor(np.ones(x.shape)), 3), 4, 3)
    np.testing.assert_allclose(F.fold(F.unfold(x, 3), 4, 3).data, (x * count).data)
    assert count.data[0, 0].tolist() == [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]


# -------------------------------------------------------------- transposed convolution

TRANSPOSED: list[tuple[str, tuple, dict[str, Any], tuple[int, ...]]] = [
    ("ConvTranspose1d", (3, 2, 3), {}, (2, 3, 4)),
    ("ConvTranspose1d", (4, 6, 2), {"stride": 2, "groups": 2, "bias": False}, (4, 3)),
    ("ConvTranspose1d", (2, 1, 3), {"stride": 3, "padding": 1, "output_padding": 2, "dilation": 2}, (1, 2, 3)),
    ("ConvTranspose2d", (3, 2, 3), {"padding": 1}, (2, 3, 4, 5)),
    ("ConvTranspose2d", (2, 4, (2, 3)), {"stride": (2, 1), "groups": 2, "output_padding": (1, 0)}, (1, 2, 3, 3)),
    ("ConvTranspose2d", (1, 1, 1), {}, (1, 1, 1)),
]


@pytest.mark.parametrize(("name", "args", "options", "shape"), TRANSPOSED, ids=[f"{m[0]}_{m[1]}" for m in TRANSPOSED])
def test_transposed_convolution(name: str, args: tuple, options: dict[str, Any], shape: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = twin(getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options))
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal(shape)], second=True)


@pytest.mark.parametrize("size", [7, (8, 7), (2, 2, 7, 8)], ids=str)
def test_output_size_instead_of_output_padding(size: Any) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = twin(nn.ConvTranspose2d(3, 2, 3, stride=2), torch.nn.ConvTranspose2d(3, 2, 3, stride=2))

    def call(module: Any, x: Any) -> Any:  # PyTorch wants one number per axis
        return module(x, output_size=(size, size) if isinstance(size, int) and module is theirs else size)

    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((2, 3, 3, 3))], call)


def test_transposed_convolution_is_the_gradient_of_convolution() -> None:
    x = Tensor(RNG.standard_normal((2, 3, 7, 6)), requires_grad=True)
    weight = Tensor(RNG.standard_normal((4, 3, 3, 2)))
    y = F.conv2d(x, weight, stride=2, padding=1)
    cotangent = Tensor(RNG.standard_normal(y.shape))
    y.backward(cotangent)
    again = F.conv_transpose2d(cotangent, weight, stride=2, padding=1, output_padding=0)
    np.testing.assert_allclose(again.data, x.grad.data, rtol=1e-12)


def test_first_weights_of_transposed_convolution() -> None:
    layer = nn.ConvTranspose2d(64, 32, 4, groups=2)
    bound = 1 / np.sqrt(16 * 4 * 4)
    for parameter in layer.parameters():
        assert 0.85 * bound < np.abs(parameter.data).max() <= bound


def test_repr() -> None:
    assert repr(nn.ConvTranspose2d(3, 4, 2, stride=2, output_padding=1, bias=False)) == (
        "ConvTranspose2d(3, 4, kernel_size=(2, 2), stride=(2, 2), output_padding=(1, 1), bias=False)"
    )
    assert repr(nn.ReflectionPad1d(2)) == "ReflectionPad1d((2, 2))"
    assert repr(nn.ConstantPad1d(2, 0.5)) == "ConstantPad1d(padding=(2, 2), value=0.5)"
    assert repr(nn.Upsample(scale_factor=2)) == "Upsample(scale_factor=2, mode='nearest')"
    assert repr(nn.AdaptiveAvgPool2d((1, None))) == "AdaptiveAvgPool2d(output_size=(1, None))"


# ------------------------------------------------------------------------ refusals

X = Tensor(np.ones((2, 3, 4)))
I = Tensor(np.ones((2, 4, 4, 5)))  # noqa: E741
W = Tensor(np.ones((4, 2, 3, 3)))

WRONG = [
    (lambda: F.pad(X.data, (1, 1)), TypeError, r"pad: input must be a Tensor, got ndarray"),
    (lambda: F.pad(X, (1, 1, 1)), ValueError, r"pad: pad must be a tuple of ints.*\(1, 1, 1\)"),
    (lambda: F.pad(X, (1, 1) * 4), ValueError, r"pad must be .* for at most 3 axes"),
    (lambda: F.pad(X, (1.5, 1)), ValueError, r"pad must be a tuple of ints.*1\.5"),
    (lambda: F.pad(X, (-5, 0)), ValueError, r"pad: \(-5, 0\) takes more from axis 2 than its 4 elements"),
    (lambda: F.pad(X, (1, 1), "mirror"), ValueError, r"mode must be one of 'constant', 'reflect'.*got 'mirror'"),
    (lambda: F.pad(X, (1, 1), "reflect", 2.0), ValueError, r"mode 'reflect' takes no value, got 2\.0"),
    (lambda: F.pad(X, (4, 0), "reflect"), ValueError, r"'reflect' can pad axis 2 .* by at most 3, got \(4, 0\)"),
    (lambda: F.pad(X, (0, 5), "circular"), ValueError, r"'circular' can pad axis 2 .* by at most 4, got \(0, 5\)"),
    (lambda: F.pad(X, (1,) * 6, "replicate"), ValueError, r"6 numbers in pad for an input of shape \(2, 3, 4\)"),
    (lambda: F.pad(X[..., :0], (1, 1), "replicate"), ValueError, r"needs elements to repeat on axis 2"),
    (lambda: nn.ZeroPad2d((1, 2)), ValueError, r"ZeroPad2d: padding must be an int or a tuple of 4, got \(1, 2\)"),
    (lambda: nn.ReflectionPad2d(1)(X[0]), ValueError, r"ReflectionPad2d.*input must have a channel axis, 2 more"),
    (lambda: F.interpolate(X), ValueError, r"interpolate: give either size or scale_factor, got size=None"),
    (lambda: F.interpolate(X, 2, 2), ValueError, r"give either size or scale_factor, got size=2"),
    (lambda: F.interpolate(X, 2, mode="cubic"), ValueError, r"mode must be one of 'nearest', .*got 'cubic'"),
    (lambda: F.interpolate(X, 2, mode="bilinear"), ValueError, r"mode 'bilinear' needs an input .*2 .*\(2, 3, 4\)"),
    (lambda: F.interpolate(X, 2, align_corners=True), ValueError, r"align_corners has no meaning for mode 'nearest'"),
    (lambda: F.interpolate(X, 0), ValueError, r"size must be an int above 0, or 1 of them, got 0"),
    (lambda: F.interpolate(X, (2, 2)), ValueError, r"size must be an int above 0, or 1 of them, got \(2, 2\)"),
    (lambda: F.interpolate(X, scale_factor=0.1), ValueError, r"scale_factor 0\.1 leaves nothing"),
    (lambda: F.interpolate(X, 2, recompute_scale_factor=True), ValueError, r"needs scale_factor, not size"),
    (lambda: F.pixel_shuffle(I, 3), ValueError, r"upscale_factor 3 needs a multiple of 9 channels, got 4"),
    (lambda: F.pixel_shuffle(I, 0), ValueError, r"upscale_factor must be a positive int, got 0"),
    (lambda: F.pixel_unshuffle(I, 2), ValueError, r"downscale_factor 2 must divide the sizes 4 and 5"),
    (lambda: F.pixel_shuffle(I[0, 0], 2), ValueError, r"input must have shape \(\.\.\., C, H, W\), got \(4, 5\)"),
    (lambda: F.adaptive_avg_pool2d(X[0], 2), ValueError, r"adaptive_avg_pool2d: input must have shape .*got \(3, 4\)"),
    (lambda: F.adaptive_avg_pool2d(I, (1, 2, 3)), ValueError, r"output_size must be a positive int.*\(1, 2, 3\)"),
    (lambda: F.adaptive_max_pool1d(X, 0), ValueError, r"output_size must be a positive int, got 0"),
    (lambda: F.adaptive_max_pool1d(X.long(), 2), TypeError, r"input must be floating point, got int64"),
    (lambda: F.unfold(X[0], 2), ValueError, r"unfold: input must have shape .*got \(3, 4\)"),
    (lambda: F.unfold(I, 0), ValueError, r"unfold: kernel_size must be an int of at least 1.*got 0"),
    (lambda: F.unfold(I, 6), ValueError, r"unfold: kernel 6 .* needs an input of at least 6"),
    (lambda: F.fold(X, 4, 2), ValueError, r"fold: input must have shape \(N, C \* 4, 9\).*got \(2, 3, 4\)"),
    (lambda: F.conv_transpose2d(I, W.data), TypeError, r"conv_transpose2d: weight must be a Tensor, got ndarray"),
    (lambda: F.conv_transpose2d(X[0], W), ValueError, r"input must have shape \(N, C, H, W\) .*got \(3, 4\)"),
    (lambda: F.conv_transpose2d(I, W[:3]), ValueError, r"needs an input of 3 channels.*got 4 in shape"),
    (lambda: F.conv_transpose2d(I, W, groups=3), ValueError, r"multiple of groups=3"),
    (lambda: F.conv_transpose2d(I, W, groups=0), ValueError, r"groups must be a positive int, got 0"),
    (lambda: F.conv_transpose2d(I, W, Tensor(np.ones(3))), ValueError, r"bias must have shape \(2,\), got \(3,\)"),
    (lambda: F.conv_transpose2d(I, W, output_padding=1), ValueError, r"output_padding must be smaller than stride"),
    (lambda: F.conv_transpose2d(I, W, padding=4), ValueError, r"padding 4 leaves nothing of the output"),
    (lambda: F.conv_transpose1d(X, W), ValueError, r"conv_transpose1d: weight must have shape \(C, O/groups, k\)"),
    (lambda: nn.ConvTranspose2d(3, 4, 2, groups=2), ValueError, r"groups must divide in_channels and out_channels"),
    (lambda: nn.ConvTranspose2d(0, 4, 2), ValueError, r"in_channels must be a positive int, got 0"),
    (lambda: nn.ConvTranspose2d(4, 4, 2, padding_mode="reflect"), ValueError, r"padding_mode must be 'zeros'"),
    (lambda: nn.ConvTranspose2d(4, 2, 3, 2)(I, output_size=(9, 20)), ValueError, r"must be from 11 to 12 on axis -1"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_refusals(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

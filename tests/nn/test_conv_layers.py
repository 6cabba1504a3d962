"""Conv, pooling, Dropout, Flatten, BatchNorm2d and the activations as layers; and what their functions refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional as F
from mytorch import nn
from mytorch.tensor import Tensor

RNG = np.random.default_rng(21)


def ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape))


# ----------------------------------------------------------------------------------- Conv


def test_conv_starts_within_pytorchs_bounds() -> None:
    mytorch.manual_seed(0)
    layer = nn.Conv2d(8, 64, (5, 2), groups=4)
    assert layer.weight.shape == (64, 2, 5, 2)
    for parameter in (layer.weight.data, layer.bias.data):
        bound = 1 / np.sqrt(2 * 5 * 2)
        assert np.abs(parameter).max() <= bound
        assert np.abs(parameter).max() > 0.9 * bound
    mytorch.manual_seed(0)
    np.testing.assert_array_equal(nn.Conv2d(8, 64, (5, 2), groups=4).weight.data, layer.weight.data)
    assert nn.Conv1d(3, 4, 5, bias=False).bias is None


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda nn: nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), (2, 4, 7, 6)),
        (lambda nn: nn.Conv2d(4, 6, (2, 3), padding="same", dilation=2), (2, 4, 6, 6)),
        (lambda nn: nn.Conv2d(4, 2, 1, bias=False), (4, 5, 5)),
        (lambda nn: nn.Conv1d(3, 5, 4, stride=2, padding=2), (2, 3, 9)),
        (lambda nn: nn.MaxPool2d(3, 2, 1, ceil_mode=True), (2, 3, 8, 8)),
        (lambda nn: nn.MaxPool2d(2), (2, 3, 8, 8)),
        (lambda nn: nn.MaxPool1d(2, stride=1, dilation=2), (2, 3, 8)),
        (lambda nn: nn.AvgPool2d(3, 2, 1, count_include_pad=False), (2, 3, 8, 8)),
        (lambda nn: nn.AvgPool2d(2, divisor_override=7), (2, 3, 8, 8)),
        (lambda nn: nn.AvgPool1d(3, 2, 1, ceil_mode=True), (2, 3, 8)),
        (lambda nn: nn.Flatten(), (2, 3, 4, 5)),
        (lambda nn: nn.Flatten(0, 2), (2, 3, 4, 5)),
        (lambda nn: nn.Tanh(), (2, 3)),
        (lambda nn: nn.Sigmoid(), (2, 3)),
        (lambda nn: nn.Softmax(dim=1), (2, 3)),
        (lambda nn: nn.BatchNorm2d(3), (2, 3, 4, 5)),
        (lambda nn: nn.BatchNorm2d(3, affine=False), (2, 3, 4, 5)),
        (lambda nn: nn.Dropout(0.0), (2, 3)),
    ],
)
def test_layers_are_pytorchs(make, shape) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = make(nn), make(torch.nn).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    x = RNG.standard_normal(shape)
    a, b = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    with np.errstate(all="raise"):
        y = ours(a)
    z = theirs(b)
    np.testing.assert_allclose(y.data, z.detach().numpy(), atol=1e-10)
    c = RNG.standard_normal(y.shape)
    y.backward(Tensor(c))
    z.backward(torch.tensor(c))
    np.testing.assert_allclose(a.grad.data, b.grad.numpy(), atol=1e-10)
    for p, q in zip(ours.parameters(), theirs.parameters()):
        np.testing.assert_allclose(p.grad.data, q.grad.numpy(), atol=1e-10)
    for p, q in zip(ours.buffers(), theirs.buffers()):
        np.testing.assert_allclose(p.data, q.numpy(), atol=1e-10)
    ours.eval()
    theirs.eval()
    np.testing.assert_allclose(ours(Tensor(x)).data, theirs(torch.tensor(x)).detach().numpy(), atol=1e-10)


@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2),
        lambda nn: nn.Conv1d(4, 6, 3, dilation=2, bias=False),
        lambda nn: nn.Conv2d(4, 6, 3, padding="same"),
        lambda nn: nn.MaxPool2d(2),
        lambda nn: nn.AvgPool2d(2, 1, 1),
        lambda nn: nn.Flatten(),
        lambda nn: nn.Softmax(dim=1),
        lambda nn: nn.Tanh(),
    ],
)
def test_layers_print_as_pytorchs(make) -> None:
    torch = pytest.importorskip("torch")
    assert repr(make(nn)) == repr(make(torch.nn))


def test_a_convolutional_network_learns() -> None:
    """Which half of the image is bright: a task for two filters."""
    mytorch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.1), nn.Flatten(), nn.Linear(64, 2)
    )
    images, labels = RNG.standard_normal((64, 1, 8, 8)), RNG.integers(0, 2, 64)
    for image, label in zip(images, labels):
        image[0, :, 4 * label : 4 * label + 4] += 1
    optimizer = mytorch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(net(Tensor(images)), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 < 0.5 < losses[0]


def test_only_wanted_gradients_are_computed(monkeypatch) -> None:
    from mytorch.ops.windows import conv_arrays

    def refuse(*args):
        raise AssertionError("nobody wants the gradient of the images")

    monkeypatch.setattr(conv_arrays, "input_gradient", refuse)
    layer = nn.Conv2d(1, 2, 3)
    layer(ones(1, 1, 4, 4)).backward()
    np.testing.assert_allclose(layer.weight.grad.data, np.full((2, 1, 3, 3), 4.0))
    np.testing.assert_allclose(layer.bias.grad.data, [4.0, 4.0])


def test_mixed_dtypes_meet_in_the_wider_one() -> None:
    y = F.conv2d(Tensor(np.ones((1, 1, 3, 3), np.float32)), ones(1, 1, 2, 2))
    assert y.dtype == np.float64
    x = Tensor(np.ones((1, 1, 3, 3), np.float32), requires_grad=True)
    F.conv2d(x, ones(1, 1, 2, 2)).backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: F.conv2d(ones(1, 1, 5, 9), ones(1, 1, 5, 3), padding=(1, 0), dilation=(2, 1)),
            r"conv2d: kernel 5 with dilation 2 needs an input of at least 9 after padding, got 7 "
            r"\(height 5, padding 1 \+ 1\)",
        ),
        (lambda: F.conv1d(ones(1, 1, 2), ones(1, 1, 3)), "conv1d: kernel 3 .* at least 3 after padding, got 2"),
        (lambda: F.max_pool2d(ones(1, 1, 3, 3), 4), "max_pool2d: kernel 4 .* at least 4 after padding, got 3"),
        (lambda: F.conv2d(ones(2, 3), ones(1, 1, 3, 3)), r"input must have shape \(N, C, H, W\) or \(C, H, W\), got"),
        (lambda: F.conv1d(ones(3), ones(1, 1, 3)), r"input must have shape \(N, C, L\) or \(C, L\), got \(3,\)"),
        (lambda: F.conv2d(ones(1, 3, 4, 4), ones(2, 3, 3)), r"weight must have shape \(O, C/groups, kH, kW\)"),
        (lambda: F.conv2d(ones(1, 3, 4, 4), ones(2, 4, 3, 3)), r"needs an input of 4 channels, got 3 in shape"),
        (lambda: F.conv2d(ones(1, 4, 4, 4), ones(3, 2, 3, 3), groups=2), "3 filters, which groups=2 does not divide"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(3, 1, 3, 3), ones(2)), r"bias must have shape \(3,\), one per filter"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), stride=0), "stride must be an int of at least 1"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), padding=-1), "padding must be an int of at least 0"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), dilation=(1, 2, 3)), r"dilation must .* got \(1, 2, 3\)"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), padding="full"), "'same' or 'valid', got 'full'"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), None, 2, "same"), "padding='same' needs stride 1, got 2"),
        (lambda: F.conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), groups=0), "groups must be a positive int, got 0"),
        (lambda: F.max_pool2d(ones(4, 4), 2), r"max_pool2d: input must have shape \(N, C, H, W\) or \(C, H, W\)"),
        (lambda: F.max_pool2d(ones(1, 1, 4, 4), 2, padding=2), r"padding must be at most half .* \(1 for kernel 2"),
        (lambda: F.avg_pool2d(ones(1, 1, 4, 4), 0), "kernel_size must be an int of at least 1"),
        (lambda: F.avg_pool2d(ones(1, 1, 4, 4), 2, divisor_override=0), "divisor_override must be an int and not 0"),
        (lambda: F.linear(ones(2, 3), ones(4, 2)), r"must agree in `in`, got shapes \(2, 3\) and \(4, 2\)"),
        (lambda: F.linear(ones(2, 3), ones(4, 3), ones(3)), r"bias must have shape \(4,\), one per output, got \(3,\)"),
        (lambda: F.flatten(ones(2, 3, 4), 2, 1), "start_dim must not come after end_dim, got 2 and 1"),
        (lambda: F.dropout(ones(2), 1.5), "dropout: p must be a probability, from 0 to 1, got 1.5"),
        (lambda: nn.Dropout(-0.1), "Dropout: p must be a probability"),
        (lambda: nn.Conv2d(0, 1, 3), "Conv2d: in_channels must be a positive int, got 0"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "groups must divide in_channels and out_channels, got groups=2"),
        (
            lambda: nn.Conv2d(1, 1, 3, padding_mode="mirror"),
            "padding_mode must be 'zeros' or 'reflect' .* got 'mirror'",
        ),
        (lambda: nn.Conv1d(1, 1, (3, 3)), r"Conv1d: kernel_size must be an int .* got \(3, 3\)"),
        (lambda: nn.Conv2d(1, 1, 3, stride=2, padding="same"), "padding='same' needs stride 1"),
        (lambda: nn.BatchNorm2d(3)(ones(2, 3)), r"input must have shape \(N, 3, H, W\), got \(2, 3\)"),
    ],
)
def test_what_is_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_tensors_are_asked_for() -> None:
    with pytest.raises(TypeError, match="conv2d: weight must be a Tensor, got ndarray"):
        F.conv2d(ones(1, 1, 3, 3), np.ones((1, 1, 3, 3)))
    with pytest.raises(TypeError, match="max_pool2d: input must be a Tensor, got list"):
        F.max_pool2d([1.0], 2)


# -------------------------------------------------------------------------------- pooling


def test_indices_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    x = RNG.integers(0, 4, (2, 3, 7, 8)).astype(float)  # with ties
    for options in ({"stride": 2, "padding": 1}, {"dilation": 2, "stride": 1, "ceil_mode": True}, {}):
        layer = nn.MaxPool2d(3, return_indices=True, **options)
        values, indices = layer(Tensor(x))
        expected = torch.nn.functional.max_pool2d(torch.tensor(x), 3, return_indices=True, **options)
        np.testing.assert_array_equal(values.data, expected[0].numpy())
        np.testing.assert_array_equal(indices.data, expected[1].numpy())
        assert indices.dtype == np.int64


def test_nan_and_infinity_in_max_pooling() -> None:
    x = np.zeros((1, 1, 2, 6))
    x[0, 0, 0, 1] = np.nan
    x[0, 0, :, 2:4] = -np.inf
    taller = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 0)))  # an odd height: the general way
    for array in (x, taller):
        leaf = Tensor(array, requires_grad=True)
        y, indices = F.max_pool2d(leaf, 2, return_indices=True)
        np.testing.assert_array_equal(y.data, [[[[np.nan, -np.inf, 0.0]]]])
        np.testing.assert_array_equal(indices.data, [[[[1, 2, 4]]]])
        y.backward()
        assert leaf.grad.data[0, 0, 0, 2] == 1.0, "a window of -inf: the first of several largest"


# -------------------------------------------------------------------------------- Dropout


def test_dropout_zeroes_a_share_and_keeps_the_mean() -> None:
    mytorch.manual_seed(3)
    layer = nn.Dropout(0.3)
    x = Tensor(np.ones((200, 500)), requires_grad=True)
    y = layer(x)
    kept = y.data != 0
    assert abs(kept.mean() - 0.7) < 0.01  # 7 standard deviations
    np.testing.assert_allclose(y.data[kept], 1 / 0.7)
    y.backward()
    np.testing.assert_array_equal(x.grad.data, y.data)
    assert not np.array_equal(layer(x).data, y.data), "the same mask twice"
    mytorch.manual_seed(3)
    np.testing.assert_array_equal(layer(x).data, y.data)
    assert layer.eval()(x) is x


def test_dropout_at_its_limits_and_in_float32() -> None:
    x = Tensor(np.ones(5, np.float32))
    assert F.dropout(x, 1.0).data.tolist() == [0.0] * 5
    assert F.dropout(x, 0.0) is x
    assert F.dropout(x, 0.5).dtype == np.float32
    assert F.dropout(Tensor([1, 1, 1, 1]), 0.5).dtype == mytorch.get_default_dtype()


def test_dropout_can_be_differentiated_twice() -> None:
    mytorch.manual_seed(0)
    x = Tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = F.dropout(x * x * x, 0.5)
    scale = y.data / x.data**3
    y.backward(create_graph=True)
    gradient, x.grad = x.grad, None
    gradient.backward()
    np.testing.assert_allclose(x.grad.data, 6 * x.data * scale)


@pytest.mark.parametrize(
    ("function", "shape"), [(F.dropout, (3, 5)), (F.dropout1d, (3, 5, 2)), (F.dropout2d, (3, 5, 2, 2))]
)
def test_dropout_in_place(function, shape) -> None:
    a = Tensor(np.arange(1.0, 1 + math.prod(shape)).reshape(shape), requires_grad=True)
    results = []
    for inplace in (False, True):
        mytorch.manual_seed(0)
        h = a * a
        y = function(h, 0.4, inplace=inplace)
        assert (y is h) == inplace
        a.grad = None
        (y * y).backward()  # needs the values of y, and a * a those of a
        results.append((y.data.copy(), a.grad.data))
    np.testing.assert_array_equal(results[0], results[1])
    before = a.data.copy()
    with pytest.raises(RuntimeError, match=f"{function.__name__}_: a leaf that requires grad cannot be changed in"):
        function(a, inplace=True)
    np.testing.assert_array_equal(a.data, before)
    for unchanged in ({"training": False}, {"p": 0.0}):
        assert function(a, inplace=True, **unchanged) is a


@pytest.mark.parametrize(
    ("which", "shape"), [(nn.Dropout, (50,)), (nn.Dropout1d, (50, 2)), (nn.Dropout2d, (50, 2, 1, 1))]
)
def test_dropout_layers_in_place(which, shape) -> None:
    layer, x = which(0.5, inplace=True), Tensor(np.ones(shape))
    assert repr(layer) == f"{which.__name__}(p=0.5, inplace=True)"
    assert layer.eval()(x) is x
    assert (x.data == 1).all()
    assert layer.train()(x) is x
    assert set(x.data.ravel()) == {0.0, 2.0}


def test_dropout_in_place_of_whole_numbers() -> None:
    x = Tensor([1, 2, 3])
    with pytest.raises(RuntimeError, match="dropout_: the result is float64 and does not fit into x of int64"):
        F.dropout(x, inplace=True)
    assert x.tolist() == [1, 2, 3]

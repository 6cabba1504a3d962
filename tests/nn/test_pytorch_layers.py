"""Layers and options that programs written for PyTorch did not find here, beside PyTorch's own."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch import nn
from mytorch.compat.left_out import LeftOut
from mytorch.tensor import Tensor

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(17)


def beside_pytorch(make: Any, *arrays: np.ndarray, **options: Any) -> tuple[Any, Any]:
    """Output, states and all gradients of make(nn) and make(torch.nn), with the same random weights.
    Integer arrays are arguments without gradient. Returns both modules."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's advice about its fast paths
        ours, theirs = make(nn).double(), make(torch.nn).double()
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: tuple(v.shape) for k, v in theirs.state_dict().items()
    }
    state = {k: RNG.standard_normal(tuple(v.shape)) for k, v in theirs.state_dict().items() if v.is_floating_point()}
    ours.load_state_dict(state, strict=False)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in state.items()}, strict=False)
    leaves = [Tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    their_leaves = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, expected = flat(ours(*leaves, **options)), flat(theirs(*their_leaves, **options))
    assert len(found) == len(expected)
    total, their_total = Tensor(0.0), torch.tensor(0.0, dtype=torch.float64)
    for y, their_y in zip(found, expected):
        np.testing.assert_allclose(y.data, their_y.detach().numpy(), rtol=1e-8, atol=1e-9)
        weights = RNG.standard_normal(y.shape)
        total, their_total = total + (y * weights).sum(), their_total + (their_y * torch.tensor(weights)).sum()
    total.backward()
    their_total.backward()
    pairs = [*zip(leaves, their_leaves), *zip(ours.parameters(), theirs.parameters())]
    assert any(theirs.grad is not None for _, theirs in pairs)
    for leaf, their_leaf in pairs:
        assert (leaf.grad is None) == (their_leaf.grad is None)
        if leaf.grad is not None:
            np.testing.assert_allclose(leaf.grad.data, their_leaf.grad.numpy(), rtol=1e-7, atol=1e-9)
    return ours, theirs


def flat(value: Any) -> list:
    return [t for v in value for t in flat(v)] if isinstance(value, (tuple, list)) else [value]


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [0, 1, (2, 1), "same", "valid"], ids=str)
def test_convolution_takes_its_padding_from_the_image(mode: str, padding: Any) -> None:
    ours, theirs = beside_pytorch(
        lambda nn: nn.Conv2d(2, 3, (3, 2), padding=padding, dilation=(1, 2), padding_mode=mode), normal(2, 2, 5, 6)
    )
    assert repr(ours) == repr(theirs)
    one = padding[0] if isinstance(padding, tuple) else padding
    beside_pytorch(lambda nn: nn.Conv1d(2, 3, 4, padding=one, padding_mode=mode), normal(2, 7))


LSTMS = {
    "one layer": {},
    "two layers, both directions": {"num_layers": 2, "bidirectional": True},
    "no bias, batch first": {"bias": False, "batch_first": True},
}


@pytest.mark.parametrize("name", LSTMS)
def test_lstm_with_projections(name: str) -> None:
    ours, theirs = beside_pytorch(lambda nn: nn.LSTM(4, 5, proj_size=2, **LSTMS[name]), normal(3, 2, 4))
    assert repr(ours) == repr(theirs)
    beside_pytorch(lambda nn: nn.LSTM(4, 5, proj_size=2, **LSTMS[name]), normal(3, 4))


def test_lstm_with_projections_takes_and_gives_states_of_two_sizes() -> None:
    lstm = nn.LSTM(4, 5, proj_size=2)
    x, h, c = Tensor(normal(3, 2, 4)), Tensor(normal(1, 2, 2)), Tensor(normal(1, 2, 5))
    output, (h_n, c_n) = lstm(x, (h, c))
    assert (output.shape, h_n.shape, c_n.shape) == ((3, 2, 2), (1, 2, 2), (1, 2, 5))
    with pytest.raises(ValueError, match=r"must be Tensors of shape \(1, 2, 2\), got \(1, 2, 5\)"):
        lstm(x, (c, c))
    with pytest.raises(ValueError, match="proj_size must be an int below hidden_size=5, got 5"):
        nn.LSTM(4, 5, proj_size=5)


DECODERS: dict[str, dict[str, Any]] = {
    "as in the paper": {},
    "norm first": {"norm_first": True},
    "batch first, gelu, no bias": {"batch_first": True, "activation": "gelu", "bias": False},
}


@pytest.mark.parametrize("name", DECODERS)
def test_transformer_decoder(name: str) -> None:
    options = {"dim_feedforward": 6, "dropout": 0.0, **DECODERS[name]}
    beside_pytorch(lambda nn: nn.TransformerDecoderLayer(4, 2, **options), normal(3, 3, 4), normal(3, 3, 4))
    ours, theirs = beside_pytorch(
        lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, **options), 2, nn.LayerNorm(4)),
        normal(2, 2, 4),
        normal(2, 2, 4),
    )
    assert list(ours.state_dict()) == list(theirs.state_dict())
    beside_pytorch(
        lambda nn: nn.Transformer(4, 2, 1, 1, **{"norm_first": False, **options}), normal(2, 2, 4), normal(2, 2, 4)
    )


def test_decoder_masks_are_pytorchs() -> None:
    options = {"dim_feedforward": 6, "dropout": 0.0}
    ours, theirs = nn.TransformerDecoderLayer(4, 2, **options), torch.nn.TransformerDecoderLayer(4, 2, **options)
    theirs = theirs.double()
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    tgt, memory = normal(3, 2, 4), normal(5, 2, 4)
    causal = nn.Transformer.generate_square_subsequent_mask(3)
    np.testing.assert_array_equal(causal.data, torch.nn.Transformer.generate_square_subsequent_mask(3).numpy())
    looked, padded = RNG.random((3, 5)) < 0.3, np.array([[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]], bool)
    looked[:, 0] = False
    arguments = [tgt, memory, causal.data, looked, np.zeros((2, 3), bool), padded]
    found = ours(*map(Tensor, arguments))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # masks of numbers and of truth values together
        expected = theirs(*[torch.tensor(a) for a in arguments])
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=1e-8, atol=1e-10)


def test_transformer_starts_all_matrices_in_glorots_distribution() -> None:
    net = nn.Transformer(8, 2, 1, 1, dim_feedforward=16)
    for name, parameter in net.named_parameters():
        if parameter.ndim > 1:
            bound = np.sqrt(6 / sum(parameter.shape))
            assert 0.5 * bound < np.abs(parameter.data).max() <= bound, name


def test_embedding_shortens_the_rows_it_looks_up_to_max_norm() -> None:
    indices = np.array([[0, 2, 2], [4, 0, 2]])
    for norm_type in (2.0, 1.0):
        ours, theirs = beside_pytorch(lambda nn, p=norm_type: nn.Embedding(6, 3, max_norm=0.5, norm_type=p), indices)
        np.testing.assert_allclose(ours.weight.data, theirs.weight.detach().numpy(), rtol=1e-9)
        assert np.linalg.norm(ours.weight.data[[0, 2, 4]], ord=norm_type, axis=1).max() < 0.500001
        assert repr(ours) == repr(theirs)
    beside_pytorch(lambda nn: nn.Embedding(6, 3, scale_grad_by_freq=True, padding_idx=4), indices)


def test_max_norm_counts_as_a_change_in_place() -> None:
    layer = nn.Embedding(4, 2, max_norm=0.1)
    product = layer.weight * layer.weight
    layer(np.array([1]))
    with pytest.raises(RuntimeError, match=r"changed in place|modified"):
        product.backward()


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_embedding_bag(mode: str) -> None:
    beside_pytorch(lambda nn: nn.EmbeddingBag(6, 3, mode=mode), np.array([[0, 2, 2], [4, 0, 5]]))
    flat, offsets = np.array([0, 4, 2, 2, 1, 3]), np.array([0, 2, 2, 5])
    _, theirs = beside_pytorch(lambda nn: nn.EmbeddingBag(6, 3, mode=mode, padding_idx=2), flat, offsets)
    assert not theirs(torch.tensor(flat), torch.tensor(offsets))[1].any()  # the empty bag
    ends = np.array([0, 2, 2, 6])
    beside_pytorch(lambda nn: nn.EmbeddingBag(6, 3, mode=mode, include_last_offset=True), flat, ends)
    beside_pytorch(lambda nn: nn.EmbeddingBag(6, 3, mode=mode, max_norm=0.7), flat, offsets)


def test_embedding_bag_with_weights_of_the_samples() -> None:
    arrays = [np.array([0, 4, 2, 2, 1, 3]), np.array([0, 2, 2, 5]), normal(6)]
    beside_pytorch(lambda nn: nn.EmbeddingBag(6, 3, mode="sum"), *arrays)
    with pytest.raises(ValueError, match="per_sample_weights needs mode='sum', got mode='mean'"):
        nn.EmbeddingBag(6, 3)(*map(Tensor, arrays))


@pytest.mark.parametrize("norm", ["BatchNorm1d", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d"])
def test_normalization_without_bias(norm: str) -> None:
    x = normal(3, 2, 4) if norm.endswith("1d") else normal(3, 2, 4, 2)
    ours, theirs = beside_pytorch(lambda nn: getattr(nn, norm)(2, affine=True, bias=False), x)
    assert repr(ours) == repr(theirs)
    assert next(iter(ours.state_dict())) == "weight"
    assert "bias" not in ours.state_dict()
    assert repr(getattr(nn, norm)(2)) == repr(getattr(torch.nn, norm)(2))


def test_group_norm_without_bias() -> None:
    ours, theirs = beside_pytorch(lambda nn: nn.GroupNorm(2, 4, bias=False), normal(3, 4, 2))
    assert repr(ours) == repr(theirs)


def test_dropout2d_takes_three_axes_as_a_batch_of_signals() -> None:
    with pytest.warns(UserWarning, match="3 axes is taken as"):
        y = F.dropout2d(Tensor(np.ones((40, 5, 3))), 0.5)
    per_channel = y.data.reshape(200, 3)
    assert (per_channel == per_channel[:, :1]).all()
    assert set(np.unique(y.data)) == {0.0, 2.0}
    assert 0.3 < (per_channel[:, 0] == 0).mean() < 0.7


def test_batch_norm_of_nothing() -> None:
    for training in (True, False):
        y = F.batch_norm(Tensor(np.empty(0)), Tensor(np.empty(0)), Tensor(np.empty(0)), training=training)
        assert y.shape == (0,)


def test_gaussian_loss_passes_the_gradient_of_a_tiny_variance_on() -> None:
    arrays = normal(3, 4), normal(3, 4), RNG.uniform(0, 0.4, (3, 4))
    ours, theirs = (
        [Tensor(a, requires_grad=True) for a in arrays],
        [torch.tensor(a, requires_grad=True) for a in arrays],
    )
    F.gaussian_nll_loss(*ours, eps=0.5).backward()
    torch.nn.functional.gaussian_nll_loss(*theirs, eps=0.5).backward()
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a.grad.data, b.grad.numpy(), rtol=1e-10)


def test_shrinkage_keeps_nan_and_infinity() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 0.5, -0.5, 0.0])
    for name in ("softshrink", "hardshrink"):
        leaf, their_leaf = Tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
        y, their_y = getattr(F, name)(leaf), getattr(torch.nn.functional, name)(their_leaf)
        np.testing.assert_array_equal(y.data, their_y.detach().numpy())
        y.backward()
        their_y.sum().backward()
        np.testing.assert_array_equal(leaf.grad.data, their_leaf.grad.numpy())


@pytest.mark.parametrize("activation", ["relu", "gelu", "module", "function"])
def test_encoder_layer_takes_a_function_or_a_module_as_activation(activation: str) -> None:
    def make(nn: Any) -> Any:
        chosen = {"module": nn.Tanh(), "function": lambda x: x.tanh()}.get(activation, activation)
        return nn.TransformerEncoderLayer(4, 2, 6, 0.0, activation=chosen)

    beside_pytorch(make, normal(3, 2, 4))


def test_every_layer_takes_its_argument_by_pytorchs_name() -> None:
    x = Tensor(normal(2, 4, 6, 6))
    layers = [
        nn.ReLU(), nn.Linear(6, 2), nn.Conv2d(4, 2, 3), nn.ConvTranspose2d(4, 2, 3), nn.BatchNorm2d(4), nn.MaxPool2d(2),
        nn.InstanceNorm2d(4), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(2), nn.AdaptiveMaxPool2d(2), nn.GroupNorm(2, 4),
        nn.LayerNorm(6), nn.RMSNorm(6), nn.Dropout(), nn.Dropout2d(), nn.Flatten(), nn.Unflatten(1, (2, 2)), nn.GELU(),
        nn.Identity(), nn.Sequential(nn.Tanh()), nn.ZeroPad2d(1), nn.Upsample(2), nn.PixelShuffle(2), nn.Softmax(1),
        nn.PReLU(), nn.Unfold(2), nn.LogSoftmax(1), nn.Softshrink(), nn.LocalResponseNorm(2), nn.Hardtanh(),
    ]  # fmt: skip
    for layer in layers:
        assert layer.eval()(input=x) is not None


LEFT_OUT = {
    "Conv3d": "volumes .* are left out; use Conv2d on the slices",
    "BatchNorm3d": "flatten .* to one axis and use the 1d layer",
    "MaxPool3d": "pool two axes, then reshape",
    "LazyLinear": "give it, as in nn.Linear",
    "LazyConv2d": "give it, as in nn.Linear",
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_layer_that_is_left_out_says_what_to_take_instead(name: str) -> None:
    for use in (lambda: getattr(nn, name), lambda: exec(f"from mytorch.nn import {name}")):
        with pytest.raises(LeftOut, match=LEFT_OUT[name]) as caught:
            use()
        assert not isinstance(caught.value, AttributeError)


def test_a_name_that_nobody_has() -> None:
    assert not hasattr(nn, "NoSuchLayer")
    with pytest.raises(AttributeError, match=r"has no attribute 'NoSuchLayer'$"):
        nn.NoSuchLayer  # noqa: B018

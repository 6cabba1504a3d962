"""MultiheadAttention, TransformerEncoderLayer and TransformerEncoder against PyTorch with the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.twins import assert_twins_agree, twin

import mytorch
from mytorch import nn
from mytorch.nn import functional as F
from mytorch.tensor import Tensor

RNG = np.random.default_rng(41)
STEPS, KEYS, BATCH, WIDTH, HEADS = 4, 3, 2, 6, 2


def pair(name: str, *args: Any, **options: Any) -> tuple[Any, Any, Any]:
    """(torch, ours, theirs) with equal weights, none of them 0."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    ours, theirs = getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options)
    with torch.no_grad():
        for parameter in theirs.parameters():  # biases start at 0, where mistakes would not show
            parameter += 0.1 * torch.randn_like(parameter)
    return torch, *twin(ours, theirs)


def arrays(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    return [RNG.standard_normal(shape) for shape in shapes]


# ------------------------------------------------------------- MultiheadAttention

ATTENTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "without_bias": {"bias": False},
    "batch_first": {"batch_first": True},
    "other_widths": {"kdim": 5, "vdim": 4},
    "other_widths_without_bias": {"kdim": 6, "vdim": 4, "bias": False, "batch_first": True},
}


@pytest.mark.parametrize("options", ATTENTIONS.values(), ids=ATTENTIONS)
def test_attention_computes_what_pytorchs_computes(options: dict[str, Any]) -> None:
    torch, ours, theirs = pair("MultiheadAttention", WIDTH, HEADS, **options)
    widths = WIDTH, options.get("kdim", WIDTH), options.get("vdim", WIDTH)
    shapes = [(n, BATCH, width) for n, width in zip((STEPS, KEYS, KEYS), widths)]
    if options.get("batch_first"):
        shapes = [(batch, n, width) for n, batch, width in shapes]
    assert_twins_agree(torch, ours, theirs, arrays(*shapes), second=True)
    unbatched = [(n, width) for n, width in zip((STEPS, KEYS, KEYS), widths)]
    assert_twins_agree(torch, ours, theirs, arrays(*unbatched))


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("sizes", [(4, 2), (1, 1)], ids=["L4_N2", "L1_N1"])
def test_self_attention(batch_first: bool, sizes: tuple[int, int]) -> None:
    torch, ours, theirs = pair("MultiheadAttention", WIDTH, 3, batch_first=batch_first)
    x = arrays((*sizes, WIDTH))
    assert_twins_agree(torch, ours, theirs, x, lambda module, x: module(x, x, x), second=True)
    assert_twins_agree(torch, ours, theirs, x, lambda module, x: module(x, x * 2, x))
    assert_twins_agree(
        torch, ours, theirs, x, lambda module, x: module(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1))
    )


MASKS: dict[str, dict[str, np.ndarray]] = {
    "attn_bool": {"attn_mask": np.triu(np.ones((STEPS, KEYS), bool), 1)},
    "attn_float": {"attn_mask": RNG.standard_normal((STEPS, KEYS))},
    "attn_by_head": {"attn_mask": RNG.standard_normal((BATCH * HEADS, STEPS, KEYS))},
    "attn_bool_by_head": {"attn_mask": RNG.random((BATCH * HEADS, STEPS, KEYS)) * np.arange(1, KEYS + 1) > 1},
    "padding_bool": {"key_padding_mask": np.array([[False, False, True], [False, True, True]])},
    "padding_float": {"key_padding_mask": RNG.standard_normal((BATCH, KEYS))},
    "both": {
        "attn_mask": np.triu(np.ones((STEPS, KEYS), bool), 2),
        "key_padding_mask": np.array([[False, False, True], [False, True, False]]),
    },
}


@pytest.mark.parametrize("masks", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("options", [{}, {"need_weights": False}, {"average_attn_weights": False}], ids=str)
def test_masks(masks: dict[str, np.ndarray], options: dict[str, Any]) -> None:
    torch, ours, theirs = pair("MultiheadAttention", WIDTH, HEADS)
    inputs = arrays((STEPS, BATCH, WIDTH), (KEYS, BATCH, WIDTH), (KEYS, BATCH, WIDTH))

    def call(module: Any, query: Any, key: Any, value: Any, *values: Any) -> Any:
        return module(query, key, value, **dict(zip(masks, values)), **options)

    assert_twins_agree(torch, ours, theirs, [*inputs, *masks.values()], call)


def test_masks_without_batch() -> None:
    torch, ours, theirs = pair("MultiheadAttention", WIDTH, HEADS)
    masks = [np.array([False, True, False]), RNG.standard_normal((HEADS, STEPS, KEYS))]

    def call(module: Any, query: Any, key: Any, padding: Any, mask: Any) -> Any:
        if isinstance(module, nn.Module):
            return module(query, key, key, padding, attn_mask=mask)
        padding = torch.zeros(KEYS, dtype=torch.float64).masked_fill(padding, -torch.inf)  # it wants masks of one kind
        return module(query, key, key, padding, attn_mask=mask)

    assert_twins_agree(torch, ours, theirs, [*arrays((STEPS, WIDTH), (KEYS, WIDTH)), *masks], call)


def test_who_may_look_at_nothing_gets_the_bias() -> None:
    layer = nn.MultiheadAttention(WIDTH, HEADS)
    layer.out_proj.bias.data = RNG.standard_normal(WIDTH)
    x = Tensor(RNG.standard_normal((STEPS, WIDTH)), requires_grad=True)
    mask = np.zeros((STEPS, STEPS), bool)
    mask[2] = True
    output, weights = layer(x, x, x, attn_mask=Tensor(mask))
    assert not weights.data[2].any()
    np.testing.assert_allclose(weights.data.sum(1), [1, 1, 0, 1])
    np.testing.assert_array_equal(output.data[2], layer.out_proj.bias.data)
    output.sum().backward()
    assert np.isfinite(x.grad.data).all()


def test_dropout_of_the_weights_in_training_only() -> None:
    layer = nn.MultiheadAttention(WIDTH, HEADS, dropout=0.5)
    x = Tensor(RNG.standard_normal((40, WIDTH)))
    mytorch.manual_seed(2)
    _, weights = layer(x, x, x, average_attn_weights=False)
    dropped = weights.data == 0
    assert 0.45 < dropped.mean() < 0.55
    layer.eval()
    _, plain = layer(x, x, x, average_attn_weights=False)
    assert (plain.data > 0).all()
    np.testing.assert_allclose(weights.data[~dropped], 2 * plain.data[~dropped])


def test_first_weights() -> None:
    layer = nn.MultiheadAttention(64, 4)
    bound = np.sqrt(6 / (4 * 64))
    assert 0.95 * bound < np.abs(layer.in_proj_weight.data).max() <= bound
    assert not layer.in_proj_bias.data.any()
    assert not layer.out_proj.bias.data.any()
    separate = nn.MultiheadAttention(64, 4, kdim=32, vdim=16)
    for name, width in (("q", 64), ("k", 32), ("v", 16)):
        bound = np.sqrt(6 / (64 + width))
        assert 0.95 * bound < np.abs(getattr(separate, f"{name}_proj_weight").data).max() <= bound


def test_float32_stays_float32() -> None:
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 8).float()
    x = Tensor(RNG.standard_normal((STEPS, BATCH, WIDTH)).astype(np.float32), requires_grad=True)
    y = layer(x, Tensor(np.triu(np.ones((STEPS, STEPS), bool), 1)))
    assert y.dtype == np.float32
    y.sum().backward()
    assert {x.grad.dtype, *[p.grad.dtype for p in layer.parameters()]} == {np.dtype(np.float32)}


# ------------------------------------------------------------------------ encoder

ENCODERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "norm_first": {"norm_first": True},
    "gelu": {"activation": "gelu"},
    "batch_first": {"batch_first": True},
    "without_bias": {"bias": False, "norm_first": True},
    "eps": {"layer_norm_eps": 0.1},
}


@pytest.mark.parametrize("options", ENCODERS.values(), ids=ENCODERS)
def test_encoder_layer_computes_what_pytorchs_computes(options: dict[str, Any]) -> None:
    torch, ours, theirs = pair("TransformerEncoderLayer", WIDTH, HEADS, 5, dropout=0.0, **options)
    shape = (BATCH, STEPS, WIDTH) if options.get("batch_first") else (STEPS, BATCH, WIDTH)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # PyTorch's fast one has no 2nd derivative
        assert_twins_agree(torch, ours, theirs, arrays(shape), second=True)
    assert_twins_agree(torch, ours, theirs, arrays((STEPS, WIDTH)))
    causal = np.triu(np.ones((STEPS, STEPS), bool), 1)
    padding = np.array([[False, False, False, True], [False, False, True, True]])
    assert_twins_agree(
        torch, ours, theirs, [*arrays(shape), causal, padding], lambda module, x, mask, pad: module(x, mask, pad)
    )


def test_activation_may_be_a_function() -> None:
    torch = pytest.importorskip("torch")
    ours = nn.TransformerEncoderLayer(WIDTH, HEADS, 5, 0.0, F.tanh)
    theirs = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 5, 0.0, torch.tanh)
    assert_twins_agree(torch, *twin(ours, theirs), arrays((STEPS, BATCH, WIDTH)))


@pytest.mark.parametrize("norm", [False, True])
def test_encoder_computes_what_pytorchs_computes(norm: bool) -> None:
    torch = pytest.importorskip("torch")
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 5, dropout=0.0)
    ours = nn.TransformerEncoder(layer, 2, nn.LayerNorm(WIDTH) if norm else None)
    layer = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 5, dropout=0.0)
    theirs = torch.nn.TransformerEncoder(
        layer, 2, torch.nn.LayerNorm(WIDTH) if norm else None, enable_nested_tensor=False
    )
    ours, theirs = twin(ours, theirs)
    assert_twins_agree(torch, ours, theirs, arrays((STEPS, BATCH, WIDTH)))
    causal = np.triu(np.ones((STEPS, STEPS), bool), 1)
    assert_twins_agree(
        torch, ours, theirs, [*arrays((STEPS, BATCH, WIDTH)), causal], lambda module, x, mask: module(x, mask)
    )


def test_encoder_layers_are_copies() -> None:
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 5)
    encoder = nn.TransformerEncoder(layer, 2)
    first, second = encoder.layers
    assert first.linear1.weight is not second.linear1.weight
    np.testing.assert_array_equal(first.linear1.weight.data, second.linear1.weight.data)
    encoder(Tensor(RNG.standard_normal((STEPS, WIDTH)))).sum().backward()
    assert all(p.grad is not None for p in encoder.parameters())
    assert all(p.grad is None for p in layer.parameters())


def test_dropout_of_an_encoder_layer() -> None:
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 5, dropout=0.5)
    x = Tensor(RNG.standard_normal((STEPS, WIDTH)))
    assert not np.allclose(layer(x).data, layer(x).data)
    layer.eval()
    np.testing.assert_array_equal(layer(x).data, layer(x).data)


# ----------------------------------------------------------------------- refusals

X = Tensor(np.ones((STEPS, BATCH, WIDTH)))
MHA = nn.MultiheadAttention(WIDTH, HEADS)
SDPA = F.scaled_dot_product_attention

WRONG = [
    (lambda: nn.MultiheadAttention(6, 4), ValueError, r"num_heads 4 must divide embed_dim 6"),
    (lambda: nn.MultiheadAttention(0, 1), ValueError, r"embed_dim must be a positive int, got 0"),
    (lambda: nn.MultiheadAttention(6, 2, kdim=-1), ValueError, r"kdim must be a positive int, got -1"),
    (lambda: nn.MultiheadAttention(6, 2, dropout=2), ValueError, r"dropout must be a probability.*got 2"),
    (lambda: MHA(X, X, X.data), TypeError, r"MultiheadAttention\(6, 2\): value must be a Tensor, got ndarray"),
    (lambda: MHA(X[..., :4], X, X), ValueError, r"query must have 3 axes.*6 features, got shape \(4, 2, 4\)"),
    (lambda: MHA(X, X[0], X), ValueError, r"key must have 3 axes, as query, and 6 features, got shape \(2, 6\)"),
    (lambda: MHA(X, X, X[:2]), ValueError, r"key and value must have equally many steps.*value \(2, 2, 6\)"),
    (lambda: MHA(X, X[:, :1], X[:, :1]), ValueError, r"equally many batches"),
    (lambda: MHA(X, X, X, attn_mask=X), ValueError, r"attn_mask must have shape \(4, 4\) or \(4, 4, 4\), got"),
    (lambda: MHA(X, X, X, key_padding_mask=X), ValueError, r"key_padding_mask must have shape \(2, 4\), got"),
    (lambda: MHA(X, X, X, attn_mask=Tensor([1])), TypeError, r"attn_mask must be a Tensor of truth values or floats"),
    (lambda: MHA(X, X, X, is_causal=True), ValueError, r"is_causal=True is a hint about attn_mask"),
    (lambda: nn.TransformerEncoderLayer(6, 2, activation="selu"), ValueError, r"activation must be 'relu', 'gelu'"),
    (lambda: nn.TransformerEncoder("layer", 2), TypeError, r"encoder_layer must be a Module, got str"),
    (lambda: nn.TransformerEncoder(MHA, -1), ValueError, r"num_layers must be an int of at least 0, got -1"),
    (lambda: SDPA(X.data, X, X), TypeError, r"scaled_dot_product_attention: query must be a Tensor, got ndarray"),
    (lambda: SDPA(X, X[0, 0], X), ValueError, r"key must be floating point and have at least 2 axes.*\(6,\)"),
    (lambda: SDPA(X, X[..., :4], X), ValueError, r"must agree in E and S"),
    (lambda: SDPA(X, X, X[:, :1]), ValueError, r"must agree in E and S"),
    (lambda: SDPA(X, X, X, X, is_causal=True), ValueError, r"attn_mask must be None"),
    (lambda: SDPA(X, X, X, Tensor([1])), TypeError, r"attn_mask must be of truth values or floats, got int64"),
    (lambda: SDPA(X, X, X, dropout_p=-1), ValueError, r"dropout_p must be a probability, from 0 to 1, got -1"),
    (lambda: SDPA(X, X[:3], X[:3], enable_gqa=True), ValueError, r"the heads of key, axis -3, must divide"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_refusals(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

"""RNN, LSTM, GRU and their cells, against PyTorch with the same weights and against formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.twins import assert_twins_agree, flat, twin

import mytorch
from mytorch import nn
from mytorch.nn import functional as F
from mytorch.nn.utils.rnn import pack_padded_sequence
from mytorch.tensor import Tensor

RNG = np.random.default_rng(31)
LAYERS = ["RNN", "LSTM", "GRU"]

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "two_layers": {"num_layers": 2},
    "bidirectional": {"bidirectional": True},
    "without_bias": {"bias": False},
    "batch_first": {"batch_first": True},
    "everything": {"num_layers": 3, "bidirectional": True, "batch_first": True},
}


def pair(name: str, *args: Any, **options: Any) -> tuple[Any, Any, Any]:
    """(torch, ours, theirs) with equal weights."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    return torch, *twin(getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options))


def first_states(name: str, shape: tuple[int, ...]) -> list[np.ndarray]:
    return [RNG.standard_normal(shape) for _ in range(2 if name == "LSTM" else 1)]


def with_states(name: str) -> Any:
    """Calls a layer with hx, which for an LSTM is a pair."""
    return lambda module, x, *states: module(x, states if name == "LSTM" else states[0])


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("sizes", [(4, 3), (1, 1), (5, 1)], ids=["T4_N3", "T1_N1", "T5_N1"])
def test_layers_compute_what_pytorchs_compute(name: str, options: dict[str, Any], sizes: tuple[int, int]) -> None:
    torch, ours, theirs = pair(name, 3, 2, **options)
    steps, batch = sizes
    shape = (batch, steps, 3) if options.get("batch_first") else (steps, batch, 3)
    x = RNG.standard_normal(shape)
    assert_twins_agree(torch, ours, theirs, [x])
    layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    assert_twins_agree(
        torch, ours, theirs, [x, *first_states(name, (layers, batch, 2))], with_states(name), second=True
    )  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_one_sequence_without_batch(name: str) -> None:
    torch, ours, theirs = pair(name, 3, 2, num_layers=2, bidirectional=True)
    x = RNG.standard_normal((4, 3))
    assert_twins_agree(torch, ours, theirs, [x])
    assert_twins_agree(torch, ours, theirs, [x, *first_states(name, (4, 2))], with_states(name))


@pytest.mark.parametrize("name", LAYERS)
def test_non_contiguous_input(name: str) -> None:
    torch, ours, theirs = pair(name, 3, 2)
    x = RNG.standard_normal((3, 2, 8))
    assert_twins_agree(torch, ours, theirs, [x], lambda module, x: module(x.transpose(0, 2)[::2]))


def test_rnn_with_relu() -> None:
    torch, ours, theirs = pair("RNN", 3, 2, 2, "relu")
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((4, 2, 3))], second=True)


@pytest.mark.parametrize("name", LAYERS)
def test_sizes_one(name: str) -> None:
    torch, ours, theirs = pair(name, 1, 1)
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((3, 2, 1))])


def test_large_values_do_not_overflow() -> None:
    torch, ours, theirs = pair("LSTM", 2, 2)
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((3, 2, 2)) * 1e4])


@pytest.mark.parametrize("name", LAYERS)
def test_float32_stays_float32(name: str) -> None:
    layer = getattr(nn, name)(3, 2, 2, bidirectional=True).float()
    x = Tensor(RNG.standard_normal((4, 2, 3)).astype(np.float32), requires_grad=True)
    outputs = flat(layer(x))
    assert {output.dtype for output in outputs} == {np.dtype(np.float32)}
    outputs[0].sum().backward()
    assert x.grad.dtype == np.float32
    assert {p.grad.dtype for p in layer.parameters()} == {np.dtype(np.float32)}


# ----------------------------------------------------------------------- packed


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("lengths", [[4, 3, 3, 1], [2, 4, 1, 4], [3], [2, 2]], ids=str)
@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}], ids=["plain", "stacked"])
def test_packed_sequences(name: str, lengths: list[int], options: dict[str, Any]) -> None:
    torch, ours, theirs = pair(name, 3, 2, **options)
    x = RNG.standard_normal((max(lengths) + 1, len(lengths), 3))

    def call(module: Any, x: Any, *states: Any) -> Any:
        utils = nn.utils.rnn if isinstance(module, nn.Module) else torch.nn.utils.rnn
        packed = utils.pack_padded_sequence(x, lengths, enforce_sorted=False)
        output, last = module(packed, (states if name == "LSTM" else states[0]) if states else None)
        return output, last, utils.pad_packed_sequence(output)

    assert_twins_agree(torch, ours, theirs, [x], call)
    states = first_states(name, (4 if options else 1, len(lengths), 2))
    assert_twins_agree(torch, ours, theirs, [x, *states], call, second=True)


@pytest.mark.parametrize("name", LAYERS)
def test_a_packed_sequence_gives_what_each_sequence_alone_gives(name: str) -> None:
    layer = getattr(nn, name)(3, 2, bidirectional=True)
    x, lengths = RNG.standard_normal((5, 3, 3)), [2, 5, 3]
    output, last = layer(pack_padded_sequence(Tensor(x), lengths, enforce_sorted=False))
    padded, _ = nn.utils.rnn.pad_packed_sequence(output)
    for n, length in enumerate(lengths):
        alone, last_alone = layer(Tensor(x[:length, n]))
        np.testing.assert_allclose(padded.data[:length, n], alone.data, rtol=1e-12)
        assert not padded.data[length:, n].any()
        for state, other in zip(flat(last), flat(last_alone)):
            np.testing.assert_allclose(state.data[:, n], other.data, rtol=1e-12)


def test_padding_is_never_looked_at() -> None:
    layer, x = nn.GRU(2, 2, bidirectional=True), RNG.standard_normal((3, 2, 2))
    x[1:, 1] = np.nan
    leaf = Tensor(x, requires_grad=True)
    output, last = layer(pack_padded_sequence(leaf, [3, 1]))
    assert np.isfinite(output.data.data).all()
    (output.data.sum() + last.sum()).backward()
    assert np.isfinite(leaf.grad.data).all()
    assert not leaf.grad.data[1:, 1].any()
    assert all(np.isfinite(p.grad.data).all() for p in layer.parameters())


# ---------------------------------------------------------------------- dropout


def test_dropout_acts_between_layers_in_training_only() -> None:
    layer = nn.LSTM(3, 50, num_layers=2, dropout=0.5)
    x = Tensor(RNG.standard_normal((4, 2, 3)))
    mytorch.manual_seed(1)
    first = layer(x)[0].data
    assert not np.allclose(first, layer(x)[0].data)
    mytorch.manual_seed(1)
    np.testing.assert_array_equal(first, layer(x)[0].data)
    layer.eval()
    plain = nn.LSTM(3, 50, num_layers=2)
    plain.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(layer(x)[0].data, plain(x)[0].data)
    # The first layer's own states are not dropped, and neither is the output.
    layer.train()
    np.testing.assert_array_equal(layer(x)[1][0].data[0], plain(x)[1][0].data[0])
    assert (layer(x)[0].data != 0).all()


def test_all_of_it_dropped_leaves_the_second_layer_its_biases() -> None:
    torch, ours, theirs = pair("GRU", 3, 2, num_layers=2, dropout=1.0)
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((4, 2, 3))])


def test_dropout_with_one_layer_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="RNN: dropout acts between layers"):
        nn.RNN(2, 2, dropout=0.1)


# -------------------------------------------------------------- parameters, training


@pytest.mark.parametrize("name", LAYERS)
def test_first_weights(name: str) -> None:
    layer = getattr(nn, name)(100, 64, 2, bidirectional=True)
    for name_, parameter in layer.named_parameters():
        assert np.abs(parameter.data).max() <= 1 / 8, name_
        assert np.abs(parameter.data).max() > 0.9 / 8, name_
        assert abs(parameter.data.mean()) < 0.03, name_
    layer.flatten_parameters()


def test_an_lstm_learns_to_remember() -> None:
    """The label is the first of ten inputs: the gradient must get through ten steps."""
    mytorch.manual_seed(0)
    rng = np.random.default_rng(0)
    lstm, out = nn.LSTM(1, 8), nn.Linear(8, 2)
    optimizer = mytorch.optim.Adam([*lstm.parameters(), *out.parameters()], lr=0.03)
    x = rng.choice([-1.0, 1.0], (10, 64, 1))
    labels = (x[0, :, 0] > 0).astype(int)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        _, (h, _) = lstm(Tensor(x))
        loss = nn.CrossEntropyLoss()(out(h[0]), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 0.6
    assert losses[-1] < 0.05


def test_repr() -> None:
    assert repr(nn.LSTM(3, 4)) == "LSTM(3, 4)"
    assert repr(nn.GRU(3, 4, 2, dropout=0.5, batch_first=True)) == (
        "GRU(3, 4, num_layers=2, batch_first=True, dropout=0.5)"
    )  # fmt: skip
    assert repr(nn.LSTMCell(3, 4, bias=False)) == "LSTMCell(3, 4, bias=False)"
    assert repr(nn.RNNCell(3, 4, nonlinearity="relu")) == "RNNCell(3, 4, nonlinearity='relu')"


# ------------------------------------------------------------------------- cells


@pytest.mark.parametrize("name", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch", [(4,), (1,), ()], ids=str)
def test_cells_compute_what_pytorchs_compute(name: str, bias: bool, batch: tuple[int, ...]) -> None:
    torch, ours, theirs = pair(name, 3, 2, bias=bias)
    x = RNG.standard_normal((*batch, 3))
    assert_twins_agree(torch, ours, theirs, [x])
    kind = name.removesuffix("Cell")
    assert_twins_agree(torch, ours, theirs, [x, *first_states(kind, (*batch, 2))], with_states(kind), second=True)


def test_relu_cell() -> None:
    torch, ours, theirs = pair("RNNCell", 3, 2, nonlinearity="relu")
    assert_twins_agree(torch, ours, theirs, [RNG.standard_normal((4, 3))])


def test_a_loop_over_a_cell_is_the_layer() -> None:
    layer, cell = nn.GRU(3, 2), nn.GRUCell(3, 2)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    x, h = Tensor(RNG.standard_normal((5, 4, 3))), None
    for step in x:
        h = cell(step, h)
    np.testing.assert_allclose(h.data, layer(x)[1].data[0], rtol=1e-12)


# ------------------------------------------------------------------------ refusals

X, H = Tensor(np.ones((4, 2, 3))), Tensor(np.ones((2, 2)))
W, V = Tensor(np.ones((6, 3))), Tensor(np.ones((6, 2)))  # of a GRU cell, 3 -> 2

WRONG = [
    (lambda: nn.RNN(0, 2), ValueError, r"RNN: input_size must be a positive int, got 0"),
    (lambda: nn.LSTM(3, 2.0), ValueError, r"LSTM: hidden_size must be a positive int, got 2\.0"),
    (lambda: nn.GRU(3, 2, 0), ValueError, r"GRU: num_layers must be a positive int, got 0"),
    (lambda: nn.GRU(3, 2, 2, dropout=1.5), ValueError, r"GRU: dropout must be a probability.*1\.5"),
    (lambda: nn.GRU(3, 2, proj_size=1), ValueError, r"GRU: proj_size must be 0, only LSTM has"),
    (lambda: nn.RNN(3, 2, nonlinearity="gelu"), ValueError, r"RNN: nonlinearity must be 'tanh' or 'relu', got 'gelu'"),
    (lambda: nn.RNN(4, 2)(X), ValueError, r"RNN\(4, 2\): input must have shape \(T, N, 4\).*got \(4, 2, 3\)"),
    (lambda: nn.RNN(3, 2)(X[0, 0]), ValueError, r"input must have shape .*got \(3,\)"),
    (lambda: nn.RNN(3, 2)(X.data), TypeError, r"input must be a Tensor or a PackedSequence, got ndarray"),
    (lambda: nn.RNN(3, 2)(X[:0]), ValueError, r"input must have at least one step, got shape \(0, 2, 3\)"),
    (lambda: nn.RNN(3, 2)(X, X), ValueError, r"states in hx must be Tensors of shape \(1, 2, 2\), got \(4, 2, 3\)"),
    (lambda: nn.LSTM(3, 2)(X, X), TypeError, r"hx must be a pair \(h_0, c_0\) of Tensors, got Tensor"),
    (lambda: nn.RNN(3, 2)(X[0], X), ValueError, r"states in hx must be Tensors of shape \(1, 2\), got \(4, 2, 3\)"),
    (lambda: nn.RNN(2, 2)(pack_padded_sequence(X, [4, 4])), ValueError, r"packed data must have shape \(sum, 2\)"),
    (lambda: nn.LSTMCell(3, 0), ValueError, r"LSTMCell: hidden_size must be a positive int, got 0"),
    (lambda: nn.RNNCell(3, 2, nonlinearity="x"), ValueError, r"RNNCell: nonlinearity must be"),
    (lambda: nn.GRUCell(3, 2)(X), ValueError, r"input must have shape \(N, 3\) or \(3,\), got \(4, 2, 3\)"),
    (lambda: nn.GRUCell(3, 2)(X[0], X[0]), ValueError, r"states in hx must be Tensors of shape \(2, 2\).*got \(2, 3\)"),
    (lambda: nn.LSTMCell(3, 2)(X[0], X[0]), TypeError, r"hx must be a pair \(h, c\) of Tensors, got Tensor"),
    (lambda: F.gru_cell(X[0].data, H, W, V), TypeError, r"gru_cell: input must be a Tensor, got ndarray"),
    (lambda: F.gru_cell(X, H, W, V), ValueError, r"gru_cell: input must have shape \(N, in\), got \(4, 2, 3\)"),
    (lambda: F.gru_cell(X[0], H, W, W), ValueError, r"gru_cell: w_hh must have shape \(3\*H, H\), got \(6, 3\)"),
    (lambda: F.gru_cell(X[0], H, V, V), ValueError, r"gru_cell: w_ih must have shape \(6, 3\) .*got \(6, 2\)"),
    (lambda: F.gru_cell(X[0], X[0], W, V), ValueError, r"gru_cell: hx must have shape \(2, 2\) .*got \(2, 3\)"),
    (lambda: F.gru_cell(X[0], H, W, V, H), ValueError, r"gru_cell: b_ih must have shape \(6,\) .*got \(2, 2\)"),
    (lambda: F.lstm_cell(X[0], H, W, V), TypeError, r"lstm_cell: hx must be a pair \(h, c\) of Tensors, got Tensor"),
    (lambda: F.rnn_tanh_cell(X[0], H, H, None), TypeError, r"rnn_tanh_cell: w_hh must be a Tensor, got NoneType"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_refusals(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

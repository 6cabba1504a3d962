"""Modules beside PyTorch's: same repr, same state, and with the same weights the same outputs,
gradients and second gradients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn
from mytorch.tensor import Tensor

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(31)
IMAGES = (4, 6, 3, 2)
LABELS = np.array([2, 0, 3, 1])
BITS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
SIGNS = np.array([1.0, -1.0])


@dataclass
class Row:
    make: Any  # a module from a namespace nn
    shapes: tuple  # of the inputs that require grad
    rest: tuple = ()  # the other arguments
    twice: bool = True  # whether PyTorch has a second derivative
    same_repr: bool = True
    low: float = -2.0
    high: float = 2.0
    id: str = field(default="", compare=False)


def elementwise(make: Any, **options: Any) -> Row:
    return Row(make, (IMAGES,), **options)


ROWS = {
    "LeakyReLU": elementwise(lambda nn: nn.LeakyReLU(0.2)),
    "PReLU": elementwise(lambda nn: nn.PReLU()),
    "PReLU per channel": elementwise(lambda nn: nn.PReLU(6, init=0.1)),
    "ELU": elementwise(lambda nn: nn.ELU(1.5)),
    "SELU": elementwise(lambda nn: nn.SELU()),
    "CELU": elementwise(lambda nn: nn.CELU(2.0)),
    "GELU": elementwise(lambda nn: nn.GELU()),
    "GELU tanh": elementwise(lambda nn: nn.GELU("tanh")),
    "SiLU": elementwise(lambda nn: nn.SiLU()),
    "Mish": elementwise(lambda nn: nn.Mish()),
    "Softplus": elementwise(lambda nn: nn.Softplus(2.0, 3.0)),
    "Softsign": elementwise(lambda nn: nn.Softsign()),
    "Hardtanh": elementwise(lambda nn: nn.Hardtanh(-0.5, 0.75)),
    "ReLU6": elementwise(lambda nn: nn.ReLU6(), low=-3.0, high=9.0),
    "Hardsigmoid": elementwise(lambda nn: nn.Hardsigmoid(), twice=False, low=-5.0, high=5.0),
    "Hardswish": elementwise(lambda nn: nn.Hardswish(), low=-5.0, high=5.0),
    "LogSigmoid": elementwise(lambda nn: nn.LogSigmoid()),
    "Tanhshrink": elementwise(lambda nn: nn.Tanhshrink()),
    "Threshold": elementwise(lambda nn: nn.Threshold(0.5, -1.0)),
    "Softmin": elementwise(lambda nn: nn.Softmin(1)),
    "LogSoftmax": elementwise(lambda nn: nn.LogSoftmax(dim=-1)),
    "GLU": elementwise(lambda nn: nn.GLU(1)),
    "Identity": elementwise(lambda nn: nn.Identity(54, unused=0.1)),
    "Unflatten": elementwise(lambda nn: nn.Unflatten(1, (2, -1))),
    "LayerNorm": elementwise(lambda nn: nn.LayerNorm((3, 2))),
    "LayerNorm int": elementwise(lambda nn: nn.LayerNorm(2, eps=0.01, bias=False)),
    "LayerNorm plain": elementwise(lambda nn: nn.LayerNorm(2, elementwise_affine=False)),
    "RMSNorm": elementwise(lambda nn: nn.RMSNorm((3, 2))),
    "RMSNorm eps": elementwise(lambda nn: nn.RMSNorm(2, eps=0.1, elementwise_affine=False)),
    "GroupNorm": elementwise(lambda nn: nn.GroupNorm(3, 6)),
    "GroupNorm plain": elementwise(lambda nn: nn.GroupNorm(2, 6, affine=False)),
    "InstanceNorm2d": elementwise(lambda nn: nn.InstanceNorm2d(6), same_repr=False),
    "InstanceNorm2d affine": elementwise(lambda nn: nn.InstanceNorm2d(6, affine=True), same_repr=False),
    "InstanceNorm2d tracking": elementwise(
        lambda nn: nn.InstanceNorm2d(6, affine=True, track_running_stats=True), same_repr=False
    ),
    "InstanceNorm1d": Row(lambda nn: nn.InstanceNorm1d(3, eps=0.1), ((2, 3, 5),), same_repr=False),
    "InstanceNorm1d unbatched": Row(lambda nn: nn.InstanceNorm1d(3), ((3, 5),), same_repr=False),
    "Embedding": Row(lambda nn: nn.Embedding(5, 3, padding_idx=-1), (), (np.array([[0, 4], [2, 2]]),)),
    "CosineSimilarity": Row(lambda nn: nn.CosineSimilarity(dim=2), ((2, 3, 4), (2, 3, 4)), same_repr=False),
    "PairwiseDistance": Row(lambda nn: nn.PairwiseDistance(3.0), ((2, 4), (2, 4)), same_repr=False),
    "CrossEntropyLoss": Row(lambda nn: nn.CrossEntropyLoss(), ((4, 5),), (LABELS,)),
    "CrossEntropyLoss all": Row(
        lambda nn: nn.CrossEntropyLoss(weight(nn, 5), ignore_index=3, reduction="sum", label_smoothing=0.1),
        ((4, 5),),
        (LABELS,),
    ),
    "NLLLoss": Row(lambda nn: nn.NLLLoss(weight(nn, 5), reduction="none"), ((4, 5),), (LABELS,)),
    "MSELoss": Row(lambda nn: nn.MSELoss(reduction="sum"), ((2, 3), (2, 3))),
    "L1Loss": Row(lambda nn: nn.L1Loss(), ((2, 3), (2, 3))),
    "SmoothL1Loss": Row(lambda nn: nn.SmoothL1Loss(beta=0.5), ((2, 3), (2, 3))),
    "HuberLoss": Row(lambda nn: nn.HuberLoss(delta=0.5), ((2, 3), (2, 3))),
    "BCELoss": Row(lambda nn: nn.BCELoss(weight(nn, 3)), ((2, 3),), (BITS,), low=0.1, high=0.9),
    "BCEWithLogitsLoss": Row(lambda nn: nn.BCEWithLogitsLoss(pos_weight=weight(nn, 3)), ((2, 3),), (BITS,)),
    "KLDivLoss": Row(lambda nn: nn.KLDivLoss(reduction="batchmean", log_target=True), ((2, 3), (2, 3))),
    "MarginRankingLoss": Row(lambda nn: nn.MarginRankingLoss(0.5), ((2,), (2,)), (SIGNS,)),
    "CosineEmbeddingLoss": Row(lambda nn: nn.CosineEmbeddingLoss(0.2), ((2, 3), (2, 3)), (SIGNS,)),
    "TripletMarginLoss": Row(lambda nn: nn.TripletMarginLoss(swap=True, reduction="sum"), ((2, 3), (2, 3), (2, 3))),
}


def weight(namespace: Any, size: int) -> Any:
    values = np.linspace(0.5, 2.0, size)
    return values if namespace is nn else torch.tensor(values)


def pair(row: Row) -> tuple[Any, Any]:
    """The module here and in PyTorch, with the same random weights."""
    ours, theirs = row.make(nn), row.make(torch.nn).double()
    state = {
        name: RNG.uniform(0.5, 1.5, tuple(t.shape)) for name, t in theirs.state_dict().items() if t.is_floating_point()
    }
    ours.load_state_dict(state, strict=False)
    theirs.load_state_dict({name: torch.tensor(array) for name, array in state.items()}, strict=False)
    return ours, theirs


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("training", [True, False])
def test_outputs_and_gradients_are_pytorchs(name: str, training: bool) -> None:
    row = ROWS[name]
    ours, theirs = pair(row)
    ours.train(training), theirs.train(training)
    arrays = [RNG.uniform(row.low, row.high, shape) for shape in row.shapes]
    leaves = [Tensor(a, requires_grad=True) for a in arrays]
    their_leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    found = ours(*leaves, *row.rest)
    expected = theirs(*their_leaves, *[torch.tensor(a) for a in row.rest])
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=1e-8, atol=1e-8)
    for key, tensor in theirs.state_dict().items():  # running averages
        np.testing.assert_allclose(ours.state_dict()[key].data, tensor.numpy(), rtol=1e-10, err_msg=key)

    cotangent = RNG.standard_normal(found.shape)
    leaves, their_leaves = [*leaves, *ours.parameters()], [*their_leaves, *theirs.parameters()]
    (found * cotangent).sum().backward(create_graph=row.twice)
    firsts = [leaf.grad for leaf in leaves]
    their_firsts = torch.autograd.grad(
        (expected * torch.tensor(cotangent)).sum(), their_leaves, create_graph=row.twice, materialize_grads=True
    )
    for first, their_first in zip(firsts, their_firsts):
        # PyTorch's Hardsigmoid takes the float32 number nearest to 1/6, also for float64: 2e-8 more.
        np.testing.assert_allclose(first.data, their_first.detach().numpy(), rtol=5e-8, atol=1e-8)

    if row.twice and any(first.requires_grad for first in their_firsts):
        for leaf in leaves:
            leaf.grad = None
        total = sum((first**2).sum() for first in firsts)
        if total.requires_grad:  # where the first gradient is constant, PyTorch has a graph of zeros
            total.backward()
        their_total = sum((first**2).sum() for first in their_firsts)
        for leaf, their_second in zip(leaves, torch.autograd.grad(their_total, their_leaves, materialize_grads=True)):
            second = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.data
            np.testing.assert_allclose(second, their_second.numpy(force=True), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", ROWS)
def test_states_and_reprs_are_pytorchs(name: str) -> None:
    ours, theirs = ROWS[name].make(nn), ROWS[name].make(torch.nn)
    assert {k: v.shape for k, v in ours.state_dict().items()} == {
        k: tuple(v.shape) for k, v in theirs.state_dict().items()
    }
    if ROWS[name].same_repr:
        assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", ROWS)
def test_float32_stays_float32(name: str) -> None:
    row = ROWS[name]
    module = row.make(nn).float()
    leaves = [Tensor(RNG.uniform(row.low, row.high, s).astype(np.float32), requires_grad=True) for s in row.shapes]
    rest = [a if a.dtype.kind == "i" else a.astype(np.float32) for a in row.rest]
    y = module(*leaves, *rest)
    y.backward()
    assert y.dtype == np.float32
    assert {leaf.grad.dtype for leaf in (*leaves, *module.parameters())} <= {np.dtype(np.float32)}


def test_ctc_loss() -> None:
    logits = RNG.standard_normal((5, 2, 4))
    arguments = np.array([[1, 2], [3, 0]]), np.array([5, 4]), np.array([2, 1])
    theirs = torch.tensor(logits, requires_grad=True)
    torch.nn.CTCLoss(zero_infinity=True)(theirs.log_softmax(2), *map(torch.tensor, arguments)).backward()
    ours = Tensor(logits, requires_grad=True)
    nn.CTCLoss(zero_infinity=True)(nn.LogSoftmax(2)(ours), *arguments).backward()
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_instance_norm_without_momentum_keeps_its_averages() -> None:
    ours, theirs = (n.InstanceNorm1d(3, momentum=None, track_running_stats=True) for n in (nn, torch.nn))
    x = RNG.standard_normal((2, 3, 5))
    y, their_y = ours(Tensor(x)), theirs(torch.tensor(x, dtype=torch.float64))
    np.testing.assert_allclose(y.data, their_y.numpy(), rtol=1e-8, atol=1e-8)
    assert ours.running_mean.tolist() == theirs.running_mean.tolist() == [0.0] * 3
    assert ours.running_var.tolist() == theirs.running_var.tolist() == [1.0] * 3


@pytest.mark.parametrize("momentum", [0.1, 0.5])
def test_functional_batch_norm_and_instance_norm(momentum: float) -> None:
    x, gamma, beta = RNG.standard_normal((4, 3, 5)), RNG.uniform(0.5, 2, 3), RNG.standard_normal(3)
    for name, flag in (("batch_norm", "training"), ("instance_norm", "use_input_stats")):
        for on in (True, False):
            ours = [Tensor(np.full(3, 0.25)), Tensor(np.full(3, 2.0)), Tensor(gamma), Tensor(beta)]
            theirs = [torch.tensor(t.data.copy()) for t in ours]
            options = {"momentum": momentum, "eps": 0.01, flag: on}
            found = getattr(nn.functional, name)(Tensor(x), *ours, **options)
            expected = getattr(torch.nn.functional, name)(torch.tensor(x), *theirs, **options)
            np.testing.assert_allclose(found.data, expected.numpy(), rtol=1e-10, atol=1e-12)
            for mine, its in zip(ours, theirs):
                np.testing.assert_allclose(mine.data, its.numpy(), rtol=1e-12)


def test_embedding_starts_normal_and_takes_given_vectors() -> None:
    mytorch.manual_seed(0)
    layer = nn.Embedding(200, 50, padding_idx=3)
    rest = np.delete(layer.weight.data, 3, axis=0)
    assert abs(rest.mean()) < 0.05
    assert abs(rest.std() - 1) < 0.05
    assert not layer.weight.data[3].any()
    vectors = RNG.standard_normal((4, 2))
    given = nn.Embedding.from_pretrained(vectors)
    np.testing.assert_array_equal(given(np.array([1, 1])).data, vectors[[1, 1]])
    assert not given.weight.requires_grad
    assert nn.Embedding.from_pretrained(vectors, freeze=False).weight.requires_grad


@pytest.mark.parametrize(("make", "shape"), [(nn.Dropout1d, (30, 40, 5)), (nn.Dropout2d, (30, 40, 3, 2))])
def test_channel_dropout_drops_whole_channels(make, shape) -> None:
    mytorch.manual_seed(0)
    x = Tensor(np.ones(shape), requires_grad=True)
    layer = make(0.25)
    y = layer(x)
    channels = y.data.reshape(*shape[:2], -1)
    assert (channels == channels[:, :, :1]).all()
    assert set(np.unique(channels)) == {0, 1 / 0.75}
    assert abs((channels[:, :, 0] == 0).mean() - 0.25) < 0.05
    y.backward()
    np.testing.assert_array_equal(x.grad.data, y.data)
    assert layer.eval()(x) is x


WRONG = [
    (lambda: nn.GroupNorm(4, 6), ValueError, r"num_channels must be a multiple of num_groups, got 6 and 4"),
    (
        lambda: nn.GroupNorm(3, 6)(Tensor(np.ones((2, 3)))),
        ValueError,
        r"GroupNorm\(3, 6.*shape \(N, 6, ...\), got \(2, 3\)",
    ),
    (
        lambda: nn.LayerNorm(4)(Tensor(np.ones((2, 3)))),
        ValueError,
        r"layer_norm: input must have shape \(..., 4\), got \(2, 3\)",
    ),
    (
        lambda: nn.RMSNorm((2, 4))(Tensor(np.ones(4))),
        ValueError,
        r"rms_norm: input must have shape \(..., 2, 4\), got \(4,\)",
    ),
    (lambda: nn.InstanceNorm1d(3)(Tensor(np.ones((2, 4, 5)))), ValueError, r"\(N, 3, L\) or \(3, L\), got \(2, 4, 5\)"),
    (lambda: nn.InstanceNorm1d(3)(Tensor(np.ones((2, 3, 1)))), ValueError, r"more than one value per channel"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), ValueError, r"padding_idx must be in -3\.\.2, got 3"),
    (lambda: nn.Embedding(3, 2, sparse=True), NotImplementedError, r"sparse=True is not supported"),
    (lambda: nn.Unflatten(1, (2, 2))(Tensor(np.ones((2, 3)))), ValueError, r"shape \(2, 2, 2\) does not fit"),
    (lambda: nn.Unflatten(2, (2, 2))(Tensor(np.ones((2, 3)))), IndexError, r"Unflatten: dim must be in"),
    (lambda: nn.functional.batch_norm(Tensor(np.ones((2, 3))), None, None), ValueError, r"must both be given"),
    (
        lambda: nn.functional.batch_norm(Tensor(np.ones((1, 3))), None, None, training=True),
        ValueError,
        r"more than one value per channel",
    ),
    (
        lambda: nn.functional.layer_norm(Tensor(np.ones((2, 3))), 3, np.ones(2)),
        ValueError,
        r"weight must have shape \(3,\), got \(2,\)",
    ),
    (lambda: nn.Dropout2d(1.5), ValueError, r"p must be a probability, from 0 to 1, got 1.5"),
    (
        lambda: nn.Dropout2d()(Tensor(np.ones((2, 3)))),
        ValueError,
        r"dropout2d: input must have shape \(N, C, H, W\) or \(N, C, L\), got \(2, 3\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

"""Sequential, Linear, ReLU, BatchNorm1d and CrossEntropyLoss."""

from __future__ import annotations

import numpy as np
import pytest
from support.numeric import numerical_gradients

import mytorch
from mytorch import nn
from mytorch.tensor import Tensor

RNG = np.random.default_rng(11)

# ---------------------------------------------------------------------------- Sequential


def test_sequential_runs_its_layers_in_order() -> None:
    class Append(nn.Module):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def forward(self, x: str) -> str:
            return x + self.name

    net = nn.Sequential(Append("a"), Append("b"), Append("c"))
    assert net("") == "abc"
    assert [layer.name for layer in net] == ["a", "b", "c"]
    assert net.layers[1] is net[1]
    assert net[-1].name == "c"
    assert len(net) == 3
    assert net[1:]("") == "bc"
    net[1] = Append("B")
    net.append(Append("d"))
    assert net("") == "aBcd"
    assert nn.Sequential({"first": Append("x"), "second": Append("y")})("") == "xy"
    assert nn.Sequential()("same") == "same"


def test_sequential_takes_modules_only() -> None:
    with pytest.raises(TypeError, match="Sequential takes Modules, got function as layer 1"):
        nn.Sequential(nn.ReLU(), lambda x: x)
    with pytest.raises(TypeError, match="Sequential takes Modules, got list as layer 0"):
        nn.Sequential([nn.ReLU()])


# -------------------------------------------------------------------------------- Linear


def test_linear_is_x_w_transposed_plus_b() -> None:
    layer = nn.Linear(3, 2)
    assert layer.weight.shape == (2, 3)
    assert layer.bias.shape == (2,)
    x = RNG.standard_normal((4, 3))
    np.testing.assert_allclose(layer(Tensor(x)).data, x @ layer.weight.data.T + layer.bias.data)
    np.testing.assert_allclose(layer(Tensor(x[0])).data, layer.weight.data @ x[0] + layer.bias.data)
    assert layer(Tensor(RNG.standard_normal((2, 4, 3)))).shape == (2, 4, 2)
    without = nn.Linear(3, 2, bias=False)
    assert without.bias is None
    np.testing.assert_allclose(without(Tensor(x)).data, x @ without.weight.data.T)


def test_linear_starts_within_pytorchs_bounds() -> None:
    mytorch.manual_seed(0)
    layer = nn.Linear(400, 300)
    for parameter in (layer.weight.data, layer.bias.data):
        assert np.abs(parameter).max() <= 1 / 20
        assert np.abs(parameter).max() > 0.9 / 20
        assert abs(parameter.mean()) < 0.01
    mytorch.manual_seed(0)
    np.testing.assert_array_equal(nn.Linear(400, 300).weight.data, layer.weight.data)


def test_linear_refuses_wrong_sizes() -> None:
    with pytest.raises(ValueError, match=r"Linear\(in_features=3.*input must have shape \(\.\.\., 3\), got \(4, 2\)"):
        nn.Linear(3, 2)(Tensor(np.ones((4, 2))))
    with pytest.raises(ValueError, match="in_features must be a positive int, got 0"):
        nn.Linear(0, 2)
    with pytest.raises(ValueError, match=r"out_features must be a positive int, got 2\.5"):
        nn.Linear(3, 2.5)


# --------------------------------------------------------------------------- BatchNorm1d


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    axes = (0,) if x.ndim == 2 else (0, 2)
    shape = (1, -1, 1)[: x.ndim]
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * gamma.reshape(shape) + beta.reshape(shape)


@pytest.mark.parametrize("shape", [(6, 3), (4, 3, 5)])
def test_batch_norm_in_training(shape) -> None:
    norm = nn.BatchNorm1d(3)
    norm.gamma.data, norm.beta.data = np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.0, 1.0])
    assert norm.gamma is norm.weight
    assert norm.beta is norm.bias
    x, weights = RNG.standard_normal(shape) * 3 + 1, RNG.standard_normal(shape)
    leaf = Tensor(x, requires_grad=True)
    y = norm(leaf)
    np.testing.assert_allclose(y.data, batch_norm(x, norm.gamma.data, norm.beta.data))
    (y * weights).backward()
    expected = numerical_gradients(
        lambda x, g, b: float((batch_norm(x, g, b) * weights).sum()), [x, norm.gamma.data, norm.beta.data]
    )
    for tensor, gradient in zip((leaf, norm.gamma, norm.beta), expected):
        np.testing.assert_allclose(tensor.grad.data, gradient, rtol=1e-6, atol=1e-7)


def test_running_averages_use_the_unbiased_variance() -> None:
    norm = nn.BatchNorm1d(2, momentum=0.3)
    mean, var = np.zeros(2), np.ones(2)
    for _ in range(3):
        x = RNG.standard_normal((5, 2)) + 4
        norm(Tensor(x, requires_grad=True))
        mean = 0.7 * mean + 0.3 * x.mean(0)
        var = 0.7 * var + 0.3 * x.var(0, ddof=1)
    np.testing.assert_allclose(norm.running_mean.data, mean)
    np.testing.assert_allclose(norm.running_var.data, var)
    assert norm.num_batches_tracked.item() == 3
    assert not norm.running_mean.requires_grad
    assert norm.running_mean.grad_fn is None


def test_batch_norm_in_evaluation_uses_and_keeps_the_running_averages() -> None:
    norm = nn.BatchNorm1d(2)
    norm.running_mean.data, norm.running_var.data = np.array([1.0, -1.0]), np.array([4.0, 0.25])
    norm.eval()
    x = RNG.standard_normal((1, 2))
    y = norm(Tensor(x))
    np.testing.assert_allclose(y.data, (x - [1.0, -1.0]) / np.sqrt(np.array([4.0, 0.25]) + 1e-5))
    assert norm.running_mean.data.tolist() == [1.0, -1.0]
    assert norm.num_batches_tracked.item() == 0


def test_batch_norm_options() -> None:
    x = RNG.standard_normal((6, 2))
    plain = nn.BatchNorm1d(2, affine=False)
    assert list(plain.parameters()) == []
    np.testing.assert_allclose(plain(Tensor(x)).data, batch_norm(x, np.ones(2), np.zeros(2)))
    untracked = nn.BatchNorm1d(2, track_running_stats=False).eval()
    assert list(untracked.buffers()) == []
    np.testing.assert_allclose(untracked(Tensor(x)).data, batch_norm(x, np.ones(2), np.zeros(2)))
    cumulative = nn.BatchNorm1d(2, momentum=None)
    batches = [RNG.standard_normal((4, 2)) for _ in range(3)]
    for batch in batches:
        cumulative(Tensor(batch))
    np.testing.assert_allclose(cumulative.running_mean.data, np.mean([b.mean(0) for b in batches], axis=0))


def test_batch_norm_refuses_what_it_cannot_normalize() -> None:
    norm = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match=r"cannot normalize one value per feature in training.*\(1, 3\)"):
        norm(Tensor(np.ones((1, 3))))
    for shape in ((4, 2), (3,), (2, 2, 3), (2, 3, 4, 4)):
        with pytest.raises(ValueError, match=r"input must have shape \(N, 3\) or \(N, 3, L\)"):
            norm(Tensor(np.ones(shape)))
    assert norm.num_batches_tracked.item() == 0


# ---------------------------------------------------------------------- CrossEntropyLoss


def test_cross_entropy_loss() -> None:
    logits, labels = RNG.standard_normal((6, 4)), np.array([0, 3, 1, 1, 2, 0])
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    softmax = shifted / shifted.sum(1, keepdims=True)
    x = Tensor(logits, requires_grad=True)
    loss = nn.CrossEntropyLoss()(x, Tensor(labels))
    assert loss.shape == ()
    np.testing.assert_allclose(loss.item(), -np.log(softmax[np.arange(6), labels]).mean())
    loss.backward()
    np.testing.assert_allclose(x.grad.data, (softmax - np.eye(4)[labels]) / 6)


@pytest.mark.parametrize("labels", [[0, 1], (0, 1), np.array([0, 1], np.uint8), Tensor([0, 1]), np.array([0, 1])])
def test_labels_of_any_integer_kind(labels) -> None:
    assert nn.CrossEntropyLoss()(Tensor([[5.0, 0.0], [0.0, 5.0]]), labels).item() < 0.01


def test_cross_entropy_is_stable() -> None:
    x = Tensor([[1000.0, 0.0, -1000.0], [-1000.0, 0.0, 1000.0]], requires_grad=True)
    loss = nn.CrossEntropyLoss()(x, [0, 0])
    assert loss.item() == 1000.0
    loss.backward()
    np.testing.assert_allclose(x.grad.data, [[0.0, 0.0, 0.0], [-0.5, 0.0, 0.5]])


# --------------------------------------------------------------------- PyTorch, if there


def test_layers_compute_what_pytorchs_compute() -> None:
    torch = pytest.importorskip("torch")
    ours = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(5, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 3)
    ).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    labels = RNG.integers(0, 3, 7)
    for _ in range(3):
        x = RNG.standard_normal((7, 5))
        a, b = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        loss = nn.CrossEntropyLoss()(ours(a), labels)
        loss_theirs = torch.nn.CrossEntropyLoss()(theirs(b), torch.tensor(labels))
        assert loss.item() == pytest.approx(loss_theirs.item(), abs=1e-10)
        loss.backward()
        loss_theirs.backward()
        np.testing.assert_allclose(a.grad.data, b.grad.numpy(), atol=1e-10)
    for (name, p), q in zip(ours.named_parameters(), theirs.parameters()):
        np.testing.assert_allclose(p.grad.data, q.grad.numpy(), atol=1e-10, err_msg=name)
    for (name, value), other in zip(ours.state_dict().items(), theirs.state_dict().values()):
        np.testing.assert_allclose(value.data, other.numpy(), atol=1e-10, err_msg=name)
    ours.eval()
    theirs.eval()
    np.testing.assert_allclose(ours(Tensor(x)).data, theirs(torch.tensor(x)).detach().numpy(), atol=1e-10)

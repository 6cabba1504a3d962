"""nn.utils: clipping gradients, parameters as one vector."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import nn
from mytorch.nn import utils
from mytorch.tensor import Tensor

RNG = np.random.default_rng(4)
GRADIENTS = [RNG.standard_normal((3, 2)), RNG.standard_normal(4)]


def parameters(gradients=GRADIENTS) -> list[Tensor]:
    tensors = [nn.Parameter(np.zeros(g.shape)) for g in gradients]
    for tensor, gradient in zip(tensors, gradients):
        tensor.grad = Tensor(gradient.copy())
    return [*tensors, nn.Parameter(np.zeros(2))]  # the last has no gradient


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_grad_norm_is_pytorchs(norm_type: float, max_norm: float) -> None:
    torch = pytest.importorskip("torch")
    ours = parameters()
    theirs = [torch.zeros(p.shape, dtype=torch.float64, requires_grad=True) for p in ours]
    for mine, its in zip(ours[:2], theirs):
        its.grad = torch.tensor(mine.grad.data.copy())
    norm = utils.clip_grad_norm_(iter(ours), max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    np.testing.assert_allclose(norm.data, expected.numpy(), rtol=1e-12)
    for mine, its in zip(ours[:2], theirs):
        np.testing.assert_allclose(mine.grad.data, its.grad.numpy(), rtol=1e-12)
    assert ours[2].grad is None
    if max_norm == 100:
        np.testing.assert_array_equal(ours[0].grad.data, GRADIENTS[0])


def test_clip_grad_norm_of_one_tensor_of_none_and_of_nan() -> None:
    (p, *_) = parameters([np.array([3.0, 4.0])])
    assert utils.clip_grad_norm_(p, 1.0).item() == 5
    np.testing.assert_allclose(p.grad.data, [0.6, 0.8], rtol=1e-6)
    assert utils.clip_grad_norm_([], 1.0).item() == 0
    broken = parameters([np.array([np.inf, 1.0])])
    with pytest.raises(RuntimeError, match="the norm of the gradients is inf"):
        utils.clip_grad_norm_(broken, 1.0, error_if_nonfinite=True)
    np.testing.assert_array_equal(broken[0].grad.data, [np.inf, 1])
    assert np.isinf(utils.clip_grad_norm_(broken, 1.0).item())
    np.testing.assert_array_equal(broken[0].grad.data, [np.nan, 0])
    missing = parameters([np.array([np.nan, 1.0])])
    assert np.isnan(utils.clip_grad_norm_(missing, 1.0).item())
    assert np.isnan(missing[0].grad.data).all()


@pytest.mark.parametrize("norm_type", [1.0, 2.0, float("inf")])
def test_clip_each_grad_norm(norm_type: float) -> None:
    gradients = [np.array([[3.0, -4.0]]), np.array([0.1, 0.2]), np.zeros(3)]
    before = [{1.0: 7.0, 2.0: 5.0}.get(norm_type, 4.0), np.linalg.norm(gradients[1], norm_type), 0.0, None]
    ours = parameters(gradients)
    assert utils.clip_each_grad_norm_(iter(ours), 2.0, norm_type) == pytest.approx(before)
    np.testing.assert_allclose(ours[0].grad.data, gradients[0] * 2 / before[0], rtol=1e-15)
    np.testing.assert_array_equal(ours[1].grad.data, gradients[1])  # is small enough: stays, whatever the others are
    np.testing.assert_array_equal(ours[2].grad.data, gradients[2])
    assert ours[3].grad is None


def test_clip_each_grad_norm_of_one_tensor_and_of_nan() -> None:
    (p, *_) = parameters([np.array([3.0, 4.0], np.float32)])
    assert utils.clip_each_grad_norm_(p, 1.0) == [5.0]
    assert p.grad.dtype == np.float32
    np.testing.assert_allclose(p.grad.data, [0.6, 0.8], rtol=1e-6)
    for bad in (np.inf, np.nan):
        ours = parameters([np.array([3.0, 4.0]), np.array([bad, 1.0])])
        with pytest.raises(RuntimeError, match=rf"the norm of the gradient of shape \(2,\) is {bad}"):
            utils.clip_each_grad_norm_(ours, 1.0)
        np.testing.assert_array_equal(ours[0].grad.data, [3, 4])


def test_clip_grad_value() -> None:
    ours = parameters()
    utils.clip_grad_value_(ours, 0.3)
    for mine, gradient in zip(ours, GRADIENTS):
        np.testing.assert_array_equal(mine.grad.data, np.clip(gradient, -0.3, 0.3))


def test_vectors_and_back() -> None:
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    vector = utils.parameters_to_vector(net.parameters())
    assert vector.shape == (3 * 2 + 2 + 2 + 1,)
    np.testing.assert_array_equal(vector.data[6:8], net[0].bias.data)
    vector.backward()
    assert (net[1].weight.grad.data == 1).all()
    utils.vector_to_parameters(Tensor(np.arange(11.0)), net.parameters())
    np.testing.assert_array_equal(net[0].weight.data, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(net[1].bias.data, [10])
    with pytest.raises(ValueError, match=r"vec must have shape \(11,\), got \(10,\)"):
        utils.vector_to_parameters(Tensor(np.zeros(10)), net.parameters())
    np.testing.assert_array_equal(net[1].bias.data, [10])
    with pytest.raises(TypeError, match="vec must be a Tensor, got ndarray"):
        utils.vector_to_parameters(np.zeros(11), net.parameters())


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(TypeError, match="clip_grad_norm_: parameters must be Tensors, got list"):
        utils.clip_grad_norm_([[0.0, 0.0]], 1.0)
    with pytest.raises(ValueError, match="norm_type must be positive, got 0"):
        utils.clip_grad_norm_([], 1.0, 0)
    with pytest.raises(TypeError, match="clip_each_grad_norm_: parameters must be Tensors, got list"):
        utils.clip_each_grad_norm_([[0.0, 0.0]], 1.0)
    with pytest.raises(ValueError, match="norm_type must be positive, got -1"):
        utils.clip_each_grad_norm_([], 1.0, -1)
    with pytest.raises(ValueError, match="max_norm must be at least 0, got nan"):
        utils.clip_each_grad_norm_([], float("nan"))


def test_arrays_are_gradients_clipped_in_place() -> None:
    """`clip_grad_norm_(p.grad.data, 1.0)`: `.data` is an array here."""
    array = np.array([3.0, 4.0])
    assert nn.utils.clip_grad_norm_(array, 1.0).item() == 5.0
    np.testing.assert_allclose(array, [0.6, 0.8], rtol=1e-5)
    nn.utils.clip_grad_value_([array], 0.5)
    np.testing.assert_allclose(array, 0.5)
    assert nn.utils.clip_each_grad_norm_([array * 0, np.array([3.0, 4.0])], 1.0) == [0.0, 5.0]

"""Names that few programs use, against PyTorch; and methods that are left out, which say so when they are called."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch.compat.left_out import LEFT_OUT_NAMES, LeftOut
from mytorch.methods.left_out import LeftOutMethods
from mytorch.nn import Linear, functional as F
from mytorch.utils.data import DataLoader, default_convert

torch = pytest.importorskip("torch")
X = np.random.default_rng(0).standard_normal((4, 4))


@pytest.mark.parametrize(
    "call",
    [
        lambda t, x: t.frexp(x)[0],
        lambda t, x: t.frexp(x * 1000)[1],
        lambda t, x: t.histogram(x, 3)[0],
        lambda t, x: t.histogram(x, 4, range=(-1.0, 1.0))[1],
        lambda t, x: t.adjoint(x),
        lambda t, x: t.conj(x),
        lambda t, x: t.narrow_copy(x, 1, 1, 2),
        lambda t, x: t.unsafe_chunk(x, 2, 1)[1],
        lambda t, x: t.unsafe_split(x, 3)[1],
        lambda t, x: (x @ x.mT).logdet(),
        lambda t, x: x.svd()[1],
    ],
)
def test_values_and_gradients(call: Any) -> None:
    a, b = mytorch.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    try:
        expected = call(torch, b)
    except RuntimeError:  # histogram of a tensor that requires grad
        expected = call(torch, b.detach())
    found = call(mytorch, a)
    np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=1e-10)
    if expected.requires_grad and found.requires_grad:  # PyTorch only says so of histogram, whose gradient raises
        found.sum().backward()
        expected.sum().backward()
        np.testing.assert_allclose(a.grad.data, b.grad.numpy(), rtol=1e-9)


@pytest.mark.parametrize("name", sorted(name for name in vars(LeftOutMethods) if not name.startswith("__")))
def test_methods_that_are_left_out(name: str) -> None:
    assert hasattr(torch.Tensor, name) or name in ("ipu", "mtia")
    with pytest.raises(LeftOut, match=rf"^Tensor\.{name} is left out: .*differences"):
        getattr(mytorch.ones(2), name)()


@pytest.mark.parametrize("name", [name for name in LEFT_OUT_NAMES if not name.startswith("linalg.")])
def test_names_that_are_left_out(name: str) -> None:
    place, _, last = name.rpartition(".")
    with pytest.raises(LeftOut, match="is left out: "):
        getattr(eval(f"mytorch.{place}" if place else "mytorch"), last)


def test_a_namedtuple_stays_one_in_a_batch() -> None:
    point = collections.namedtuple("point", "x y")
    batch = next(iter(DataLoader([point(1, 2.0), point(3, 4.0)], batch_size=2)))
    assert isinstance(batch, point)
    assert (batch.x.tolist(), batch.y.tolist()) == ([1, 3], [2.0, 4.0])


def test_without_batches_arrays_become_tensors() -> None:
    data = [{"x": np.ones(2), "name": "a"}, {"x": np.zeros(2), "name": "b"}]
    ours = list(DataLoader(data, batch_size=None))
    assert isinstance(ours[0]["x"], mytorch.Tensor)
    assert ours[1] == {"x": ours[1]["x"], "name": "b"}
    assert [x.tolist() for x in DataLoader(data, batch_size=None, collate_fn=lambda d: d["x"])] == [[1, 1], [0, 0]]
    assert default_convert((1, np.ones(1)))[1].tolist() == [1.0]


def test_marks_for_mixed_precision_change_nothing() -> None:
    class Twice(mytorch.autograd.Function):
        @staticmethod
        @mytorch.amp.custom_fwd(device_type="cuda")
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        @mytorch.cuda.amp.custom_bwd
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    x = mytorch.ones(2, requires_grad=True)
    Twice.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    assert not mytorch.is_autocast_enabled()


def test_ensembles_by_vmap() -> None:
    models = [Linear(3, 2) for _ in range(4)]
    parameters, buffers = mytorch.func.stack_module_state(models)
    assert {name: (x.shape, x.requires_grad) for name, x in parameters.items()} == {
        "weight": ((4, 2, 3), True),
        "bias": ((4, 2), True),
    }
    x = mytorch.ones(5, 3)
    together = mytorch.func.vmap(
        lambda p, b, x: mytorch.func.functional_call(models[0], (p, b), x), in_dims=(0, 0, None)
    )(parameters, buffers, x)
    for out, model in zip(together, models):
        np.testing.assert_array_equal(out.data, model(x).data)
    with pytest.raises(RuntimeError, match="one class"):
        mytorch.func.stack_module_state([models[0], mytorch.nn.ReLU()])


def test_jacobians_by_a_dict_of_parameters() -> None:
    w, x = {"a": mytorch.tensor(X), "b": mytorch.ones(4)}, mytorch.tensor(X[0])
    found = mytorch.func.jacrev(lambda w, x: F.linear(x, w["a"], w["b"]))(w, x)
    np.testing.assert_array_equal(found["b"].data, np.eye(4))
    np.testing.assert_allclose(found["a"].data, np.einsum("ij,k->ijk", np.eye(4), X[0]))
    both = mytorch.func.jacrev(lambda w, x: F.linear(x, w["a"]), argnums=(0, 1))(w, x)
    np.testing.assert_allclose(both[1].data, X)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_the_class_from_data(name: str) -> None:
    """`_, predicted = torch.max(outputs.data, 1)`, as many a program writes it."""
    outputs = mytorch.tensor(X, requires_grad=True)
    found, expected = getattr(mytorch, name)(outputs.data, 1), getattr(torch, name)(torch.tensor(X), 1)
    for ours, theirs in zip(found, expected) if name in ("max", "min") else [(found, expected)]:
        assert isinstance(ours, mytorch.Tensor)
        assert not ours.requires_grad
        np.testing.assert_array_equal(ours.data, theirs.numpy())
    with pytest.raises(TypeError, match=r"softmax: input must be a Tensor, got ndarray; .* write x.detach\(\)"):
        F.softmax(outputs.data, 1)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (2, 3, 2, 2)])
def test_a_softmax_without_dim_is_that_of_older_pytorch(name: str, shape: tuple) -> None:
    x = np.random.default_rng(0).standard_normal(shape)
    with pytest.warns(UserWarning, match="Implicit dimension"):
        expected = getattr(torch.nn.functional, name)(torch.tensor(x))
    with pytest.warns(UserWarning, match=rf"{name}: no dim was given, [01] is taken"):
        found = getattr(F, name)(mytorch.tensor(x))
    np.testing.assert_allclose(found.data, expected.numpy(), rtol=1e-12)
    layer = {"softmax": "Softmax", "log_softmax": "LogSoftmax", "softmin": "Softmin"}[name]
    with pytest.warns(UserWarning, match="no dim was given"):
        np.testing.assert_array_equal(getattr(mytorch.nn, layer)()(mytorch.tensor(x)).data, found.data)


def test_tensors_of_a_card_have_names_and_are_none() -> None:
    assert not isinstance(mytorch.ones(1), mytorch.cuda.FloatTensor)
    with pytest.raises(RuntimeError, match="there is no device 'cuda'"):
        mytorch.cuda.FloatTensor(3)

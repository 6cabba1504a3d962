"""Jacobians, Hessians and their products with vectors: values, shapes and tuples as in PyTorch."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch.autograd import functional, grad
from mytorch.tensor import Tensor

RNG = np.random.default_rng(5)
X, W, S = RNG.standard_normal((2, 3)), RNG.standard_normal(3), np.array(0.7)
V = [RNG.standard_normal(a.shape) for a in (X, W, S)]


def one_of_one(x):
    return x * x * x


def one_of_two(x, w):
    return (x * w).exp()


def two_of_two(x, w):
    return (x * w).sum(1), w * w * x.sum()


def scalar_of_one(x):
    return (x * x * x).sum()


def scalar_of_two(x, w):
    return ((x * w).exp() * w).sum()


def scalar_of_three(x, w, s):
    return ((x * w).exp() * s * s).sum()


def number_of_number(s):
    return s * s * s


def partly_constant(x, w):
    return (x * x).sum()


def plain(result: Any) -> Any:
    """Tensors of either library as arrays, tuples as they are."""
    return tuple(map(plain, result)) if isinstance(result, tuple) else np.asarray(result.detach().numpy())


def assert_equal(ours: Any, theirs: Any) -> None:
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    if isinstance(ours, tuple):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs):
            assert_equal(a, b)
    else:
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


CALLS = {
    "jacobian 1-1": ("jacobian", one_of_one, X, None),
    "jacobian 2-1": ("jacobian", one_of_two, (X, W), None),
    "jacobian 2-2": ("jacobian", two_of_two, (X, W), None),
    "jacobian of a 1-tuple": ("jacobian", one_of_one, (X,), None),
    "jacobian of a number": ("jacobian", number_of_number, S, None),
    "jacobian unused": ("jacobian", partly_constant, (X, W), None),
    "hessian 1": ("hessian", scalar_of_one, X, None),
    "hessian 2": ("hessian", scalar_of_two, (X, W), None),
    "hessian 3": ("hessian", scalar_of_three, (X, W, S), None),
    "hessian of a 1-tuple": ("hessian", scalar_of_one, (X,), None),
    "hessian of a number": ("hessian", number_of_number, S, None),
    "vjp 1-1": ("vjp", one_of_one, X, V[0]),
    "vjp 2-2": ("vjp", two_of_two, (X, W), (np.array([1.0, -2.0]), V[1])),
    "vjp of a scalar": ("vjp", scalar_of_two, (X, W), None),
    "vjp unused": ("vjp", partly_constant, (X, W), None),
    "jvp 1-1": ("jvp", one_of_one, X, V[0]),
    "jvp 2-1": ("jvp", one_of_two, (X, W), (V[0], V[1])),
    "jvp 2-2": ("jvp", two_of_two, (X, W), (V[0], V[1])),
    "jvp of a number": ("jvp", number_of_number, S, None),
    "jvp unused": ("jvp", partly_constant, (X, W), (V[0], V[1])),
    "hvp 1": ("hvp", scalar_of_one, X, V[0]),
    "hvp 3": ("hvp", scalar_of_three, (X, W, S), tuple(V)),
    "hvp unused": ("hvp", partly_constant, (X, W), (V[0], V[1])),
    "vhp 2": ("vhp", scalar_of_two, (X, W), (V[0], V[1])),
}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_as_in_pytorch(call, create_graph) -> None:
    torch = pytest.importorskip("torch")
    name, function, inputs, v = call
    results = []
    for make, library in ((lambda a: Tensor(a), functional), (torch.tensor, torch.autograd.functional)):
        as_made = tuple(map(make, inputs)) if isinstance(inputs, tuple) else make(inputs)
        arguments = [function, as_made]
        if v is not None:
            arguments.append(tuple(map(make, v)) if isinstance(v, tuple) else make(v))
        results.append(plain(getattr(library, name)(*arguments, create_graph=create_graph)))
    assert_equal(*results)


def test_values_without_pytorch() -> None:
    x = Tensor([1.0, 2.0])
    assert functional.jacobian(lambda x: x * x, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert functional.hessian(scalar_of_one, x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    y, product = functional.jvp(lambda x: x * x, x, Tensor([1.0, 10.0]))
    assert (y.tolist(), product.tolist()) == ([1.0, 4.0], [2.0, 40.0])
    y, product = functional.vjp(lambda x: x.sum(), x)
    assert (y.item(), product.tolist()) == (3.0, [1.0, 1.0])
    for function in (functional.hvp, functional.vhp):
        y, product = function(scalar_of_one, x, Tensor([1.0, 10.0]))
        assert (y.item(), product.tolist()) == (9.0, [6.0, 120.0])
    assert functional.jacobian(lambda x: x * 2, Tensor(np.zeros((0, 2)))).shape == (0, 2, 0, 2)


@pytest.mark.parametrize("name", functional.__all__)
def test_arguments_and_defaults_are_pytorchs(name) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = [
        {p.name: p.default for p in inspect.signature(getattr(module, name)).parameters.values()}
        for module in (functional, torch.autograd.functional)
    ]
    assert list(ours.items()) == list(theirs.items())[: len(ours)]


def test_results_are_detached_and_inputs_left_alone() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    jacobian = functional.jacobian(lambda x: x * x, x)
    found = [jacobian, functional.hessian(scalar_of_one, x)]
    for name in ("vjp", "jvp", "vhp", "hvp"):
        found += getattr(functional, name)(scalar_of_one, x, Tensor(1.0) if name == "vjp" else x)
    assert not any(t.requires_grad for t in found)
    assert x.grad is None
    with mytorch.no_grad():
        assert functional.jacobian(lambda x: x * x, x).tolist() == jacobian.tolist()


def test_create_graph_continues_the_history() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    jacobian = functional.jacobian(lambda x: x * x * x, x, create_graph=True)
    assert grad(jacobian.sum(), x)[0].tolist() == [6.0, 12.0]
    _, product = functional.vjp(lambda x: x * x * x, x, Tensor([1.0, 1.0]), create_graph=True)
    assert grad(product.sum(), x)[0].tolist() == [6.0, 12.0]
    _, product = functional.jvp(lambda x: x * x * x, x, Tensor([1.0, 1.0]), create_graph=True)
    assert grad(product.sum(), x)[0].tolist() == [6.0, 12.0]
    hessian = functional.hessian(lambda x: (x * x * x).sum(), x, create_graph=True)
    assert grad(hessian.sum(), x)[0].tolist() == [6.0, 6.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: functional.jacobian(lambda x: 3.0, x), TypeError, "jacobian: func must return a Tensor"),
        (lambda x: functional.jacobian(lambda x: x, [x]), TypeError, "inputs must be a Tensor or a tuple.*list"),
        (lambda x: functional.hessian(lambda x: x * x, x), RuntimeError, "one Tensor with one element"),
        (lambda x: functional.vjp(lambda x: x * x, x), RuntimeError, "vjp: v may be left out only"),
        (lambda x: functional.jvp(lambda x: x * x, x), RuntimeError, "jvp: v may be left out only"),
        (lambda x: functional.vjp(lambda x: x, x, Tensor([1.0])), RuntimeError, r"v must have the shapes \[\(2,\)\]"),
        (
            lambda x: functional.jvp(partly_constant, (x, x), (x, x), strict=True),
            RuntimeError,
            r"strict: output 0 of func does not depend on inputs\[1\]",
        ),
        (lambda x: functional.hvp(lambda x: x, x, x), RuntimeError, "hvp: func must return one Tensor"),
        (lambda x: functional.vhp(lambda x: (x.sum(), x.sum()), x, x), RuntimeError, "vhp: func must return one Ten"),
        (
            lambda x: functional.jacobian(partly_constant, (x, x), strict=True),
            RuntimeError,
            r"strict: output 0 of func does not depend on inputs\[1\]",
        ),
        (
            lambda x: functional.vjp(lambda x: x.detach().sum(), x, strict=True),
            RuntimeError,
            r"output 0 .*inputs\[0",
        ),
    ],
)
def test_bad_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call(Tensor([1.0, 2.0]))

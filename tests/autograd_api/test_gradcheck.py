"""gradcheck and gradgradcheck find wrong derivatives and say where."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import mytorch
from mytorch.autograd import Function, GradcheckError, gradcheck, gradgradcheck
from mytorch.tensor import Tensor


class Square(Function):
    """x^2 elementwise; those below have a wrong backward each."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data**2)


class Wrong(Square):
    """The derivative is wrong in the element [1, 0]: 3x instead of 2x."""

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        factor = np.full(x.shape, 2.0)
        factor[1, 0] = 3.0
        return grad * x * Tensor(factor)


class WrongTwice(Square):
    """The first derivative is right, but its own derivative is wrong."""

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x.detach()


def x_2_2() -> Tensor:
    return Tensor([[1.0, 2.0], [4.0, 8.0]], requires_grad=True)


def test_right_derivatives_pass() -> None:
    x, w = x_2_2(), Tensor([3.0, 5.0], requires_grad=True)
    assert gradcheck(lambda x, w: (x * w, x.sum()), (x, w))
    assert gradgradcheck(lambda x, w: (x * w, (x * x).sum()), (x, w))
    assert gradcheck(lambda x, number, flag: x * number if flag else x, (x, 3.0, True))
    assert gradcheck(lambda x: x.sum(), Tensor(2.0, requires_grad=True))
    assert gradcheck(lambda x: x * 2, Tensor(np.zeros((0, 3)), requires_grad=True))
    assert gradcheck(lambda x: x * 2, Tensor([0.0], requires_grad=True), eps=0.5, atol=0.0, rtol=0.0), "exact"
    assert gradgradcheck(lambda x, constant: x * x * constant, (x, Tensor(3.0)))
    assert gradgradcheck(lambda x, unused: x * x, (x, w))
    assert (x.grad, x.tolist()) == (None, [[1.0, 2.0], [4.0, 8.0]])


def test_the_worst_element_is_reported() -> None:
    message = (
        r"derivative of output 1 by inputs\[2\] is wrong in 1 of 16 elements; the worst: "
        r"d output\[1, 0\] / d input\[1, 0\] is 8(\.0\d+)? by finite difference, 12 by backward"
    )
    x = x_2_2()
    with pytest.raises(GradcheckError, match=message):
        gradcheck(lambda a, number, x: (a * 2, Wrong.apply(x)), (x_2_2(), 3, x))
    assert not gradcheck(Wrong.apply, x, raise_exception=False)
    with pytest.raises(GradcheckError, match=r"output 0 by inputs\[0\]"):
        gradcheck(Wrong.apply, x)
    assert gradcheck(Wrong.apply, x, atol=5.0)


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_arguments_and_defaults_are_pytorchs(check) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = [
        {p.name: p.default for p in inspect.signature(function).parameters.values()}
        for function in (check, getattr(torch.autograd, check.__name__))
    ]
    assert ours == {name: theirs[name] for name in ours}


def test_a_small_error_in_one_number_is_found() -> None:
    class Slightly(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(2 * x.data)

        @staticmethod
        def backward(ctx, grad):
            return grad * 2.01

    x = Tensor(1.0, requires_grad=True)
    with pytest.raises(GradcheckError, match=r"d output\[\] / d input\[\] is 2(\.0\d+)? by .* 2\.01 by backward"):
        gradcheck(Slightly.apply, x)
    assert gradcheck(Slightly.apply, x, atol=0.02)
    assert gradcheck(Slightly.apply, x, rtol=0.02)


def test_a_gradient_that_is_not_linear_in_the_one_before_is_found() -> None:
    class Loses(Square):
        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad.detach() * 2 * x

    assert gradcheck(Loses.apply, x_2_2())
    with pytest.raises(GradcheckError, match=r"output 0 by inputs\[1\] is wrong in 4 of 16 elements"):
        gradgradcheck(Loses.apply, x_2_2())


def test_a_wrong_second_derivative_is_found() -> None:
    x = x_2_2()
    assert gradcheck(WrongTwice.apply, x)
    with pytest.raises(GradcheckError, match=r"output 0 by inputs\[0\] is wrong in 4 of 16 elements.* 0 by backward"):
        gradgradcheck(WrongTwice.apply, x)
    assert not gradgradcheck(WrongTwice.apply, x, raise_exception=False)
    assert gradgradcheck(WrongTwice.apply, x, Tensor(np.zeros((2, 2)))), "with these grad_outputs it is right"
    assert not gradgradcheck(WrongTwice.apply, x, Tensor(np.ones((2, 2)), requires_grad=True), raise_exception=False)


def test_a_lost_derivative_and_a_nan_are_found() -> None:
    x = x_2_2()
    with pytest.raises(GradcheckError, match="0 by backward"):
        gradcheck(lambda x: x.detach() * 2, x)

    class NaN(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad):
            return grad * np.nan

    with pytest.raises(GradcheckError, match=r"wrong in 16 of 16 elements.*nan by backward"):
        gradcheck(NaN.apply, x)


def test_a_backward_that_is_not_repeatable_is_found() -> None:
    calls = []

    class Drifting(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad):
            calls.append(1)
            return grad * (2 + 1e-9 * len(calls))

    x = Tensor([1.0], requires_grad=True)
    with pytest.raises(GradcheckError, match=r"two backward passes gave different gradients for inputs\[0\]"):
        gradcheck(Drifting.apply, x)
    assert gradcheck(Drifting.apply, x, nondet_tol=1e-6)

    class DriftingLater(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad):
            return Drifting.apply(grad)

    assert gradcheck(DriftingLater.apply, x)
    with pytest.raises(GradcheckError, match="two backward passes gave different gradients"):
        gradgradcheck(DriftingLater.apply, x)
    assert gradgradcheck(DriftingLater.apply, x, nondet_tol=1e-6)


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="none of the inputs is a Tensor with requires_grad=True"):
        gradcheck(lambda x: x * 2, Tensor([1.0]))
    with pytest.raises(TypeError, match="func must return a Tensor or a tuple of Tensors, got float"):
        gradcheck(lambda x: 3.0, x_2_2())
    x = Tensor(np.ones(2, np.float32), requires_grad=True)
    with pytest.warns(UserWarning, match=r"inputs\[0\] is float32; finite differences need float64") as warned:
        gradcheck(lambda x: x * 2, x, eps=1e-2, atol=1e-2)
    assert warned[0].filename == __file__


def test_the_generator_is_left_alone() -> None:
    mytorch.manual_seed(0)
    first = mytorch.randn(3).tolist()
    mytorch.manual_seed(0)
    gradgradcheck(lambda x: x * x, x_2_2())
    assert mytorch.randn(3).tolist() == first

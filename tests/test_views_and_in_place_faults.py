"""Faults around views and in-place changes, each named after what went wrong in some library."""

import time

import numpy as np
import pytest

import mytorch
from mytorch import Tensor
from mytorch.autograd_engine import Function


class Half(Function):
    """Returns its argument as it is; the gradient is half of what comes."""

    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 0.5


class FirstRow(Half):
    """Returns a tensor on a part of its argument's memory."""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data[0])

    @staticmethod
    def backward(ctx, grad):
        return grad.new_tensor(np.stack([grad.data, 0 * grad.data]))


def product() -> Tensor:
    return Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True) * 3


@pytest.mark.parametrize("function", [Half, FirstRow])
def test_an_output_in_its_argument_memory_is_not_changed_in_place(function) -> None:
    y = function.apply(product())
    with pytest.raises(RuntimeError, match=rf"mul_: x lies in the memory of an argument of {function.__name__}"):
        y.mul_(2)
    part = y[0]
    with pytest.raises(RuntimeError, match=function.__name__):
        part.mul_(2)


@pytest.mark.parametrize("function", [Half, FirstRow])
def test_an_argument_changed_after_a_function_returned_it(function) -> None:
    h = product()
    y = function.apply(h)
    h.mul_(-1)
    with pytest.raises(RuntimeError, match=rf"{function.__name__}.forward returned a tensor in the memory"):
        y.sum()
    (h * 1).sum().backward()  # h itself has its whole history


def test_an_output_in_its_argument_memory_may_be_used() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    Half.apply(x * 3).sum().backward()
    assert x.grad.tolist() == [1.5, 1.5]


def test_a_recurrence_by_assignment_takes_the_same_time_at_each_step() -> None:
    """The views that the graph holds got a new node each at every step: 800 steps took 17 s."""

    def nodes_made(steps: int) -> int:
        y = mytorch.zeros(steps, requires_grad=True) * 1
        for i in range(1, steps):
            y[i] = y[i - 1] * 0.5 + 1
        seen, stack = set(), [y.grad_fn]
        while stack:
            node = stack.pop()
            if node is not None and node not in seen:
                seen.add(node)
                stack += node.next_functions
        return len(seen)

    assert nodes_made(200) < 2.1 * nodes_made(100)


def test_the_gradient_of_a_recurrence_by_assignment() -> None:
    x = Tensor(2.0, requires_grad=True)
    y = mytorch.zeros(5) * x
    y[0] = x
    for i in range(1, 5):
        y[i] = y[i - 1] * 0.5 + 1
    y.sum().backward()
    assert x.grad.item() == 1 + 0.5 + 0.25 + 0.125 + 0.0625


def test_many_living_views_make_a_change_no_slower() -> None:
    base = mytorch.zeros(4000, requires_grad=True) * 1
    views = [base[i : i + 2] for i in range(0, 4000, 2)]
    views[0].mul_(2)  # outdates all others
    start = time.process_time()
    for _ in range(2):
        base.add_(1)
    fresh = time.process_time() - start
    assert len(base._memory.views) <= 1
    assert fresh < 1
    views[5].sum().backward()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "take", [lambda t: t[1], lambda t: t[:, 1], lambda t: t.T, lambda t: t[::2, 1:], lambda t: t[::-1]]
)
def test_a_view_knows_of_a_change_of_its_base_and_the_other_way(order, take) -> None:
    start = np.arange(12.0).reshape(3, 4)
    x = Tensor(np.array(start, order=order), requires_grad=True)
    base = x.clone() if order == "C" else Tensor(np.zeros((3, 4), order="F")).add_(x)
    view = take(base)
    view.mul_(3)
    base.mul_(2)
    other = take(base)
    weights = np.arange(1.0, 1 + view.data.size).reshape(view.shape)
    (view * Tensor(weights)).sum().backward()
    expected = np.zeros((3, 4))
    take(Tensor(expected)).data[...] = 6 * weights
    assert (x.grad.data == expected).all()
    assert (view.data == take(Tensor(start)).data * 6).all()
    assert (other.data == view.data).all()


def test_an_expanded_tensor_is_a_view_and_refuses_changes() -> None:
    x = Tensor([[1.0], [2.0]])
    y = x.expand(2, 3)
    x.mul_(5)
    assert y.tolist() == [[5.0] * 3, [10.0] * 3]
    with pytest.raises(RuntimeError, match=r"add_: several elements of x lie in one place"):
        y.add_(1)
    with pytest.raises(RuntimeError, match="several elements"):
        y[0] = 1


def test_the_gradient_of_an_expanded_view_after_a_change() -> None:
    x = Tensor([[1.0], [2.0]], requires_grad=True)
    h = x * 1
    y = h.expand(2, 3)
    h.mul_(5)
    y.sum().backward()
    assert x.grad.tolist() == [[15.0], [15.0]]


def test_second_derivatives_go_through_a_changed_view() -> None:
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    h = x * x
    part = h[1:]
    part.mul_(part.detach() * 0 + 2)
    (first,) = mytorch.autograd.grad((h * h).sum(), x, create_graph=True)
    (second,) = mytorch.autograd.grad(first.sum(), x)
    assert first.tolist() == [4.0, 128.0, 432.0]  # (x^2)^2, (2 x^2)^2
    assert second.tolist() == [12.0, 192.0, 432.0]


def test_replaced_data_leave_the_views_with_the_history_that_they_had() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    base = x * 1
    view = base[:1]
    base.mul_(3)
    base.data = np.array([7.0, 7.0])
    base.mul_(5)
    view.sum().backward()
    assert x.grad.tolist() == [3.0, 0.0]

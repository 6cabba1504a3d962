"""In-place changes: what is recorded, in views and bases, as in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch.autograd import gradcheck, gradgradcheck
from mytorch.tensor import Tensor

# Each program gets x (2, 3) and w (2, 3), which require grad, and returns a tensor. It runs in
# MyTorch and in PyTorch; h = x * 1 is what may be changed in place.


def slice_gets_a_value(x, w):
    h = x * 1
    h[0] = w[1] * 2
    return h * h


def element_gets_a_value(x, w):
    h = x * 1
    h[1, 2] = w.sum()
    return h * x


def value_is_broadcast(x, w):
    h = x * 1
    h[:, 1:] = w[0, 0]
    return h * w


def value_has_more_axes(x, w):
    h = x * 1
    h[0] = w[:1] * w[1:]
    return h * x


def mask_gets_a_number(x, w):
    h = x * w
    h[x > 0] = 3.0
    return h * w


def positions_get_values(x, w):
    h = x * w
    h[[1, 0], [0, 2]] = w[0, :2]
    return h * h


def constant_gets_a_history(x, w):
    h = x.detach() * 0 + 2
    h[0] = w[0]
    return h * x


def rows_of_a_constant(x, w):
    h = x.detach() * 0
    for i in range(2):
        h[i] = x[i] * w[i] if i == 0 else h[i - 1].clone() * w[i]
    return h


def rows_through_views(x, w):
    h = x.detach() * 0
    rows = [h[0], h[1]]
    rows[0] += x[0]
    rows[1].add_(rows[0].clone() * w[1])
    return h * w


def view_is_changed(x, w):
    h = x * 1
    h[0].mul_(w[0])
    return h * h


def view_of_a_view_is_changed(x, w):
    h = x * 1
    h.transpose(0, 1)[1:].mul_(w.transpose(0, 1)[1:])
    return h * h


def base_is_changed_under_a_view(x, w):
    h = x * 1
    v = h[1]
    h.mul_(w)
    return v * v


def sibling_views(x, w):
    h = x * 1
    a, b = h[:, :2], h[:, 1:]
    a.mul_(w[:, :2])
    b.add_(w[:, 1:])
    return a * b


def view_and_base_are_both_used(x, w):
    h = x * 1
    v = h.reshape(3, 2)
    v += w.reshape(3, 2)
    h -= w * 2
    v *= 3
    return h * v.reshape(2, 3)


def base_changed_between_uses_of_a_view(x, w):
    h = x * 1
    v = h[0]
    first = v * 2
    h.mul_(w)
    return first + v


def augmented_operators(x, w):
    h = x * 1
    h += w
    h -= x
    h *= w
    h /= x + 5
    h **= 2
    return h


def with_itself(x, w):
    h = x * w
    h.add_(h)
    h.mul_(h)
    return h


def chain_of_functions(x, w):
    h = x * w
    h.exp_().neg_().sin_().tanh_().square_()
    h.clamp_(0.1, 0.5).mul_(w).relu_()
    return h.sigmoid_()


def filled(x, w):
    h = x * w
    h[0].fill_(w.sum())
    g = x * w
    g.zero_()
    return h * w + g * w


def at_positions(x, w):
    order = x.detach().argsort(1)  # each position once
    zeros = order * 0
    h = x * w
    h.scatter_(1, order, w * 3).scatter_add_(1, zeros, w * x)
    h.index_add_(0, zeros[:, 0], x * 2)
    return h.masked_fill_(x.detach() > 1, 0.5)


def copied(x, w):
    h = x * 1
    h[:, 0].copy_(w[:, 1])
    g = x * 2
    g.copy_(w[0])
    return h * g


def saved_constant_factor(x, w):
    h = x * w
    y = h * 2.0  # does not need h for its derivative
    h.add_(1.0)
    return y * h


def detached_view(x, w):
    h = x * 1
    y = h * 2.0
    h.detach().add_(1.0)
    return y + h


def zero_d(x, w):
    h = x.sum()
    h *= w.sum()
    v = h.reshape(1, 1)
    v += w[:1, :1]
    return v * h


# PyTorch refuses these: in the first two it overwrites what backward needs, in the last it takes
# rows[1], whose base has just got a history, for a leaf.
ONLY_OURS = (with_itself, chain_of_functions, rows_through_views)
PROGRAMS = [value for value in dict(globals()).values() if callable(value) and value.__module__ == __name__]


def inputs() -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.uniform(0.5, 2.0, (2, 3)) * rng.choice([-1, 1], (2, 3)) for _ in range(2)]


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p not in ONLY_OURS], ids=lambda p: p.__name__)
def test_as_in_pytorch(program) -> None:
    torch = pytest.importorskip("torch")
    results = []
    for make in (lambda a: Tensor(a.copy(), requires_grad=True), lambda a: torch.tensor(a, requires_grad=True)):
        leaves = [make(array) for array in inputs()]
        y = program(*leaves)
        y.backward(y.detach() * 0 + 1.5)
        results.append([y.detach().numpy(), *[np.zeros((2, 3)) if t.grad is None else t.grad.numpy() for t in leaves]])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_derivatives_by_finite_differences(program) -> None:
    arguments = [Tensor(array, requires_grad=True) for array in inputs()]
    assert gradcheck(program, arguments)
    assert gradgradcheck(program, arguments, atol=1e-4)


UNARY = ("neg", "exp", "log", "sqrt", "square", "reciprocal", "rsqrt", "expm1", "log1p", "log2", "log10", "logit",
         "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "atanh", "erf", "erfc", "abs", "sign",
         "floor", "ceil", "round", "trunc", "frac", "nan_to_num", "relu", "sigmoid", "tanh")  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_unary_forms(name) -> None:
    values = np.array([0.2, 0.7, 0.4])
    x = Tensor(values, requires_grad=True)
    h = x * 1
    memory = h.data
    assert getattr(h, f"{name}_")() is h
    assert h.data is memory
    h.backward()
    plain = Tensor(values, requires_grad=True)
    y = getattr(plain, name)()
    y.backward()
    assert h.tolist() == y.tolist()
    assert x.grad.tolist() == plain.grad.tolist()
    assert getattr(Tensor, f"{name}_").__name__ == f"{name}_"


def test_acosh_and_binary_forms_that_programs_do_not_have() -> None:
    x = Tensor([2.0, 3.0])
    np.testing.assert_allclose(x.acosh_().data, np.arccosh([2.0, 3.0]))
    assert Tensor([7.0, -7.0]).remainder_(4).tolist() == [3.0, 1.0]
    assert Tensor([7.0, -7.0]).floor_divide_(4).tolist() == [1.0, -2.0]
    assert Tensor([1.0, 2.0]).lerp_(Tensor([3.0, 4.0]), 0.5).tolist() == [2.0, 3.0]
    x = Tensor([7.0, -7.0])
    x //= 4
    x %= 3
    assert x.tolist() == [1.0, 1.0]
    mask = Tensor([True, True, False])
    mask &= Tensor([True, False, True])
    mask |= Tensor([False, False, True])
    mask ^= Tensor([True, True, True])
    assert mask.tolist() == [False, True, False]


def test_a_repeated_position_belongs_to_its_last_value() -> None:
    w = Tensor([1.0, 2.0, 3.0], requires_grad=True)

    def assigned(w):
        h = w.detach() * 0
        h[[0, 1, 0]] = w
        return h

    assert assigned(w).tolist() == [3.0, 2.0, 0.0]
    assert gradcheck(assigned, w)


@pytest.mark.parametrize("index_order", ["C", "F"])
@pytest.mark.parametrize("value_order", ["C", "F"])
@pytest.mark.parametrize("recorded", [False, True])
def test_of_a_table_of_positions_the_last_one_in_reading_order_counts(index_order, value_order, recorded) -> None:
    # NumPy goes through tables in the order of their memory, which the gradient cannot know.
    index = np.asarray([[0, 1, 2], [1, 2, 0]], order=index_order)
    values = Tensor(np.asarray([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], order=value_order), requires_grad=True)
    h = Tensor(np.zeros((3, 2)))[:, 0]  # not contiguous
    h[index] = values if recorded else values.detach()
    assert h.tolist() == [6.0, 4.0, 5.0]
    if recorded:
        h.backward(Tensor([1.0, np.inf, 100.0]))
        assert values.grad.tolist() == [[0.0, 0.0, 0.0], [np.inf, 100.0, 1.0]]


def test_a_table_of_positions_may_permute_its_own_tensor() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]]).reshape(4)
    x[np.array([[3, 2], [1, 0]])] = x.reshape(2, 2)
    assert x.tolist() == [4.0, 3.0, 2.0, 1.0]


def test_index_arrays_may_change_afterwards() -> None:
    w = Tensor([1.0, 2.0], requires_grad=True)
    index = np.array([0, 1])
    h = Tensor(np.zeros(4))
    h[index] = w
    index[:] = 3
    (h * Tensor([1.0, 10.0, 100.0, 1000.0])).backward()
    assert w.grad.tolist() == [1.0, 10.0]

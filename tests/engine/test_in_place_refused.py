"""In-place changes that are refused, and what is left alone."""

from __future__ import annotations

import weakref

import numpy as np
import pytest
from support.memory import assert_memory_stays_flat

import mytorch
from mytorch.autograd import gradcheck
from mytorch.tensor import Tensor


def test_without_history_only_the_numbers_change() -> None:
    x = Tensor([1.0, 2.0, 3.0])
    x += 1
    x[1:] *= 2
    assert x.tolist() == [2.0, 6.0, 8.0]
    assert (x.requires_grad, x.is_leaf) == (False, True)
    with mytorch.no_grad():
        w = Tensor([1.0, 2.0], requires_grad=True)
        w.mul_(3).add_(w)
        w[0] = 1
    assert w.tolist() == [1.0, 12.0]
    assert (w.requires_grad, w.is_leaf, w.grad_fn) == (True, True, None)


REFUSED_ON_LEAVES = {
    "add_": lambda x: x.add_(1.0),
    "iadd": lambda x: x.__iadd__(1.0),
    "zero_": lambda x: x.zero_(),
    "setitem": lambda x: x.__setitem__(0, 5.0),
    "view": lambda x: x[0].mul_(2.0),
    "view of view": lambda x: x.reshape(3, 2)[0].mul_(2.0),
    "view's setitem": lambda x: x[0].__setitem__(0, 5.0),
}


@pytest.mark.parametrize("change", REFUSED_ON_LEAVES.values(), ids=REFUSED_ON_LEAVES.keys())
def test_leaves_that_require_grad_are_refused(change) -> None:
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    with pytest.raises(RuntimeError, match=r"leaf that requires grad cannot be changed in place.*no_grad"):
        change(x)
    assert x.tolist() == np.ones((2, 3)).tolist()
    assert x._version == 0
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        change(torch.ones(2, 3, requires_grad=True))


def test_views_made_under_no_grad_are_refused() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = Tensor([0.0, 0.0])
    with mytorch.no_grad():
        view = h[:1]
    with pytest.raises(RuntimeError, match=r"mul_: x is a view that was made under no_grad\(\)"):
        view.mul_(x[0])
    assert h.tolist() == [0.0, 0.0]
    view.add_(1.0)  # nothing to record
    assert h.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda x: x.add_(Tensor(np.ones((2, 3)))), RuntimeError, r"add_: the result has shape \(2, 3\).*\(3,\)"),
        (lambda x: x.__setitem__(0, [1.0]), TypeError, "expected a Tensor, a number or a NumPy array, got list"),
        (lambda x: x.__setitem__(slice(2), np.ones(3)), ValueError, "broadcast"),
        (lambda x: x.__setitem__(5, 1.0), IndexError, "out of bounds"),
        (lambda x: x.fill_(Tensor([1.0])), RuntimeError, r"fill_: value must be a number or a 0-d tensor"),
        (lambda x: x.normal_(0.0, -1.0), ValueError, "std must not be negative"),
        (lambda x: x.uniform_(1.0, 0.0), ValueError, "from_ must be at most to"),
    ],
)
def test_bad_arguments_change_nothing(change, error, message) -> None:
    w = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    x = w * 1
    node = x.grad_fn
    with pytest.raises(error, match=message):
        change(x)
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert x.grad_fn is node
    assert x._version == 0


def test_integers_take_no_fractions() -> None:
    n = Tensor([1, 2, 3])
    n += 2
    assert n.tolist() == [3, 4, 5]
    with pytest.raises(RuntimeError, match="result is float64 and does not fit into x of int64"):
        n += 0.5
    with pytest.raises(RuntimeError, match="does not fit"):
        n /= 2
    assert n.tolist() == [3, 4, 5]
    x = Tensor(np.ones(2, np.float32))
    x += Tensor([1.0, 2.0])
    assert x.dtype == np.float32


def test_float32_stays_and_gradients_take_their_own_dtype() -> None:
    w = Tensor([1.0, 2.0], requires_grad=True)
    x = Tensor(np.ones(2, np.float32), requires_grad=True)
    h = x * 1
    h.mul_(w)
    h[0] = w[1]
    h.backward()
    assert (h.dtype, x.grad.dtype, w.grad.dtype) == (np.float32, np.float32, np.float64)
    assert w.grad.tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    "use",
    [
        lambda h, w: h * h,
        lambda h, w: h * w,
        lambda h, w: w / h,
        lambda h, w: h.reshape(2, 1) @ w.reshape(1, 2),
        lambda h, w: h.sin(),
        lambda h, w: h**w,
    ],
    ids=["h*h", "h*w", "w/h", "h@w", "sin", "h**w"],
)
def test_what_a_derivative_needs_must_not_change(use) -> None:
    x, w = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    h = x * 1
    y = use(h, w)
    h.add_(1.0)
    with pytest.raises(RuntimeError, match="changed in place after the forward pass"):
        y.backward()
    assert x.grad is None
    assert w.grad is None


@pytest.mark.parametrize(
    "use", [lambda h: h * 2.0, lambda h: h / 2.0, lambda h: h + h, lambda h: h @ Tensor(np.eye(2)), lambda h: h.sum()]
)
def test_what_no_derivative_needs_may_change(use) -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    expected = use(x)
    y = use(h)
    h.add_(1.0)
    y.backward()
    got, x.grad = x.grad, None
    expected.backward()
    assert got.tolist() == x.grad.tolist()


def test_a_parameter_may_change_after_its_last_use() -> None:
    weight = Tensor(np.eye(2), requires_grad=True)
    data = Tensor(np.ones((3, 2)))  # requires no grad, so nobody needs weight
    y = mytorch.nn.functional.linear(data, weight)
    with mytorch.no_grad():
        weight.add_(1.0)
    y.backward()
    assert weight.grad.tolist() == [[3.0, 3.0], [3.0, 3.0]]


def test_retain_grad_follows_the_tensor() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    h.retain_grad()
    h.mul_(5.0)
    (h * 3.0).backward()
    assert h.grad.tolist() == [3.0, 3.0]
    assert x.grad.tolist() == [15.0, 15.0]


def test_replacing_data_ends_being_a_view() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    v = h[:1]
    h.data = np.array([7.0, 8.0])
    v.mul_(2.0)
    assert h.tolist() == [7.0, 8.0]
    (h * 1).backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_views_of_bases_with_gaps_and_negative_steps() -> None:
    x = Tensor(np.arange(24.0).reshape(4, 6), requires_grad=True)

    def program(x):
        base = mytorch.Tensor(np.zeros((8, 12)).T[::-2, ::2])  # (6, 4), not contiguous in any order
        view = base[::-1].transpose(0, 1)
        view[1:, ::2] += x[1:, ::2]
        return base * base

    assert gradcheck(program, x)


def test_detach_() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = x * 2
    assert h.detach_() is h
    assert (h.requires_grad, h.is_leaf) == (False, True)
    with pytest.raises(RuntimeError, match="view cannot be detached in place"):
        (x * 2)[0].detach_()


def test_random_fillings() -> None:
    mytorch.manual_seed(0)
    x = Tensor(np.zeros(20_000, np.float32))
    assert x.normal_(3.0, 2.0) is x
    assert x.dtype == np.float32
    assert abs(x.data.mean() - 3) < 0.1
    assert abs(x.data.std() - 2) < 0.1
    x.uniform_(-1.0, 3.0)
    assert -1 <= x.data.min() < -0.99 < 2.99 < x.data.max() < 3
    mytorch.manual_seed(0)
    assert Tensor(np.zeros(3)).normal_().tolist() != Tensor(np.zeros(3)).normal_().tolist()


def test_a_base_forgets_dead_views() -> None:
    base = Tensor(np.zeros((10, 2)))
    for _ in range(1000):
        base[0]
    assert len(base._memory.views) < 40
    view = base[0]
    reference = weakref.ref(view)
    del view
    assert reference() is None


def test_memory_stays_flat_without_the_garbage_collector() -> None:
    w = Tensor(np.ones(3), requires_grad=True)

    def step() -> None:
        h = Tensor(np.zeros((4, 3)))
        for i in range(4):
            h[i] = w * i
        row = h[2]
        row.mul_(w).exp_()
        (h * w).sum().backward()
        w.grad = None

    assert_memory_stays_flat(step)


@pytest.mark.parametrize("through_history", [False, True])
@pytest.mark.parametrize(
    ("index", "shape"),
    [
        ((0, slice(None), [1, 2]), (3, 2)),
        ((0, slice(None), [1, 2]), ()),
        ((0, slice(None), [True, False, True, False]), (3, 2)),
        ((slice(None), [0, 1], 2), (2, 2)),
    ],
)
def test_assignment_where_numpys_axes_differ_from_pytorchs(index, shape, through_history):
    torch = pytest.importorskip("torch")
    start, values = np.arange(24.0).reshape(2, 3, 4), np.arange(1.0, 1 + np.prod(shape, dtype=int)).reshape(shape)

    def run(make):
        x, v = make(start, requires_grad=True), make(values, requires_grad=True)
        y = x * 1 if through_history else make(start)
        y[index] = v
        (y * y).sum().backward()
        return y.detach().numpy(), v.grad.numpy(), x.grad.numpy() if through_history else None

    def tensor(array, requires_grad=False):
        return Tensor(array.copy(), requires_grad=requires_grad)

    for found, expected in zip(
        run(tensor), run(lambda a, requires_grad=False: torch.tensor(a, requires_grad=requires_grad))
    ):
        np.testing.assert_array_equal(found, expected)

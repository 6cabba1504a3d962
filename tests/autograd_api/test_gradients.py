"""autograd.grad and autograd.backward: gradients of chosen tensors, from one walk."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import autograd
from mytorch.tensor import Tensor


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


class Spy(mytorch.Function):
    """Identity that notes when its backward runs."""

    ran: list[str] = []  # noqa: RUF012 (emptied by each test)

    @staticmethod
    def forward(ctx, x, name):
        ctx.name = name
        return x

    @staticmethod
    def backward(ctx, grad_output):
        Spy.ran.append(ctx.name)
        return grad_output, None


@pytest.fixture(autouse=True)
def _empty_spy() -> None:
    Spy.ran.clear()


# -------------------------------------------------------------------------------------- grad


def test_leaves_and_intermediate_results() -> None:
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    h = x * w
    y = (h * h).sum()
    grad_h, grad_w, grad_x, again = autograd.grad(y, [h, w, x, h])
    assert grad_h.tolist() == again.tolist() == [6.0, 16.0]
    assert grad_w.tolist() == [6.0, 32.0]
    assert grad_x.tolist() == [18.0, 64.0]
    assert (x.grad, w.grad, h.grad) == (None, None, None)
    assert not np.shares_memory(grad_h.data, again.data)
    first, second = autograd.grad(x * 2, [x, x])
    assert first.tolist() == second.tolist() == [2.0, 2.0]
    assert not np.shares_memory(first.data, second.data)


def test_dot_grad_is_left_alone() -> None:
    x = leaf(1.0, 2.0)
    x.grad = Tensor([5.0, 5.0])
    held = x.grad
    autograd.grad(x * x, x)
    assert x.grad is held
    assert held.tolist() == [5.0, 5.0]


def test_outputs_are_summed_and_weighted() -> None:
    x = leaf(1.0, 2.0)
    a, b = x * 2, x * x
    (g,) = autograd.grad([a, b], x, [Tensor([1.0, 10.0]), None], retain_graph=True)
    assert g.tolist() == [2.0 + 2.0, 20.0 + 4.0]
    (g,) = autograd.grad((a + 0, a + 0), x, (np.ones(2), np.ones(2)))
    assert g.tolist() == [4.0, 4.0]
    (g,) = autograd.grad(x * 3, x, grad_outputs=Tensor([1.0, 2.0]))
    assert g.tolist() == [3.0, 6.0]


def test_an_output_may_lead_to_another_one_or_be_an_input() -> None:
    x = leaf(1.0, 2.0)
    y = x * 3
    z = y * y
    g_x, g_y = autograd.grad([z, y, y], [x, y])
    assert g_y.tolist() == [2.0 * 3 + 2, 2.0 * 6 + 2]
    assert g_x.tolist() == [24.0, 42.0]
    assert autograd.grad(x, x)[0].tolist() == [1.0, 1.0]
    y = x * 3
    assert autograd.grad(y, y)[0].tolist() == [1.0, 1.0]


def test_gradients_are_the_callers_own() -> None:
    a, b, start = leaf(1.0, 2.0), leaf(3.0, 4.0), Tensor([1.0, 1.0])
    g_a, g_b = autograd.grad(a + b, (a, b), start)  # Add passes one array on to both
    g_a.data += 100
    assert g_b.tolist() == start.tolist() == [1.0, 1.0]


def test_nothing_runs_that_does_not_lead_to_an_input() -> None:
    x, w = leaf(1.0), leaf(2.0)
    before = Spy.apply(x, "before h")
    h = Spy.apply(before * 2, "h")
    aside = Spy.apply(w * 3, "aside")
    y = Spy.apply(h * aside, "after")
    (grad_h,) = autograd.grad(y, h, retain_graph=True)
    assert grad_h.tolist() == [6.0]
    assert Spy.ran == ["after"]
    Spy.ran.clear()
    autograd.grad(y, [h, x])
    assert Spy.ran == ["after", "h", "before h"]
    y2 = Spy.apply(w * 3, "aside")
    autograd.grad(y2, w)  # what the walks before did not run, they did not release either
    aside.backward()
    assert w.grad.tolist() == [3.0]


def test_a_released_part_that_is_not_needed_does_no_harm() -> None:
    x, w = leaf(2.0), leaf(3.0)
    used = w * w
    used.backward()
    y = x * used
    assert autograd.grad(y, x)[0].tolist() == [9.0]
    with pytest.raises(RuntimeError, match="Mul: backward a second time"):
        autograd.grad(x * used, w)


def test_hooks_run_for_inputs() -> None:
    x = leaf(1.0, 2.0)
    h = x * 2
    seen = []
    x.register_hook(lambda g: seen.append("x"))
    h.register_hook(lambda g: g * 10)
    g_x, g_h = autograd.grad(h * 3, [x, h], retain_graph=True)
    assert g_h.tolist() == [30.0, 30.0]
    assert g_x.tolist() == [60.0, 60.0]
    assert seen == ["x"]
    (g_h,) = autograd.grad(h * 3, h)
    assert g_h.tolist() == [30.0, 30.0]
    assert seen == ["x"]


def test_create_graph_gives_differentiable_gradients() -> None:
    x = leaf(2.0, 3.0)
    y = (x * x * x).sum()
    (first,) = autograd.grad(y, x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x, create_graph=True)
    (third,) = autograd.grad(second.sum(), x)
    assert (first.tolist(), second.tolist(), third.tolist()) == ([12.0, 27.0], [12.0, 18.0], [6.0, 6.0])
    assert not third.requires_grad


def test_retain_graph() -> None:
    x = leaf(2.0)
    y = x * x
    autograd.grad(y, x, retain_graph=True)
    autograd.grad(y, x)
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        autograd.grad(y, x)
    y = x * x
    autograd.grad(y, x, create_graph=True)
    autograd.grad(y, x)


def test_unused_inputs() -> None:
    x, other, w = leaf(1.0, 2.0), leaf(3.0), leaf(4.0)
    y = x * 2
    with pytest.raises(RuntimeError, match=r"grad: inputs\[1\] of shape \(1,\) was not used.*allow_unused=True"):
        autograd.grad(y, [x, other], retain_graph=True)
    g_x, nothing = autograd.grad(y, [x, other], allow_unused=True, retain_graph=True)
    assert g_x.tolist() == [2.0, 2.0]
    assert nothing is None
    _, zeros = autograd.grad(y, [x, other], materialize_grads=True)
    assert zeros.tolist() == [0.0]
    with pytest.raises(ValueError, match="allow_unused cannot be False"):
        autograd.grad(x * 1, x, allow_unused=False, materialize_grads=True)
    assert autograd.grad(x * 1, x, allow_unused=False)[0].tolist() == [1.0, 1.0]
    assert autograd.grad(x * 1, other, allow_unused=True, materialize_grads=True)[0].tolist() == [0.0]
    h = x * 3
    with pytest.raises(RuntimeError, match=r"inputs\[0\]"):
        autograd.grad(x * w.sum(), h)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: autograd.grad(x * 1, Tensor([1.0])), RuntimeError, r"inputs\[0\] of shape \(1,\) does not require"),
        (lambda x: autograd.grad(Tensor([1.0]), x), RuntimeError, "grad.. on a tensor that does not require grad"),
        (lambda x: autograd.grad(x * 1, []), ValueError, "inputs must be a Tensor or a non-empty sequence"),
        (lambda x: autograd.grad(3.0, x), ValueError, "outputs must be a Tensor or a non-empty sequence"),
        (lambda x: autograd.grad([x, 3.0], x), TypeError, r"outputs\[1\] must be a Tensor, got float"),
        (lambda x: autograd.grad([x, x], x, [None]), ValueError, "expected 2 gradients, one per output, got 1"),
        (lambda x: autograd.grad(x * 1, x, Tensor([1.0])), ValueError, r"shape \(2,\), got \(1,\)"),
        (lambda x: autograd.backward(x * 1, inputs=[Tensor([1.0])]), RuntimeError, r"inputs\[0\].*does not require"),
    ],
)
def test_bad_arguments(call, error, message) -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(error, match=message):
        call(x)
    assert x.grad is None


def test_penalty_on_the_gradient_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((5, 3), (3, 4), (4, 1))]
    results = []
    for make, library in (
        (lambda a: Tensor(a, requires_grad=True), mytorch),
        (lambda a: torch.tensor(a, requires_grad=True), torch),
    ):
        x, first, second = [make(a) for a in arrays]
        y = library.relu(x @ first).exp() @ second
        (g,) = library.autograd.grad(y.sum(), x, create_graph=True)
        loss = (y * y).sum() + ((g * g).sum(1).sqrt() - 1).pow(2).sum()
        library.autograd.backward(loss)
        results.append([t.grad.numpy() for t in (x, first, second)])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


# ---------------------------------------------------------------------------------- backward


def test_backward_of_several_tensors() -> None:
    x = leaf(1.0, 2.0)
    h = x * x
    autograd.backward([h * 2, h.sum()], [Tensor([1.0, 0.0]), None])
    assert x.grad.tolist() == [6.0, 4.0]


def test_backward_into_chosen_tensors() -> None:
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    h = x * w
    (h * 2).backward(inputs=[x, h], retain_graph=True)
    assert x.grad.tolist() == [6.0, 8.0]
    assert h.grad.tolist() == [2.0, 2.0]
    assert w.grad is None
    (h * 2).backward(inputs=h)
    assert h.grad.tolist() == [4.0, 4.0]
    assert x.grad.tolist() == [6.0, 8.0]


def test_backward_into_an_intermediate_result_can_be_differentiated() -> None:
    x = leaf(1.0, 2.0)
    h = x * x
    (h * h * h).backward(inputs=h, create_graph=True)
    assert h.grad.tolist() == [3.0, 48.0]
    assert autograd.grad(h.grad, x)[0].tolist() == [12.0, 96.0]  # 6 h dh/dx
    g = x * x
    (g * g).backward(inputs=g)
    assert not g.grad.requires_grad


# ------------------------------------------------------------------------------ hooks on nodes


def test_hooks_on_nodes() -> None:
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * w
    seen = []
    first = y.grad_fn.register_prehook(lambda grads: (grads[0] * 10,))
    second = y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    third = y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + 1, inputs[1]))
    assert y.grad_fn.function_name == "Mul"
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [31.0, 41.0]
    assert w.grad.tolist() == [10.0, 20.0]
    ((inputs, outputs),) = seen
    assert [g.tolist() for g in inputs] == [[30.0, 40.0], [10.0, 20.0]]
    assert outputs[0].tolist() == [10.0, 10.0]
    for handle in (first, second, third):
        handle.remove()
    x.grad = None
    y.backward()
    assert x.grad.tolist() == [3.0, 4.0]
    with pytest.raises(TypeError, match="hook must be callable"):
        y.grad_fn.register_hook(3)


def test_bad_hooks_on_nodes() -> None:
    x = leaf(1.0)
    y = x * 2
    y.grad_fn.register_hook(lambda inputs, outputs: (None,))
    with pytest.raises(RuntimeError, match="a hook of node Mul must return None or a tuple of 2"):
        y.backward()
    assert x.grad is None

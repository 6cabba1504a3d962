"""The engine: what is recorded, how it is walked, and what is refused."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from support.memory import assert_memory_stays_flat

import mytorch
import mytorch.nn.functional as F
from mytorch import autograd_engine
from mytorch.autograd_engine import AccumulateGrad, BackwardFunction, ContextManager, Function
from mytorch.tensor import Tensor


def leaf(*values: float) -> Tensor:
    return Tensor(values[0] if len(values) == 1 else list(values), requires_grad=True)


def run_python(code: str) -> subprocess.CompletedProcess:
    """Run `code` in a process of its own: a crash of the interpreter then is a failed test."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)


class Square(Function):
    """A Function as a user writes it."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return Tensor(x.data**2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x


class KeepsItsOutput(Function):
    """A Function that makes a reference cycle, as users will: ctx holds the output that holds ctx."""

    @staticmethod
    def forward(ctx, x):
        ctx.y = Tensor(np.exp(x.data))
        return ctx.y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.y.detach()


# ------------------------------------------------------------------------- what is recorded


def test_the_handouts_example() -> None:
    a, b, c = leaf(1.0), Tensor(2.0), leaf(3.0)
    d = a * b + a
    e = (d + c) + 3
    assert e.item() == 9.0
    assert e.grad_fn.function_name == "Add"
    inner, three = e.grad_fn.next_functions
    assert three is None
    d_node, c_node = inner.next_functions
    assert d_node is d.grad_fn
    assert type(c_node) is AccumulateGrad
    assert c_node.variable is c
    product, a_node = d_node.next_functions
    assert product.function_name == "Mul"
    assert product.next_functions == [a_node, None]
    assert a_node.variable is a
    e.backward()
    assert (a.grad.item(), b.grad, c.grad.item(), d.grad) == (3.0, None, 1.0, None)


def test_a_leaf_has_one_accumulate_grad() -> None:
    x = leaf(2.0)
    first, second = (x * x).grad_fn.next_functions
    assert first is second
    assert (x + 1).grad_fn.next_functions[0] is first


def test_nothing_is_recorded_without_requires_grad() -> None:
    y = Tensor(1.0) * 2
    assert (y.requires_grad, y.is_leaf, y.grad_fn) == (False, True, None)


def test_apply_overrules_what_forward_set() -> None:
    class Careless(Function):
        @staticmethod
        def forward(ctx, x, wrong):
            return Tensor(x.data, requires_grad=wrong, is_leaf=not wrong)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output, None

    assert Careless.apply(leaf(1.0), False).requires_grad
    assert not Careless.apply(leaf(1.0), False).is_leaf
    constant = Careless.apply(Tensor(1.0), True)
    assert (constant.requires_grad, constant.is_leaf, constant.grad_fn) == (False, True, None)


def test_forward_may_return_its_argument() -> None:
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * 2

    x = leaf(3.0)
    y = Same.apply(x)
    assert x.is_leaf
    assert y is not x
    y.backward()
    assert x.grad.item() == 2.0


def test_tensor_operations_inside_forward_are_not_recorded() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            y = x + x
            assert not y.requires_grad
            return y

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * 2

    x = leaf(3.0)
    Twice.apply(x).backward()
    assert x.grad.item() == 2.0


def test_forward_and_backward_by_hand_with_a_bare_context() -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    for function, expected in ((F.Add, (1, 1, 1, 1)), (F.Mul, (3, 4, 1, 2)), (F.Sub, (1, 1, -1, -1))):
        ctx = ContextManager()
        function.forward(ctx, a, b)
        grad_a, grad_b = function.backward(ctx, Tensor([1.0, 1.0]))
        assert isinstance(grad_a, Tensor)
        np.testing.assert_array_equal(np.concatenate([grad_a.data, grad_b.data]), expected)


def test_a_bare_context_unbroadcasts_too() -> None:
    for function in (F.Add, F.Sub, F.Mul, F.Div):
        ctx = ContextManager()
        function.forward(ctx, Tensor(np.ones((3, 4))), Tensor(np.ones(4)))
        grads = function.backward(ctx, Tensor(np.ones((3, 4))))
        assert [g.shape for g in grads] == [(3, 4), (4,)]


def test_plain_attributes_of_ctx_never_clash_with_the_node() -> None:
    class Everything(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.shape, ctx.dtype, ctx.hooks, ctx.function, ctx.variable = "a", "b", "c", "d", "e"
            return Tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad_output):
            assert (ctx.shape, ctx.dtype, ctx.hooks, ctx.function, ctx.variable) == ("a", "b", "c", "d", "e")
            return grad_output * 2

    x = leaf(1.0, 2.0)
    Everything.apply(x).backward()
    np.testing.assert_array_equal(x.grad.data, [2, 2])


def test_needs_input_grad() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx, x, y, number):
            seen.append(tuple(ctx.needs_input_grad))
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            seen.append(tuple(ctx.needs_input_grad))
            return grad_output, None, None

    Look.apply(leaf(1.0), Tensor(2.0), 3).backward()
    assert seen == [(True, False, False)] * 2


def test_keyword_constants_reach_forward() -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx, x, *, by):
            ctx.by = by
            return Tensor(x.data * by)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * ctx.by

    x = leaf(2.0)
    Scale.apply(x, by=3.0).backward()
    assert x.grad.item() == 3.0


# ------------------------------------------------------------------------------- the walk


def test_forty_doublings() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(40):
        y = y + y
    y.backward()  # 2^40 paths: only a walk that runs each node once ends
    assert x.grad.item() == 2.0**40


def test_each_node_runs_once() -> None:
    calls: list[str] = []

    def node(name: str) -> type[Function]:
        class Sum(Function):
            @staticmethod
            def forward(ctx, *tensors):
                ctx.count = len(tensors)
                return Tensor(sum(t.data for t in tensors))

            @staticmethod
            def backward(ctx, grad_output):
                calls.append(name)
                return (grad_output,) * ctx.count

        return Sum

    x = leaf(1.0)
    a = node("a").apply(x)
    b = node("b").apply(a, x)
    c = node("c").apply(b, a, a)
    d = node("d").apply(c, a, b)
    d.backward()
    assert sorted(calls) == ["a", "b", "c", "d"]
    # b = a + x, c = b + 2a, d = c + a + b = 5a + 2x with a = x
    assert x.grad.item() == 7.0


def test_children_run_before_parents_whatever_the_depth() -> None:
    x = leaf(2.0)
    short = x * 3
    long = short
    for _ in range(50):
        long = long * 1.0
    (short * long).backward()  # (3x)^2
    assert x.grad.item() == 36.0


def test_a_million_operations() -> None:
    done = run_python(
        "from mytorch.tensor import Tensor\n"
        "x = Tensor(1.0, requires_grad=True)\n"
        "y = x\n"
        "for _ in range(1_000_000): y = y + x\n"
        "y.backward()\n"
        "assert x.grad.item() == 1_000_001, x.grad\n"
        "del y\n"
        "y = x\n"
        "for _ in range(1_000_000): y = y * x\n"
        "del y\n"  # never walked: freeing it must not recurse a million deep
        "print('alive')"
    )
    assert done.stdout.strip() == "alive", done.stderr


def test_memory_stays_flat_without_the_garbage_collector() -> None:
    rng = np.random.default_rng(0)
    net = mytorch.nn.Sequential(
        mytorch.nn.Linear(3, 4), mytorch.nn.BatchNorm1d(4), mytorch.nn.ReLU(), mytorch.nn.Linear(4, 2)
    )
    criterion = mytorch.nn.CrossEntropyLoss()
    optimizer = mytorch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    x, labels = Tensor(rng.standard_normal((8, 3))), rng.integers(0, 2, 8)

    def step() -> None:
        optimizer.zero_grad()
        hidden = net[0](x).exp()  # Exp saves its own output: the cycle that a naive ctx makes
        hidden.retain_grad()
        loss = (
            criterion(net(x), labels)
            + Square.apply(hidden).sqrt().sum() * 1e-3
            + KeepsItsOutput.apply(hidden * 1e-3).sum()
        )
        loss.backward()
        optimizer.step()
        net(x)  # a graph that nobody walks
        with mytorch.no_grad():
            net(x)
        leaf(1.0, 2.0).exp().log()  # leaves that are dropped

    assert_memory_stays_flat(step, warm_up=20, steps=10_000, most=1000)


def test_gradients_accumulate_over_backwards() -> None:
    x = leaf(1.0, 2.0)
    (x * 3).backward()
    held = x.grad
    (x * x).backward()
    np.testing.assert_array_equal(x.grad.data, [5.0, 7.0])
    assert x.grad is held


def test_backward_of_a_leaf() -> None:
    x = leaf(1.0, 2.0)
    x.backward()
    x.backward(Tensor([1.0, 5.0]))
    np.testing.assert_array_equal(x.grad.data, [2.0, 6.0])


def test_backward_starts_from_ones_or_from_the_gradient() -> None:
    x = leaf(1.0, 2.0)
    (x * 2).backward()
    np.testing.assert_array_equal(x.grad.data, [2.0, 2.0])
    x.grad = None
    (x * 2).backward(np.array([1.0, -1.0]))
    np.testing.assert_array_equal(x.grad.data, [2.0, -2.0])


def test_gradients_share_no_memory() -> None:
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    start = Tensor([1.0, 1.0])
    c = a + b
    c.retain_grad()
    c.backward(start)  # Add passes one array on to both
    arrays = [a.grad.data, b.grad.data, start.data]
    a.grad.data += 100
    np.testing.assert_array_equal(b.grad.data, [1.0, 1.0])
    np.testing.assert_array_equal(c.grad.data, [1.0, 1.0])
    np.testing.assert_array_equal(start.data, [1.0, 1.0])
    assert not any(np.shares_memory(arrays[i], arrays[j]) for i in range(3) for j in range(i))


def test_a_users_function_may_return_what_it_keeps() -> None:
    kept = Tensor([3.0, 4.0])

    class Keeper(Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a)
            return Tensor(a.data * 3 + b.data)

        @staticmethod
        def backward(ctx, grad_output):
            return kept, kept

    a, b = leaf(1.0, 2.0), leaf(5.0, 6.0)
    Keeper.apply(a, b).backward()
    (a + b).backward()
    np.testing.assert_array_equal(kept.data, [3.0, 4.0])
    np.testing.assert_array_equal(a.grad.data, [4.0, 5.0])
    np.testing.assert_array_equal(b.grad.data, [4.0, 5.0])


def test_many_contributions_do_not_write_into_each_other() -> None:
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    s = x + y  # one gradient array for both
    (s + x + x + s * 2 + y).backward()
    np.testing.assert_array_equal(x.grad.data, [5.0, 5.0])
    np.testing.assert_array_equal(y.grad.data, [4.0, 4.0])


def test_retain_graph() -> None:
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 18.0


def test_a_function_may_return_none_for_a_gradient() -> None:
    class Stop(Function):
        @staticmethod
        def forward(ctx, x):
            return Tensor(x.data)

        @staticmethod
        def backward(ctx, grad_output):
            return None

    x, y = leaf(1.0), leaf(2.0)
    (Stop.apply(x * 2) + y + x).backward()
    assert (x.grad.item(), y.grad.item()) == (1.0, 1.0)
    x.grad = None
    Stop.apply(x * 2).backward()
    assert x.grad is None


def test_gradients_take_the_dtype_of_their_tensor() -> None:
    x = Tensor(np.ones(3, np.float32), requires_grad=True)
    (x * Tensor(np.ones(3))).backward()
    assert x.grad.dtype == np.float32


def test_threads_do_not_disturb_each_other() -> None:
    wrong = []

    def work(seed: int) -> None:
        for i in range(200):
            x = leaf(float(seed + i))
            y = x
            for _ in range(5):
                y = y * x
            y.backward()
            if not np.isclose(x.grad.item(), 6 * (seed + i) ** 5.0):
                wrong.append((seed, i))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ---------------------------------------------------------------------------- higher order


def test_third_derivative() -> None:
    x = leaf(2.0)
    y = x * x * x * x
    for expected in (32.0, 48.0, 48.0):
        x.grad = None
        y.backward(create_graph=True)
        y = x.grad
        assert y.item() == expected


def test_a_users_function_is_differentiable_twice() -> None:
    x = leaf(3.0)
    Square.apply(Square.apply(x)).backward(create_graph=True)  # x^4
    first = x.grad
    assert first.item() == 108.0
    x.grad = None
    first.backward()
    assert x.grad.item() == 108.0  # 12 x^2


def test_create_graph_accumulates_differentiably() -> None:
    x = leaf(2.0)
    (x * x).backward(create_graph=True)
    (x * x * x).backward(create_graph=True)
    total = x.grad  # 2x + 3x^2
    assert total.item() == 16.0
    x.grad = None
    total.backward()
    assert x.grad.item() == 14.0


# ---------------------------------------------------------------------- what is refused


def test_second_backward_over_a_released_graph() -> None:
    x, y = leaf(2.0), leaf(1.0)
    product = x * x
    product.backward()
    with pytest.raises(RuntimeError, match=r"Mul: backward a second time.*retain_graph=True"):
        product.backward()
    with pytest.raises(RuntimeError, match="Mul: backward a second time"):
        (product + y).backward()
    assert (x.grad.item(), y.grad) == (4.0, None), "a refused backward must not have begun"
    total = x + 1
    total.backward()
    with pytest.raises(RuntimeError, match="Add: backward a second time"):
        total.backward()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: setattr(t, "data", t.data + 1),
        lambda t: t.zero_(),
        lambda t: t.__setitem__(0, 5.0),
        lambda t: t.detach().fill_(1.0),
        lambda t: t.reshape(2, 1).zero_(),
        lambda t: t[1:].zero_(),
        lambda t: t.T.zero_(),
    ],
    ids=["data", "zero_", "setitem", "detached", "reshaped", "slice", "transposed"],
)
@pytest.mark.parametrize("operation", [lambda t: t * t, lambda t: t.exp(), lambda t: Square.apply(t)])
def test_saved_tensor_changed_in_place(operation, change) -> None:
    x = leaf(2.0, 3.0)
    hidden = x + 0
    y = operation(hidden)
    saved = y if y.grad_fn.function_name == "Exp" else hidden  # Exp keeps its result
    with mytorch.no_grad():
        change(saved)
    with pytest.raises(
        RuntimeError, match=r"(Mul|Exp|Square): a saved tensor of shape \(2,\).*version \d+.*version \d+"
    ):
        y.backward()
    assert x.grad is None


def test_in_place_change_of_something_else_does_no_harm() -> None:
    x, other = leaf(2.0, 3.0), Tensor([1.0, 1.0])
    y = (x * x).exp() * 1.0
    other.zero_()
    other.data += 1
    y.backward()
    assert x.grad is not None


def test_augmented_assignment_to_data_counts_as_a_change() -> None:
    x = leaf(2.0)
    y = x * x
    x.data += 1.0
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_changes_before_the_save_do_no_harm() -> None:
    x = leaf(2.0)
    x.data += 1.0
    y = x * x
    y.backward()
    assert x.grad.item() == 6.0


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            lambda g: Tensor([1.0, 2.0, 3.0]),
            r"Bad\.backward returned a gradient of shape \(3,\) for argument 0.*\(2,\)",
        ),
        (lambda g: Tensor([[1.0, 2.0]]), r"shape \(1, 2\) for argument 0 of forward, which has shape \(2,\)"),
        (lambda g: (g, g), r"Bad\.backward returned 2 gradients, expected 1"),
        (lambda g: (), r"Bad\.backward returned 0 gradients, expected 1"),
        (lambda g: g.data, r"Bad\.backward must return Tensors or None, got ndarray"),
        (lambda g: 1.0, r"Bad\.backward must return Tensors or None, got float"),
    ],
)
def test_wrong_gradients_of_a_users_function(returned, message, create_graph) -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            return Tensor(x.data * 1.0)

        @staticmethod
        def backward(ctx, grad_output):
            return returned(grad_output)

    x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
    with pytest.raises((RuntimeError, TypeError), match=message):
        (Bad.apply(x) + y).backward(create_graph=create_graph)
    assert x.grad is None
    assert y.grad is None, "nothing may be accumulated when backward fails"


def test_the_wrong_argument_is_named() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x, number, y):
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output, None, grad_output.sum()

    with pytest.raises(RuntimeError, match=r"gradient of shape \(\) for argument 2 of forward"):
        Bad.apply(leaf(1.0, 2.0), 3, leaf(1.0, 2.0)).backward()
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"gradient of shape \(\) for argument 2 of forward"):
        Bad.apply(x, 3, x).backward()


def test_too_few_gradients() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x, y):
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output

    with pytest.raises(RuntimeError, match=r"Bad\.backward returned 1 gradients, expected 2"):
        Bad.apply(leaf(1.0), leaf(2.0)).backward()


@pytest.mark.parametrize("value", [3.0, np.ones(2), [1, 2], "x", (1,)])
def test_save_for_backward_takes_tensors_only(value) -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, value)
            return x

    with pytest.raises(TypeError, match=rf"Bad: save_for_backward takes Tensors, got {type(value).__name__}"):
        Bad.apply(leaf(1.0))
    with pytest.raises(TypeError, match="save_for_backward takes Tensors"):
        ContextManager().save_for_backward(value)


def test_save_for_backward_takes_none() -> None:
    class WithoutBias(Function):  # as PyTorch's tutorial writes a linear layer
        @staticmethod
        def forward(ctx, x, bias):
            ctx.save_for_backward(x, bias)
            return x * 2

        @staticmethod
        def backward(ctx, grad_output):
            _, bias = ctx.saved_tensors
            return grad_output * 2, None if bias is None else grad_output

    x = leaf(1.0)
    WithoutBias.apply(x, None).backward()
    assert x.grad.item() == 2.0


def test_forward_must_return_a_tensor() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            return x.data

    with pytest.raises(TypeError, match=r"Bad\.forward must return a Tensor or a tuple, got ndarray"):
        Bad.apply(leaf(1.0))


def test_a_function_without_methods_says_what_is_missing() -> None:
    class Empty(Function):
        pass

    with pytest.raises(NotImplementedError, match="forward"):
        Empty.apply(leaf(1.0))


def test_backward_needs_requires_grad() -> None:
    with pytest.raises(RuntimeError, match="does not require grad"):
        Tensor(1.0).backward()
    with mytorch.no_grad():
        y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="does not require grad"):
        y.backward()


def test_backward_refuses_a_gradient_of_the_wrong_shape() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(ValueError, match=r"gradient must have the tensor's shape \(2,\), got \(3,\)"):
        (x * 2).backward(Tensor([1.0, 2.0, 3.0]))


# -------------------------------------------------------------------------------- grad mode


def test_no_grad_as_block_and_as_decorator() -> None:
    x = leaf(1.0)

    @mytorch.no_grad()
    def decorated(factor: float) -> Tensor:
        """Documentation."""
        return x * factor

    @mytorch.no_grad
    def bare() -> Tensor:
        return x * 2

    with mytorch.no_grad():
        assert not (x * 2).requires_grad
        with mytorch.enable_grad():
            assert (x * 2).requires_grad
        assert not mytorch.is_grad_enabled()
    assert not decorated(3.0).requires_grad
    assert not bare().requires_grad
    assert decorated.__doc__ == "Documentation."
    assert (x * 2).requires_grad


def test_inference_mode_is_no_grad() -> None:
    x = leaf(1.0)

    @mytorch.inference_mode()
    def decorated() -> Tensor:
        return x * 2

    @mytorch.inference_mode
    def bare() -> Tensor:
        return x * 2

    with mytorch.inference_mode():
        assert not (x * 2).requires_grad
    with mytorch.inference_mode(False):
        assert (x * 2).requires_grad
    assert not decorated().requires_grad
    assert not bare().requires_grad


def test_no_grad_is_safe_under_exceptions() -> None:
    @mytorch.no_grad()
    def fails() -> None:
        raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fails()
        with pytest.raises(ZeroDivisionError), mytorch.no_grad():
            1 / 0  # noqa: B018
        assert mytorch.is_grad_enabled()


def test_one_block_object_entered_twice() -> None:
    block = mytorch.no_grad()
    with block:
        with block:
            pass
        assert not mytorch.is_grad_enabled()
    assert mytorch.is_grad_enabled()

    @mytorch.no_grad()
    def recursive(n: int) -> None:
        assert not mytorch.is_grad_enabled()
        if n:
            recursive(n - 1)
        assert not mytorch.is_grad_enabled()

    recursive(3)
    assert mytorch.is_grad_enabled()


def test_set_grad_enabled() -> None:
    try:
        mytorch.set_grad_enabled(False)
        assert not mytorch.is_grad_enabled()
        with mytorch.set_grad_enabled(True):
            assert mytorch.is_grad_enabled()
        assert not mytorch.is_grad_enabled()
    finally:
        mytorch.set_grad_enabled(True)

    @mytorch.set_grad_enabled(False)
    def off() -> bool:
        return mytorch.is_grad_enabled()

    assert mytorch.is_grad_enabled()
    assert not off()
    assert mytorch.is_grad_enabled()


def test_no_grad_is_per_thread() -> None:
    seen = []
    inside, looked = threading.Event(), threading.Event()

    def other() -> None:
        inside.wait()
        seen.append(mytorch.is_grad_enabled())
        looked.set()

    thread = threading.Thread(target=other)
    thread.start()
    with mytorch.no_grad():
        inside.set()
        looked.wait()
        assert not mytorch.is_grad_enabled()
    thread.join()
    assert seen == [True]


def test_threads_may_share_a_decorated_function() -> None:
    first_inside, second_inside = threading.Event(), threading.Event()

    @mytorch.no_grad()
    def shared(enter: threading.Event, wait_for: threading.Event) -> None:
        enter.set()
        assert wait_for.wait(10)

    after = []

    def first() -> None:
        with mytorch.no_grad():
            shared(first_inside, second_inside)
            after.append(mytorch.is_grad_enabled())

    thread = threading.Thread(target=first)
    thread.start()
    assert first_inside.wait(10)
    shared(second_inside, first_inside)  # entered while the other thread is inside
    thread.join()
    assert after == [False]
    assert mytorch.is_grad_enabled()


def test_backward_records_only_for_create_graph() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx, x):
            return Tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad_output):
            seen.append(mytorch.is_grad_enabled())
            return grad_output * 2

    for create_graph in (False, True):
        x = leaf(1.0)
        x.register_hook(lambda grad: seen.append(mytorch.is_grad_enabled()))
        Look.apply(x).backward(create_graph=create_graph)
    assert seen == [False, False, True, True]


def test_backward_under_no_grad() -> None:
    x = leaf(2.0)
    y = Square.apply(x) * x
    with mytorch.no_grad():
        y.backward()
        assert not mytorch.is_grad_enabled()
    assert x.grad.item() == 12.0


# ---------------------------------------------------------------------- hooks, retain_grad


def test_retain_grad() -> None:
    x = leaf(2.0)
    y = x * 3
    assert not y.retains_grad
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad
    z = y * y
    z.backward(retain_graph=True)
    assert (y.grad.item(), x.grad.item()) == (12.0, 36.0)
    z.backward()
    assert y.grad.item() == 24.0
    x.retain_grad()  # a leaf: nothing to do
    with pytest.raises(RuntimeError, match="requires grad"):
        Tensor(1.0).retain_grad()


def test_register_hook_sees_and_changes_the_gradient() -> None:
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.retain_grad()
    y.register_hook(lambda grad: seen.append(grad.item()))
    handle = y.register_hook(lambda grad: grad * 10)
    x.register_hook(lambda grad: grad + 1)
    (y + y).backward(retain_graph=True)
    assert seen == [2.0]  # once, with the sum of both contributions
    assert y.grad.item() == 20.0, "retain_grad keeps what the hooks made of the gradient"
    assert x.grad.item() == 61.0
    handle.remove()
    handle.remove()
    x.grad = None
    z = y * 1
    z.backward()
    assert x.grad.item() == 4.0


def test_hooks_on_a_leaf_belong_to_the_leaf() -> None:
    x = leaf(1.0)
    seen = []
    with x.register_hook(seen.append):
        (x * 2).backward()
        (x * 3).backward()
    (x * 4).backward()
    assert [g.item() for g in seen] == [2.0, 3.0]


def test_bad_hooks() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match="hook must be callable, got int"):
        x.register_hook(3)
    with pytest.raises(RuntimeError, match="requires grad"):
        Tensor(1.0).register_hook(print)
    with (
        x.register_hook(lambda grad: grad.sum()),
        pytest.raises(RuntimeError, match=r"hook on a tensor of shape \(2,\)"),
    ):
        (x * 2).backward()
    with x.register_hook(lambda grad: 3.0), pytest.raises(RuntimeError, match=r"must return None or a Tensor.*float"):
        (x * 2).backward()
    assert x.grad is None


# ------------------------------------------------------------------------------------ nodes


def test_nodes_print_their_operation() -> None:
    x = leaf(1.0)
    y = x * 2
    assert repr(y.grad_fn) == "<BackwardFunction Mul>"
    assert repr(y.grad_fn.next_functions[0]) == "<AccumulateGrad of shape ()>"
    assert isinstance(y.grad_fn, BackwardFunction)


def test_nodes_can_be_applied_by_hand() -> None:
    x = leaf(2.0)
    y = x * 5
    (grad_x, nothing) = y.grad_fn.apply(Tensor(1.0))
    assert grad_x.item() == 5.0
    assert nothing is None
    y.grad_fn.next_functions[0].apply(grad_x)
    y.grad_fn.next_functions[0].apply(grad_x)
    assert x.grad.item() == 10.0
    assert grad_x.item() == 5.0


def test_the_handouts_own_call() -> None:
    x = leaf(2.0)
    y = x * x
    autograd_engine.backward(y.grad_fn, Tensor(1.0))
    assert x.grad.item() == 4.0

"""The engine: how the graph is walked."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
from support.engine import Square, leaf
from support.memory import assert_memory_stays_flat

import mytorch
from mytorch.engine.function import Function
from mytorch.tensor import Tensor


def run_python(code: str) -> subprocess.CompletedProcess:
    """Run `code` in a process of its own: a crash of the interpreter then is a failed test."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)


class KeepsItsOutput(Function):
    """A Function that makes a reference cycle, as users will: ctx holds the output that holds ctx."""

    @staticmethod
    def forward(ctx, x):
        ctx.y = Tensor(np.exp(x.data))
        return ctx.y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.y.detach()


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

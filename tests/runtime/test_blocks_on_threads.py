"""Element by element on several threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import mytorch
from mytorch.runtime import blocks as module
from mytorch.runtime.blocks import elementwise, flat_in_memory, in_blocks
from mytorch.tensor import Tensor


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    for name, size in {"LARGE": 100, "MANY_STEPS": 100, "BLOCK": 64, "THREAD_BLOCK": 64}.items():
        monkeypatch.setattr(module, name, size)
    before = mytorch.get_num_threads()
    mytorch.set_num_threads(2)
    yield
    mytorch.set_num_threads(before)


def images(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((3, 5, 7, 4)).transpose(0, 3, 1, 2)  # channels last


@pytest.mark.parametrize("other", [
    images(1), np.ascontiguousarray(images(1)), images(1)[:, :1], images(1)[:1], np.array(3.0),
    np.broadcast_to(images(1)[:, :1], (3, 4, 5, 7)),
], ids=["same order", "other order", "one channel", "one image", "a number", "repeated"])  # fmt: skip
def test_the_same_numbers_and_memory_order_as_numpys(other) -> None:
    x = images()
    found, expected = elementwise(np.multiply, x, other), x * other
    np.testing.assert_array_equal(found, expected)
    assert found.strides == expected.strides


def test_gaps_and_reversed_axes_are_no_flat_memory() -> None:
    x = np.zeros((6, 8))
    assert flat_in_memory(x[:, ::2]) is None
    assert flat_in_memory(x[::-1]) is None
    (flat,) = flat_in_memory(x.T)
    assert np.shares_memory(flat, x)
    np.testing.assert_array_equal(elementwise(np.negative, np.arange(400.0)[::-2]), -np.arange(400.0)[::-2])


def test_blocks_are_worked_on_by_several_threads() -> None:
    sizes, workers, both = [], set(), threading.Barrier(2, timeout=20)

    def function(x: np.ndarray) -> np.ndarray:
        sizes.append(x.size)
        if x[0] in (64, 128):
            both.wait()  # these blocks wait for each other: one thread alone would never come back
        workers.add(threading.get_ident())
        return x + 1

    x = np.arange(200.0)
    np.testing.assert_array_equal(elementwise(function, x), x + 1)
    assert sorted(sizes) == [8, 64, 64, 64]
    assert len(workers) == 2
    sizes.clear()
    elementwise(function, np.zeros(99))
    assert sizes == [99]


def test_formulas_in_blocks_use_threads_too() -> None:
    workers, both = set(), threading.Barrier(2, timeout=20)

    def formula(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        workers.add(threading.get_ident())
        if x[0] in (64, 128):
            both.wait()
        return x + 1, x > 100

    x = np.arange(192.0)
    sums, large = in_blocks(formula, x)
    np.testing.assert_array_equal(sums, x + 1)
    np.testing.assert_array_equal(large, x > 100)
    assert len(workers) == 2


def test_operations_on_large_tensors_are_the_same_bits_as_on_one_thread() -> None:
    x, y = images(1), images(2)

    def run() -> list[np.ndarray]:
        a, b = Tensor(x, requires_grad=True), Tensor(y, requires_grad=True)
        ((a * b + a - b).relu().exp().tanh() * b).sum().backward()
        return [a.grad.data, b.grad.data]

    two = run()
    mytorch.set_num_threads(1)
    for found, expected in zip(two, run()):
        np.testing.assert_array_equal(found, expected)

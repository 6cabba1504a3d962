"""Random tensors: what they can be, how often, and that seeds repeat them.

Frequencies are tested with fixed seeds and bounds of five standard deviations, so that a test fails
when the distribution is wrong, and never by chance.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import mytorch
from mytorch.random import Generator, default_generator
from mytorch.tensor import Tensor

COUNT = 20_000


def assert_mean(values: np.ndarray, mean: float, std: float) -> None:
    assert abs(values.mean() - mean) < 5 * std / np.sqrt(values.size)


@pytest.fixture(autouse=True)
def seed() -> None:
    mytorch.manual_seed(12)


DRAWS = {
    "rand": lambda g: mytorch.rand(3, 2, generator=g),
    "randn": lambda g: mytorch.randn((3, 2), generator=g),
    "randint": lambda g: mytorch.randint(100, (3, 2), generator=g),
    "randperm": lambda g: mytorch.randperm(6, generator=g),
    "normal": lambda g: mytorch.normal(0.0, 1.0, (3, 2), generator=g),
    "bernoulli": lambda g: mytorch.bernoulli(Tensor(np.full(40, 0.5)), generator=g),
    "multinomial": lambda g: mytorch.multinomial(Tensor(np.ones(50)), 5, generator=g),
}


@pytest.mark.parametrize("name", DRAWS)
def test_seeds_repeat(name) -> None:
    draw = DRAWS[name]
    assert mytorch.manual_seed(7).initial_seed() == 7
    first, second = draw(None).tolist(), draw(None).tolist()
    assert first != second
    mytorch.manual_seed(7)
    assert draw(None).tolist() == first
    own = Generator().manual_seed(7)
    assert draw(own).tolist() == first  # a generator of one's own, and the default one is left alone
    assert draw(None).tolist() == second
    with pytest.raises(TypeError, match=f"{name}: generator must be a mytorch.Generator, got int"):
        draw(7)


def test_generator() -> None:
    generator = Generator()
    assert generator.initial_seed() != Generator().initial_seed()
    state = generator.get_state()
    first = mytorch.randn(4, generator=generator).tolist()
    assert generator.set_state(state) is generator
    assert mytorch.randn(4, generator=generator).tolist() == first
    assert generator.seed() == generator.initial_seed()
    assert mytorch.randn(4, generator=generator).tolist() != first
    assert Generator().manual_seed(-1).numpy.random() == np.random.default_rng(2**64 - 1).random()
    with pytest.raises(TypeError, match=r"manual_seed: seed must be an int, got float"):
        mytorch.manual_seed(1.5)


def test_the_default_generator_is_numpys() -> None:
    mytorch.manual_seed(3)
    assert default_generator().random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rand(dtype) -> None:
    x = mytorch.rand(COUNT, dtype=dtype)
    assert (x.shape, x.dtype) == ((COUNT,), np.dtype(dtype))
    assert x.data.min() >= 0
    assert x.data.max() < 1
    assert_mean(x.data.astype(float), 0.5, np.sqrt(1 / 12))
    assert (mytorch.rand(()).shape, mytorch.rand().shape, mytorch.rand(0, 2).shape) == ((), (), (0, 2))


def test_randn_and_normal() -> None:
    x = mytorch.randn(COUNT, dtype="float32")
    assert x.dtype == np.float32
    assert_mean(x.data, 0, 1)
    assert_mean(x.data**2, 1, np.sqrt(2))
    y = mytorch.normal(3.0, 2.0, (COUNT,))
    assert_mean(y.data, 3, 2)
    assert_mean((y.data - 3) ** 2, 4, 4 * np.sqrt(2))
    z = mytorch.normal(Tensor(np.array([0.0, 100.0], np.float32)), Tensor([[0.0], [1.0]]))
    assert (z.shape, z.dtype) == ((2, 2), np.float32)
    assert z.data[0].tolist() == [0.0, 100.0]
    assert mytorch.normal(1.0, Tensor(np.zeros(3))).tolist() == [1.0, 1.0, 1.0]
    assert mytorch.normal(Tensor([2.0]), 0.0).tolist() == [2.0]


def test_randint() -> None:
    x = mytorch.randint(2, 5, (COUNT,))
    assert x.dtype == np.int64
    assert set(x.tolist()) == {2, 3, 4}
    for value in (2, 3, 4):
        assert_mean(x.data == value, 1 / 3, np.sqrt(2 / 9))
    assert set(mytorch.randint(3, (100,)).tolist()) == {0, 1, 2}
    assert set(mytorch.randint(high=3, low=1, size=(100,), dtype="float32").tolist()) == {1.0, 2.0}
    assert mytorch.randint(-2, 0, ()).shape == ()


def test_randperm() -> None:
    orders = np.array([mytorch.randperm(3).tolist() for _ in range(3000)])
    assert (np.sort(orders) == [0, 1, 2]).all()
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert len(counts) == 6
    assert (abs(counts - 500) < 5 * np.sqrt(500)).all()
    assert mytorch.randperm(0).shape == (0,)
    assert mytorch.randperm(2, dtype="int32").dtype == np.int32


def test_like() -> None:
    like = Tensor(np.zeros((2, 3), np.float32))
    for made in (mytorch.rand_like(like), mytorch.randn_like(like), mytorch.randint_like(like, 5)):
        assert (made.shape, made.dtype) == ((2, 3), np.float32)
    assert mytorch.randn_like(like, dtype="float64").dtype == np.float64
    assert set(mytorch.randint_like(mytorch.zeros(100), 3, 5).tolist()) == {3.0, 4.0}


def test_bernoulli() -> None:
    x = mytorch.bernoulli(Tensor(np.full(COUNT, 0.3, np.float32)))
    assert x.dtype == np.float32
    assert set(x.tolist()) == {0.0, 1.0}
    assert_mean(x.data, 0.3, np.sqrt(0.21))
    assert mytorch.bernoulli(Tensor([0.0, 1.0])).tolist() == [0.0, 1.0]
    y = mytorch.bernoulli(mytorch.zeros(COUNT, dtype="int64"), 0.7)
    assert y.dtype == np.int64
    assert_mean(y.data, 0.7, np.sqrt(0.21))


def test_multinomial_with_replacement() -> None:
    weights = np.array([[1.0, 0.0, 3.0, 4.0], [0.0, 0.0, 5.0, 0.0]])
    x = mytorch.multinomial(Tensor(weights), COUNT, replacement=True)
    assert (x.shape, x.dtype) == ((2, COUNT), np.int64)
    for index, share in enumerate(weights[0] / 8):
        assert_mean(x.data[0] == index, share, np.sqrt(share * (1 - share)) + 1e-12)
    assert (x.data[1] == 2).all()
    assert mytorch.multinomial(mytorch.zeros(0, 3), 2, True).shape == (0, 2)


def test_multinomial_without_replacement() -> None:
    weights = np.array([1.0, 0.0, 2.0, 5.0])
    x = mytorch.multinomial(Tensor(np.tile(weights, (COUNT, 1))), 3).data
    assert (np.sort(x) == [0, 2, 3]).all()
    for index, share in enumerate(weights / 8):  # the first draw, and the second after a first 3
        assert_mean(x[:, 0] == index, share, np.sqrt(share * (1 - share)) + 1e-12)
    second = x[x[:, 0] == 3, 1]
    assert_mean(second == 2, 2 / 3, np.sqrt(2 / 9))
    assert mytorch.multinomial(Tensor(weights), 1).shape == (1,)


def test_what_is_impossible_does_not_happen_when_exactly_0_is_drawn() -> None:
    generator = Generator()
    generator.numpy = ZeroDraws()
    assert mytorch.bernoulli(Tensor([0.0, 0.1]), generator=generator).tolist() == [0.0, 1.0]
    assert mytorch.multinomial(Tensor([0.0, 0.0, 1.0, 1.0]), 1, True, generator=generator).tolist() == [2]


class ZeroDraws:
    """In place of a NumPy generator: the smallest number that it can draw, always."""

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.zeros(shape)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mytorch.rand(2, dtype="int64"), TypeError, r"rand: dtype must be a floating point dtype, got int64"),
        (lambda: mytorch.randn(-2), ValueError, r"randn: sizes must not be negative"),
        (lambda: mytorch.randint(3, 3, (2,)), ValueError, r"randint: low must be below high, got 3 and 3"),
        (lambda: mytorch.randint(3), TypeError, r"randint: size must be a tuple"),
        (lambda: mytorch.randperm(-1), ValueError, r"randperm: sizes must not be negative"),
        (lambda: mytorch.normal(0.0, -1.0, (2,)), ValueError, r"normal: std must not be negative, got -1"),
        (lambda: mytorch.normal(0.0, 1.0), TypeError, r"normal: size goes with mean and std as numbers"),
        (lambda: mytorch.normal(Tensor([0.0]), 1.0, (2,)), TypeError, r"normal: size goes with"),
        (lambda: mytorch.bernoulli(Tensor([0.5, 1.5])), ValueError, r"bernoulli: probabilities must be from 0 to 1"),
        (lambda: mytorch.bernoulli(Tensor([np.nan])), ValueError, r"bernoulli: probabilities must be from 0 to 1"),
        (lambda: mytorch.bernoulli(Tensor([1, 0])), TypeError, r"bernoulli: input must hold probabilities"),
        (lambda: mytorch.multinomial(Tensor([1.0, -1.0]), 1), ValueError, r"multinomial: weights must be finite"),
        (lambda: mytorch.multinomial(Tensor([0.0, 0.0]), 1), ValueError, r"multinomial: weights must be finite"),
        (lambda: mytorch.multinomial(Tensor([1.0, np.inf]), 1), ValueError, r"multinomial: weights must be finite"),
        (lambda: mytorch.multinomial(Tensor([1.0, 0.0]), 2), ValueError, r"at most the 1 weights above 0, got 2"),
        (lambda: mytorch.multinomial(Tensor([1.0]), 0, True), ValueError, r"num_samples must be at least 1"),
        (lambda: mytorch.multinomial(Tensor([1, 2]), 1), ValueError, r"multinomial: input must be floats \(C,\)"),
    ],
)
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_while_a_thread_draws_waited_for_the_lock_of_numpys_generator() -> None:
    code = """
import os, signal, threading, mytorch
from mytorch.random import _default
own = mytorch.Generator().manual_seed(5)
mytorch.manual_seed(4)
held, let_go = threading.Event(), threading.Event()
def hold():
    with _default.numpy.bit_generator.lock, own.numpy.bit_generator.lock:
        held.set()
        let_go.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
read, write = os.pipe()
draw = lambda: repr((mytorch.rand(3).data.tolist(), mytorch.rand(3, generator=own).data.tolist())).encode()
child = os.fork()
if child == 0:
    signal.alarm(20)
    os.write(write, draw())
    os._exit(0)
let_go.set()
thread.join()
status = os.waitpid(child, 0)[1]
assert status == 0, status
assert os.read(read, 1000) == draw()  # and the child goes on where the parent was, as in PyTorch
"""
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)

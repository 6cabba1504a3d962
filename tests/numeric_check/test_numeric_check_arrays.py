"""numeric_check on layers of NumPy arrays, and what cannot be checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.numeric_layers import RNG, ROOT, normal

import mytorch.nn.functional as F
from mytorch import nn
from mytorch.numeric_check import NumericCheckReport, numeric_check

# ---------------------------------------------------------------------- layers of NumPy arrays


class FullyConnected:
    """Handout 001's layer: parameters made by the first forward, gradients in a dict."""

    def __init__(self, n_out: int) -> None:
        self.n_out = n_out
        self.parameters: dict = {}
        self.gradients: dict = {}
        self.cache: dict = {}

    def forward(self, X: np.ndarray) -> np.ndarray:  # (m, n_in) -> (m, n_out)
        if not self.parameters:
            self.parameters["W"] = np.random.randn(X.shape[1], self.n_out)
            self.parameters["b"] = np.zeros((1, self.n_out))
        self.cache["X"] = X
        self.cache["Y"] = np.tanh(X @ self.parameters["W"] + self.parameters["b"])
        return self.cache["Y"]

    def backward(self, dLdY: np.ndarray) -> np.ndarray:
        dZ = dLdY * (1 - self.cache["Y"] ** 2)
        self.gradients["W"] = self.cache["X"].T @ dZ
        self.gradients["b"] = dZ.sum(axis=0, keepdims=True)
        return dZ @ self.parameters["W"].T


class Tanh:
    """Handout 001's activation."""

    def forward(self, Z):
        return np.tanh(Z)

    def backward(self, Z, dY):
        return dY * (1 - np.tanh(Z) ** 2)


class CrossEntropy:
    """Handout 001's loss: the labels are integers, so only the predictions have a row."""

    def forward(self, Y, Y_hat):
        return -(Y * np.log(Y_hat)).sum() / len(Y)

    def backward(self, Y, Y_hat):
        return -Y / Y_hat / len(Y)


class CrossEntropySoftmax:
    """Handout 004's loss: backward takes nothing."""

    def forward(self, logits, labels):
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p, self.labels = p / p.sum(axis=1, keepdims=True), labels
        return -np.log(self.p[np.arange(len(labels)), labels]).mean()

    def backward(self):
        return (self.p - np.eye(self.p.shape[1])[self.labels]) / len(self.labels)


def test_array_layers() -> None:
    layer = FullyConnected(3)
    np.random.seed(5)
    drawn = np.random.rand(3)
    np.random.seed(5)
    report = numeric_check(layer, normal(5, 4))
    assert report.ok, report
    assert [(row.name, row.shape) for row in report.rows] == [("X", (5, 4)), ("W", (4, 3)), ("b", (1, 3))]
    assert max(row.relative_error for row in report.rows) < 1e-9
    assert not layer.parameters, "the layer itself was run"
    np.testing.assert_array_equal(np.random.rand(3), drawn)
    assert numeric_check(Tanh(), normal(2, 3)).ok
    losses = [(CrossEntropy(), np.eye(4, dtype=int)[[1, 3]], RNG.uniform(0.1, 1, (2, 4)))]
    losses.append((CrossEntropySoftmax(), normal(3, 4), np.array([0, 3, 1])))
    for loss, *inputs in losses:
        report = numeric_check(loss, *inputs)
        assert report.ok, report
        assert [row.name for row in report.rows] == ["Y_hat" if loss is losses[0][0] else "logits"]


ARRAY_MISTAKES = {
    "bias not summed": ('["b"] = dZ.sum(axis=0, keepdims=True)', '["b"] = dZ', "b", "gradient of shape (5, 3)"),
    "bias summed away": ("axis=0, keepdims=True", "axis=0", "b", "gradient of shape (3,)"),
    "no bias": ('self.gradients["b"] = dZ.sum(axis=0, keepdims=True)', "pass", "b", "no gradient"),
    "mean": ('self.cache["X"].T @ dZ', 'self.cache["X"].T @ dZ / 5', "W", "0.2 times the right gradient"),
    "without tanh": ("(1 - self.cache", "(1 + self.cache", "X", "by backward"),
    "input": ('dZ @ self.parameters["W"].T', 'dZ @ self.parameters["W"].T * -1', "X", "the sign is wrong"),
}


@pytest.mark.parametrize("name", ARRAY_MISTAKES)
def test_mistakes_of_array_layers(name: str) -> None:
    right, wrong, where, note = ARRAY_MISTAKES[name]
    source = Path(__file__).read_text(encoding="utf-8")
    code = source[source.index("class FullyConnected") : source.index("class Tanh")]
    assert code.count(right) == 1
    namespace = {"np": np}
    exec(code.replace(right, wrong), namespace)
    rows = {row.name: row for row in numeric_check(namespace["FullyConnected"](3), normal(5, 4)).rows}
    assert not rows[where].ok
    assert note in rows[where].note


# ------------------------------------------------------------------------- what cannot be checked


class Counter(nn.Module):
    runs = 0

    def forward(self, x):
        Counter.runs += 1
        return x * Counter.runs


class ThreeArguments(Tanh):
    def backward(self, a, b, c):
        return a


IMPOSSIBLE = [
    (lambda: numeric_check(nn.Linear, normal(2, 3)), TypeError, r"layer must be a layer, not its class: Linear\(...\)"),
    (lambda: numeric_check(3, normal(2)), TypeError, "layer must be a Module, .*, got int"),
    (lambda: numeric_check(nn.ReLU(), np.arange(3)), ValueError, "nothing to check: no input of floats"),
    (lambda: numeric_check(F.Log, -np.ones(3)), ValueError, "the output has nan or infinity"),
    (lambda: numeric_check(Counter(), normal(2)), ValueError, "two runs with the same input gave different outputs"),
    (lambda: numeric_check(lambda x: x > 0, normal(2)), ValueError, "must return a Tensor or an array of floats"),
    (lambda: numeric_check(ThreeArguments(), normal(2)), TypeError, "ThreeArguments.backward must take .* 3 arguments"),
    (lambda: numeric_check(nn.ReLU(), normal(2), eps=0.0), ValueError, "eps and tolerance must be positive, got 0.0"),
]


@pytest.mark.parametrize(("call", "error", "message"), IMPOSSIBLE, ids=[i[2][:30] for i in IMPOSSIBLE])
@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero)")
def test_what_cannot_be_checked_says_why(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_it_is_imported_only_when_used() -> None:
    code = (
        "import mytorch, sys; print('mytorch.numeric_check' in sys.modules); "
        "print(callable(mytorch.numeric_check.numeric_check))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "True"], done.stderr
    assert isinstance(numeric_check(nn.ReLU(), normal(2)), NumericCheckReport)

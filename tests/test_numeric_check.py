"""numeric_check: right layers are far below the tolerance, wrong ones are caught, nothing else changes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional as F
from mytorch import Function, Tensor, nn
from mytorch.nn.utils.rnn import pack_sequence
from mytorch.numeric_check import NumericCheckReport, numeric_check

ROOT = Path(__file__).resolve().parent.parent
RNG = np.random.default_rng(3)


START = RNG.bit_generator.state


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape)


@pytest.fixture(autouse=True)
def _same_numbers_whichever_tests_ran_before():
    RNG.bit_generator.state = START


# ----------------------------------------------------------------------------- what is right

mytorch.manual_seed(1)  # of the first weights
RIGHT = {
    "linear": (nn.Linear(4, 3), (normal(5, 4),)),
    "conv2d": (nn.Conv2d(2, 3, 3, stride=2, padding=1), (normal(2, 2, 5, 5),)),
    "batchnorm": (nn.BatchNorm1d(3), (normal(6, 3),)),
    "batchnorm eval": (nn.BatchNorm1d(3).eval(), (normal(6, 3),)),
    "lstm with a state": (nn.LSTM(3, 2), (normal(3, 2, 3), (normal(1, 2, 2), normal(1, 2, 2)))),
    "layer norm": (nn.LayerNorm(4), (normal(3, 4),)),
    "max pool": (nn.MaxPool2d(2), (normal(2, 2, 4, 4),)),
    "cross entropy": (nn.CrossEntropyLoss(), (normal(4, 5), np.array([0, 3, 1, 4]))),
    "embedding": (nn.Embedding(5, 3), (np.array([1, 4, 1]),)),
    "dropout": (nn.Dropout(0.5), (normal(4, 5),)),
    # The bias before batch normalization has gradient 0: only rounding is left to compare.
    "network": (nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 2)), (normal(8, 4),)),
    "broadcast": (F.Mul, (normal(3, 4), normal(4))),
    "numbers far from 1": (F.Mul, (1e9 * normal(3), 1e-3 * normal(3))),
    "softmax": (lambda x: F.softmax(x, 1), (normal(4, 5),)),
    "two outputs": (lambda x: (x.sum(0), x.tanh()), (normal(3, 2),)),
    "packed": (nn.RNN(2, 3), (pack_sequence([Tensor(normal(3, 2)), Tensor(normal(2, 2))]),)),
    "gradients inside": (lambda x: mytorch.autograd.grad((x**3).sum(), x, create_graph=True)[0], (normal(3),)),
    "0-d": (lambda x: x.exp(), (np.array(0.3),)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_layers_are_well_below_the_tolerance(name: str) -> None:
    layer, inputs = RIGHT[name]
    report = numeric_check(layer, *inputs)
    assert report.ok, report
    assert max(row.relative_error for row in report.rows) < 1e-9  # ten times below what is allowed


def test_a_row_for_every_input_and_parameter() -> None:
    report = numeric_check(nn.LSTM(3, 2), normal(3, 2, 3), (normal(1, 2, 2), normal(1, 2, 2)))
    assert [(row.kind, row.name, row.shape) for row in report.rows] == [
        ("input", "input", (3, 2, 3)),
        ("input", "hx[0]", (1, 2, 2)),
        ("input", "hx[1]", (1, 2, 2)),
        ("parameter", "weight_ih_l0", (8, 3)),
        ("parameter", "weight_hh_l0", (8, 2)),
        ("parameter", "bias_ih_l0", (8,)),
        ("parameter", "bias_hh_l0", (8,)),
    ]
    lines = str(report).splitlines()
    assert lines[0] == "LSTM(3, 2)"
    assert lines[1].split() == ["name", "shape", "relative", "error", "largest", "difference"]
    assert lines[2].split()[:5] == ["input", "input", "(3,", "2,", "3)"]
    assert all(line.endswith("ok") for line in lines[2:])
    assert len(lines) == 2 + 7


def test_chosen_inputs_frozen_parameters_and_integers_have_no_row() -> None:
    layer = nn.Linear(4, 3)
    layer.bias.requires_grad = False
    assert [row.name for row in numeric_check(layer, normal(2, 4)).rows] == ["x", "weight"]
    chosen = Tensor(normal(3), requires_grad=True)
    assert [row.name for row in numeric_check(F.Mul, Tensor(normal(3)), chosen).rows] == ["b"]
    assert [row.name for row in numeric_check(nn.CrossEntropyLoss(), normal(2, 3), np.array([1, 0])).rows] == ["input"]


def test_nothing_is_changed() -> None:
    layer = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)).float()
    x = Tensor(normal(5, 3).astype(np.float32), requires_grad=True)
    before = {name: value.data.copy() for name, value in layer.state_dict().items()}
    given = x.data.copy()
    mytorch.manual_seed(5)
    np.random.seed(5)
    drawn = mytorch.rand(3).data, np.random.rand(3)
    mytorch.manual_seed(5)
    np.random.seed(5)
    assert numeric_check(layer, x).ok
    np.testing.assert_array_equal(mytorch.rand(3).data, drawn[0])
    np.testing.assert_array_equal(np.random.rand(3), drawn[1])
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name], err_msg=name)
    assert {value.dtype for value in layer.parameters()} == {np.dtype(np.float32)}
    assert all(parameter.grad is None for parameter in layer.parameters())
    assert x.grad is None
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x.data, given)


def test_the_same_seed_gives_the_same_numbers() -> None:
    x = normal(3, 4)
    first, again, other = [numeric_check(F.Log, np.abs(x) + 1, seed=seed).rows[0] for seed in (1, 1, 2)]
    assert first == again
    assert first != other


def test_a_kink_inside_the_step_is_not_a_mistake() -> None:
    report = numeric_check(lambda x: x.relu(), np.array([1e-4, -1e-4, 3e-4, 1.0]))
    assert report.ok, report
    assert not numeric_check(lambda x: x.relu(), np.array([0.0, 1.0])).ok  # on the kink there is no derivative


# ----------------------------------------------------------------------------- what is wrong


class Product(Function):
    """a * b, whose backward is replaced by wrong ones."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a.new_tensor(a.data * b.data)

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b, g * a


MISTAKES = {
    "sign": (lambda g, a, b: (-(g * b), g * a), [False, True], "the sign is wrong"),
    "factor": (lambda g, a, b: (g * b, g * a * 2), [True, False], "2 times the right gradient"),
    "forgotten": (lambda g, a, b: (g * b, None), [True, False], "no gradient"),
    "zeros": (lambda g, a, b: (g * b, g * 0), [True, False], "backward gave zeros"),
    "nan": (lambda g, a, b: (g * b * np.nan, g * a), [False, True], "nan or infinity"),
    "transposed": (lambda g, a, b: ((g * b).T, g * a), [False, True], "transposed"),
    "exchanged": (lambda g, a, b: (g * a, g * b), [False, False], "by backward"),
    "without dL/dy": (lambda g, a, b: (b + 0, g * a), [False, True], "by quotient at ["),
    "shape": (lambda g, a, b: (g * b, (g * a).sum(0)), [False, False], "backward raised"),
    "exception": (lambda g, a, b: {}["key"], [False, False], "backward raised KeyError: 'key'"),
    "one in a thousand": (lambda g, a, b: (g * b, g * a * 1.001), [True, False], "1.001 times"),
    "one element": (lambda g, a, b: (g * b, g * a + Tensor(np.diag([1e-5, 0, 0]))), [True, False], "at [0, 0]"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_found_and_named(name: str) -> None:
    backward, expected, note = MISTAKES[name]

    class Wrong(Product):
        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    a, b = normal(3, 3), normal(3, 3)
    assert numeric_check(Product, a, b).ok
    report = numeric_check(Wrong, a, b)
    assert [row.ok for row in report.rows] == expected
    assert not report.ok
    wrong = next(row for row in report.rows if not row.ok)
    assert note in wrong.note
    assert f"WRONG: {wrong.note}" in str(report)


def test_a_broadcast_that_is_not_summed() -> None:
    report = numeric_check(Product, normal(4, 3), normal(3))
    assert not report.ok
    assert "backward raised" in report.rows[0].note


def test_a_layer_that_hides_a_parameter() -> None:
    class Detached(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.hidden, self.unused = (nn.Parameter(normal(3)) for _ in range(3))

        def forward(self, x):
            return x * self.used + self.hidden.detach()

    rows = {row.name: row for row in numeric_check(Detached(), normal(2, 3)).rows}
    assert [name for name, row in rows.items() if not row.ok] == ["hidden"]
    assert rows["hidden"].note == "no gradient"


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


# --------------------------------------------------------------------------------- the command

LAYERS = """
import numpy as np
from mytorch import Function, nn

class Scale(nn.Module):
    def __init__(self, n, offset=True):
        super().__init__()
        self.weight = nn.Parameter(np.arange(1.0, n + 1))
        self.offset = nn.Parameter(np.zeros(n)) if offset else None
    def forward(self, x):
        y = x * self.weight
        return y if self.offset is None else y + self.offset

class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data**2)
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x

class Pick:
    def forward(self, x, rows):
        self.shape, self.rows = x.shape, rows
        return x[rows]
    def backward(self, dy):
        dx = np.zeros(self.shape)
        np.add.at(dx, self.rows, dy)
        return dx

class _Hidden(nn.Module):
    def forward(self, x):
        raise RuntimeError("not to be run")

def plus(a, b):
    return a + b
"""
TABLE = """
NUMERIC_CHECKS = {
    "Scale": [{"args": (5,)}, {"args": (3,), "kwargs": {"offset": False}, "shapes": [(2, 3)]}],
    "Pick": {"inputs": [np.arange(6.0).reshape(3, 2), np.array([0, 2, 2])]},
}
"""


def command(folder: Path, text: str | None, *arguments: str) -> subprocess.CompletedProcess:
    file = folder / "random.py"  # the name of a standard module must do no harm
    if text is not None:
        file.write_text(textwrap.dedent(text), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "mytorch.numeric_check", str(file), *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_command_with_a_table(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS + TABLE)
    assert done.returncode == 0, done.stdout + done.stderr
    titles = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert titles == [
        "Scale(5)",
        "Scale(3, offset=False)",
        "Square",
        "Pick",
        "all 7 gradients are right (relative error up to 1e-08)",
    ]
    assert done.stderr == ""
    assert command(tmp_path, None).stdout == done.stdout


def test_command_finds_the_mistake(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS.replace("grad * 2 * x", "grad * x") + TABLE)
    assert done.returncode == 1
    assert "WRONG: 0.5 times the right gradient" in done.stdout
    assert "1 of 7 gradients are WRONG" in done.stdout


def test_command_with_arguments(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS, "Scale", "--args", "3, offset=False", "--shape", "2,3")
    assert done.returncode == 0, done.stderr
    assert "Scale(3, offset=False)" in done.stdout
    assert "(2, 3)" in done.stdout
    done = command(tmp_path, None, "plus", "Square", "--shape", "2,3", "--shape", "1,3")
    assert "plus" in done.stdout
    assert "all 2 gradients are right" in done.stdout  # those of plus
    assert "Square was not checked" in done.stderr  # it takes one input
    assert done.returncode == 2


def test_command_says_what_a_constructor_needs(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS)
    assert done.returncode == 2
    assert "Scale(n, offset=True) cannot be made (missing a required argument: 'n')" in done.stderr
    assert "Scale --args '4, 3' --shape 5,4" in done.stderr
    assert "NUMERIC_CHECKS = {'Scale': {'args': (4, 3), 'shapes': [(5, 4)]}}" in done.stderr
    assert "all 1 gradients are right (relative error up to 1e-08); not checked: Scale, Pick" in done.stdout


def test_command_checks_files_of_packages(tmp_path: Path) -> None:
    package = tmp_path / "neural_networks"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "activations.py").write_text("import numpy as np\nsquare = np.square\n")
    (package / "random.py").write_text(
        "from .activations import square\n"
        "class Square:\n"
        "    def forward(self, Z): return square(Z)\n"
        "    def backward(self, Z, dY): return 2 * Z * dY\n"
    )
    done = command(package, None)
    assert done.returncode == 0, done.stderr
    assert "all 1 gradients are right" in done.stdout


def test_command_checks_our_own_layers() -> None:
    line = [sys.executable, "-m", "mytorch.numeric_check", "mytorch/nn/linear.py", "Linear", "--args", "5, 3"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "all 3 gradients are right" in done.stdout


UNUSABLE = [
    ("class Broken(:\n    pass\n", (), ["cannot be imported", "random.py", "line 1", "SyntaxError"]),
    ("def f():\n    return 1 / 0\nf()\n", (), ["cannot be imported", "line 3", "line 2, in f", "ZeroDivisionError"]),
    ("raise SystemExit(0)", (), ["cannot be imported", "SystemExit"]),
    ("x = 3", (), ["defines no layer"]),
    (LAYERS, ("Scael",), ["defines no class or function 'Scael'; it defines Scale"]),
    (LAYERS, ("--args", "3"), ["--args is for one class; name one of Scale, Square, Pick"]),
    (LAYERS, ("Scale", "--args", "open('x')"), ["expected numbers and strings as in a call"]),
    (LAYERS, ("--shape", "4,a"), ["expected positive sizes such as 4,5, got '4,a'"]),
    (LAYERS, ("--tolerance", "nan"), ["expected a positive number, got 'nan'"]),
    (LAYERS, ("Scale", "--args", "4"), ["inputs of shapes (4, 5)", "line 11, in forward", "give others by --shape"]),
    ("NUMERIC_CHECKS = []\n" + LAYERS, (), ["NUMERIC_CHECKS must be a dict from names to cases, got list"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scal': {}}", (), ["defines no class or function 'Scal'; it defines Scale"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scale': {'arg': 3}}", (), ["NUMERIC_CHECKS['Scale'] must be a dict with keys of"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scale': {'args': 3}}", (), ["NUMERIC_CHECKS['Scale']['args'] must be a list, got 3"]),
]


@pytest.mark.parametrize(("text", "arguments", "messages"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_command_reports_what_it_cannot_use(tmp_path: Path, text: str, arguments: tuple, messages: list) -> None:
    done = command(tmp_path, text, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    for message in messages:
        assert message in done.stderr
    for internal in ("importlib", "layer_file.py", "subjects.py", '__main__.py", line'):
        assert internal not in done.stderr


def test_command_without_a_file(tmp_path: Path) -> None:
    done = command(tmp_path, None)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr

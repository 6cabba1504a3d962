"""numeric_check finds what is trained whatever it is called, and says what it could not compare."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mytorch
from mytorch import Function, Tensor, nn
from mytorch.numeric_check import numeric_check

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(4)
X = RNG.normal(size=(5, 4))

LINEAR = """
class LinearLayer:  # handout 004's form
    def __init__(self, n_in, n_out):
        rng = np.random.default_rng(0)
        self.weights = rng.normal(size=(n_in, n_out))
        self.bias = rng.normal(size=(1, n_out))
        self.momentum = np.zeros((n_in, n_out))
    def forward(self, input):
        self.input = input
        return input @ self.weights + self.bias
    def backward(self, grad):
        self.grad_weights = self.input.T @ grad
        self.grad_bias = grad.sum(axis=0, keepdims=True)
        return grad @ self.weights.T
"""
NAMES = {  # (what the weights and the bias are called, their gradients, what makes them)
    "grad_weights": ("self.weights", "self.bias", "self.grad_weights", "self.grad_bias", ""),
    "dW": ("self.W", "self.b", "self.dW", "self.db", ""),
    "dW of weights": ("self.weights", "self.bias", "self.dW", "self.db", ""),
    "weight.gradient": ("self.weight", "self.bias", "self.weight_gradient", "self.bias_gradient", ""),
    "dL_dW": ("self.W", "self.b", "self.dL_dW", "self.dL_db", ""),
    "private": ("self._W", "self._b", "self._dW", "self._db", ""),
    "numbers": ("self.W1", "self.b1", "self.dW1", "self.db1", ""),
    "params and grads": ('self.params["W"]', 'self.params["b"]', 'self.grads["W"]', 'self.grads["b"]',
                         "self.params, self.grads = {}, {}"),
    "params and dW": ('self.params["W"]', 'self.params["b"]', 'self.grads["dW"]', 'self.grads["db"]',
                      "self.params, self.grads = {}, {}"),
    "lists": ("self.params[0]", "self.params[1]", "self.grads[0]", "self.grads[1]",
              "self.params, self.grads = [None] * 2, [None] * 2"),
    "objects": ("self.w.data", "self.b.data", "self.w.grad", "self.b.grad",
                "self.w, self.b = Parameter(), Parameter()"),
    "gamma": ("self.gamma", "self.beta", "self.dgamma", "self.dbeta", ""),
}  # fmt: skip


def layer(source: str, *arguments):
    namespace = {"np": np, "Parameter": type("Parameter", (), {})}
    exec(source, namespace)
    made = next(value for name, value in namespace.items() if isinstance(value, type) and name not in ("Parameter",))
    return made(*arguments)


def renamed(name: str, source: str = LINEAR) -> str:
    weights, bias, grad_weights, grad_bias, begin = NAMES[name]
    source = source.replace("class LinearLayer", "class Affine")  # no name that has a reference
    for old, new in (("self.grad_weights", grad_weights), ("self.grad_bias", grad_bias), ("self.weights", weights),
                     ("self.bias", bias)):  # fmt: skip
        source = source.replace(old, new)
    return source.replace("rng = np", f"{begin}\n        rng = np" if begin else "rng = np")


@pytest.mark.parametrize("name", NAMES)
def test_a_doubled_weight_gradient_passed_because_weights_are_called_otherwise(name):
    right = numeric_check(layer(renamed(name), 4, 3), X)
    assert right.ok, right
    assert [row.shape for row in right.rows] == [(5, 4), (4, 3), (1, 3)]
    for which, line in ((1, "self.input.T @ grad"), (2, "grad.sum(axis=0, keepdims=True)")):
        wrong = numeric_check(layer(renamed(name).replace(line, f"2 * ({line})"), 4, 3), X)
        assert not wrong.ok
        assert [row.ok for row in wrong.rows] == [which != i for i in range(3)], wrong
        assert "2 times the right gradient" in wrong.rows[which].note


def test_float32_weights_are_checked_in_float64():
    made = layer(LINEAR, 4, 3)
    made.weights = made.weights.astype(np.float32)
    assert numeric_check(made, X).ok
    assert made.weights.dtype == np.float32  # the layer itself is as it was


def test_a_gradient_that_backward_forgot_or_that_has_no_place():
    forgot = LINEAR.replace("self.momentum = ", "self.grad_bias = self.momentum = ").replace(
        "        self.grad_bias = grad.sum(axis=0, keepdims=True)\n", ""
    )
    rows = {
        row.name: row for row in numeric_check(layer(forgot.replace("np.zeros((n_in, n_out))", "None"), 4, 3), X).rows
    }
    assert rows["bias"].note == "no gradient"
    nowhere = LINEAR.replace("        self.grad_bias = grad.sum(axis=0, keepdims=True)\n", "")
    report = numeric_check(layer(nowhere, 4, 3), X)
    assert not report.ok
    assert report.unchecked == {"bias": "no gradient of it was found"}
    assert "NOT CHECKED: bias" in str(report)
    assert [row.name for row in report.rows] == ["input", "weights"]


def test_a_network_of_layers_has_rows_for_all_of_them():
    first, second = layer(LINEAR, 4, 3), layer(LINEAR, 3, 2)

    class Network:
        def __init__(self):
            self.layers = [first, second]

        def forward(self, X):
            for one in self.layers:
                X = one.forward(X)
            return X

        def backward(self, grad):
            for one in reversed(self.layers):
                grad = one.backward(grad)
            return grad

    report = numeric_check(Network(), X)
    assert report.ok, report
    names = ["X", "layers[0].weights", "layers[0].bias", "layers[1].weights", "layers[1].bias"]
    assert [row.name for row in report.rows] == names


SOFTMAX = """
class CrossEntropySoftmax:
    def forward(self, logits, labels):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
        return -(labels * np.log(self.p)).sum() / len(labels)
    def backward(self):
        return (self.p - self.labels) / len(self.labels)
"""
ONE_HOT = np.eye(4)[[0, 3, 1, 1, 2]]


@pytest.mark.parametrize("dtype", [float, np.float32, int, bool])
@pytest.mark.parametrize("backward", ["", "grad", "logits, labels"])
def test_losses_with_one_hot_labels_were_nan_or_wrong(dtype, backward):
    source = SOFTMAX.replace("def backward(self)", f"def backward(self, {backward})")
    if backward == "grad":
        source = source.replace("return (self.p", "return grad * (self.p")
    report = numeric_check(layer(source), X, ONE_HOT.astype(dtype))
    assert report.ok, report
    assert [row.name for row in report.rows] == ["logits"]
    assert report.labels == (("labels",) if dtype in (float, np.float32) else ())
    assert report.forward is not None
    wrong = numeric_check(layer(source.replace("(self.p - ", "2 * (self.p - ")), X, ONE_HOT.astype(dtype))
    assert not wrong.ok
    assert "2 times the right gradient" in wrong.rows[0].note


def test_a_function_of_tensors_with_one_hot_labels():
    class XELoss(Function):
        @staticmethod
        def forward(ctx, logits, labels):
            e = np.exp(logits.data - logits.data.max(axis=1, keepdims=True))
            ctx.p, ctx.labels = e / e.sum(axis=1, keepdims=True), labels.data
            return logits.new_tensor(np.array(-(ctx.labels * np.log(ctx.p)).sum() / len(e)))

        @staticmethod
        def backward(ctx, grad):
            return grad * Tensor((ctx.p - ctx.labels) / len(ctx.p)), None

    report = numeric_check(XELoss, X, ONE_HOT)
    assert report.ok, report
    assert report.labels == ("labels",)
    assert "not compared: labels, which are labels" in str(report)
    soft = np.abs(RNG.normal(size=(5, 4)))
    assert not numeric_check(XELoss, X, soft).ok  # no labels: a missing gradient


def test_a_wrong_forward_with_its_own_right_gradient_was_right():
    relu = """
class ReLU:
    def forward(self, input):
        self.positive = input > 0
        return np.where(self.positive, input, 0.5 * input)
    def backward(self, grad):
        return np.where(self.positive, grad, 0.5 * grad)
"""
    report = numeric_check(layer(relu), X)
    assert all(row.ok for row in report.rows)
    assert not report.ok
    assert not report.forward.ok
    assert "not what ReLU gives elsewhere" in str(report)
    assert numeric_check(layer(relu.replace("0.5", "0.0")), X).ok
    assert numeric_check(layer(relu.replace("class ReLU", "class MyOwn")), X).ok  # nobody knows what it should give
    minus = LINEAR.replace("+ self.bias", "- self.bias").replace("grad.sum", "-grad.sum")
    report = numeric_check(layer(minus, 4, 3), X)
    assert all(row.ok for row in report.rows)
    assert not report.ok


def test_tensors_of_a_module_that_are_in_no_list_of_parameters():
    class Hidden(nn.Module):
        def __init__(self, members):
            super().__init__()
            for name, value in members.items():
                object.__setattr__(self, name, value)

        def forward(self, x):
            return x * self.weight

    wants = Tensor(RNG.normal(size=4), requires_grad=True)
    report = numeric_check(Hidden({"weight": wants}), X)
    assert report.ok, report
    assert [row.name for row in report.rows] == ["x", "weight"]
    for plain in (Tensor(RNG.normal(size=4)), RNG.normal(size=4)):
        report = numeric_check(Hidden({"weight": plain}), X)
        assert not report.ok
        assert report.unchecked == {"weight": "it is no Parameter"}


def test_the_command_counts_what_was_and_was_not_compared(tmp_path):
    def verdict(text):
        file = tmp_path / "layers.py"
        file.write_text("import numpy as np\n" + text + "\nNUMERIC_CHECKS = {'LinearLayer': {'args': (5, 3)}}\n")
        done = subprocess.run([sys.executable, "-m", "mytorch.numeric_check", str(file)], cwd=ROOT, capture_output=True,
                              text=True, timeout=120)  # fmt: skip
        return done.returncode, done.stdout.splitlines()[-1]

    end = "(relative error up to 1e-08)"
    assert verdict(LINEAR) == (0, f"all 3 gradients are right {end}")
    assert verdict(LINEAR.replace("self.input.T @ grad", "2 * self.input.T @ grad")) == (
        1, f"1 of 3 gradients are WRONG {end}",
    )  # fmt: skip
    assert verdict(LINEAR.replace("self.grad_bias =", "self.something =")) == (
        2, f"2 gradients were compared and agree, but not all {end}; not checked: bias of LinearLayer(5, 3)",
    )  # fmt: skip
    minus = LINEAR.replace("+ self.bias", "- self.bias").replace("grad.sum", "-grad.sum")
    assert verdict(minus) == (1, f"all 3 gradients are right {end}; forward is WRONG: LinearLayer(5, 3)")


def test_our_own_layers_have_no_reference_but_themselves():
    assert numeric_check(nn.ReLU(), X).forward is None
    assert numeric_check(mytorch.nn.functional.Exp, X).forward is None


def test_the_command_draws_labels_for_losses(tmp_path):
    cross_entropy = """
class CrossEntropy:
    def forward(self, Y, Y_hat): return -(Y * np.log(Y_hat)).sum() / len(Y)
    def backward(self, Y, Y_hat): return -Y / Y_hat / len(Y)
"""
    file = tmp_path / "losses.py"
    file.write_text("import numpy as np\n" + SOFTMAX + cross_entropy)
    line = [sys.executable, "-m", "mytorch.numeric_check", str(file)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all 2 gradients are right" in done.stdout

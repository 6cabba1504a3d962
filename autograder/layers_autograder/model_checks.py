"""Problem 5.1: the network. Its layers are the check's own, so that another problem's mistake costs nothing here."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, scalar
from autograder.checks.draw import Draw
from autograder.checks.snippets import array

__all__ = ["model_problem"]

NETWORK = """
import neural_networks.models as models
import neural_networks.optimizers as optimizers

class Times:
    def __init__(self, W):
        self.parameters, self.gradients = {{"W": W}}, {{}}

    def forward(self, X):
        self.X = X
        return X * self.parameters["W"]

    def backward(self, dLdY):
        self.gradients["W"] = (dLdY * self.X).sum(0, keepdims=True)
        return dLdY * self.parameters["W"]

class Square:
    parameters, gradients = {{}}, {{}}

    def forward(self, X):
        self.X = X
        return X**2

    def backward(self, dLdY):
        return 2 * dLdY * self.X

class Loss:
    def forward(self, Y, Y_hat):
        return np.sum(Y_hat * (Y_hat - Y)) / len(Y)

    def backward(self, Y, Y_hat):
        return (2 * Y_hat - Y) / len(Y)

    __call__ = forward

X, Y = {X}, {Y}
first, last = Times({first}), Times({last})
model = models.NeuralNetwork([first, Square(), last], "l2", optimizers.SGD(0.01))
model.loss = Loss()
"""


def untouched(first: np.ndarray, last: np.ndarray, means: str) -> dict[str, Expected]:
    """Both layers' parameters, which must be as they were. means: what it means if they are not."""
    layers = {"first": first, "last": last}
    return {f'{name}.parameters["W"]': Expected(W, otherwise=means) for name, W in layers.items()}


def model_problem(draw: Draw) -> Problem:
    small = {"step": 0.1, "low": 0.2}
    X, Y = draw.array(3, 2, **small), draw.array(3, 2)
    first, last = draw.array(1, 2, **small), draw.array(1, 2, **small)
    squares = (X * first) ** 2
    out = squares * last
    loss, swapped = np.sum(out * (out - Y)) / 3, np.sum(Y * (Y - out)) / 3
    above, wrong_above = (2 * out - Y) / 3, (2 * Y - out) / 3
    to_last = (above * squares).sum(0, keepdims=True)
    to_first = (2 * above * last * X * first * X).sum(0, keepdims=True)
    made = NETWORK.format(X=array(X), Y=array(Y), first=array(first), last=array(last))
    orders = {
        "the layers run in the wrong order": (X * last) ** 2 * first,
        "each layer is given the input X instead of the output of the layer before": X * last,
        "only the first layer runs": X * first,
        "the input comes back: return the last layer's output": X,
    }
    wrong_last = {
        "the first layer runs first: from the loss back the last one does (reversed)": (
            (2 * above * first * X * first * squares).sum(0, keepdims=True)
        ),
        "the gradient begins with ones: it must begin with self.loss.backward(target, out)": (
            squares.sum(0, keepdims=True)
        ),
        "target and out are exchanged in self.loss.backward(target, out)": (
            (wrong_above * squares).sum(0, keepdims=True)
        ),
    }
    wrong_first = {
        "each layer is given the gradient of the loss: hand on what the layer after it returns": (
            (above * X).sum(0, keepdims=True)
        ),
    }
    checks = (
        Check("forward", 3, f"{made}\nout = model.forward(X)", {"out": Expected(out, orders)}),
        Check(
            "backward: the gradients of the layers",
            4,
            f"{made}\nmodel.backward(Y, model.forward(X))",
            {
                'last.gradients["W"]': Expected(to_last, wrong_last),
                'first.gradients["W"]': Expected(to_first, wrong_first),
                **untouched(first, last, "backward must not train: update() is a step of its own"),
            },
        ),
        Check(
            "backward: the loss",
            1,
            f"{made}\nloss = model.backward(Y, model.forward(X))",
            {
                "loss": scalar(
                    loss,
                    mistakes={"target and out are exchanged in self.loss.forward(target, out)": swapped},
                    otherwise="the loss must come back: self.loss.forward(target, out)",
                )
            },
        ),
        Check(
            "predict: the output and the loss",
            2,
            f"{made}\npair = model.predict(X, Y)",
            {
                "len(pair)": Expected(2, otherwise="predict must return two things: the output and the loss"),
                "pair[0]": Expected(
                    out, {"the classes instead of the network's output": (out.argmax(1), out.argmax(1, keepdims=True))}
                ),
                "pair[1]": scalar(
                    loss,
                    mistakes={"Y and Y_hat are exchanged in self.loss.forward(Y, Y_hat)": swapped},
                    otherwise="the second must be the loss: self.loss.forward(Y, Y_hat)",
                ),
                **untouched(first, last, "predict must not train"),
            },
        ),
    )
    return Problem("5.1", "The network", 10, checks, "section 5")

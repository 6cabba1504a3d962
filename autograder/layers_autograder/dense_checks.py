"""Problem 4.2: the fully connected layer."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.layers_autograder.common import lines, no_loop, second_batch, with_weights

__all__ = ["dense_problem"]

MAKE = 'FullyConnected(3, "tanh")'


def dense_problem(draw: Draw) -> Problem:
    small = {"step": 0.05, "low": 0.1}
    X, W, b, dLdY = draw.array(5, 2, **small), draw.array(2, 3, **small), draw.array(1, 3, **small), draw.array(5, 3)
    Z = X @ W + b
    forward = {
        "the bias is missing": np.tanh(X @ W),
        "the activation is missing": Z,
        "the activation is applied before the bias is added": np.tanh(X @ W) + b,
        "the bias is subtracted": np.tanh(X @ W - b),
        "the activation is applied twice": np.tanh(np.tanh(Z)),
    }
    layer = with_weights(MAKE, W, b)
    checks = (
        _parameters(draw),
        Check(
            "forward: activation(X W + b)",
            3,
            lines("layers", {"X": X}, *layer, "Y = layer.forward(X)"),
            {"Y": Expected(np.tanh(Z), forward), "X": unchanged(X), 'layer.parameters["W"]': unchanged(W)},
        ),
        *_backward(X, W, b, dLdY),
        _again(X, W, b, dLdY, draw.array(5, 2, **small), draw.array(5, 3)),
        no_loop(
            1, "layers", "X = np.ones((n, 2))", f"layer = layers.{MAKE}", "layer.forward(X)",
            "layer.backward(np.ones((n, 3)))",
        ),
    )  # fmt: skip
    return Problem("4.2", "Fully connected layer", 20, checks, "section 4.2")


def _parameters(draw: Draw) -> Check:
    W = draw.array(4, 3)
    zeros = np.zeros((1, 3))
    keys = ["W", "b"]
    return Check(
        "_init_parameters",
        4,
        lines("layers", {"W": W}, f"layer = layers.{MAKE}", "asked = []",
              "layer.init_weights = lambda shape: asked.append(tuple(map(int, shape))) or W",
              "layer._init_parameters((7, 4))"),
        {
            "[list(s) for s in asked]": attribute(
                [[4, 3]], means="W must be self.init_weights((n_in, n_out)), asked for once"
            ),
            'layer.parameters["W"]': W,
            'layer.parameters["b"]': Expected(
                zeros,
                {"b has the shape (n_out,), and must have (1, n_out)": np.zeros(3),
                 "b must begin with zeros": np.ones((1, 3))},
            ),
            "list(layer.parameters)": attribute(keys, means="parameters must have the keys W and b, in this order"),
            "list(layer.gradients)": attribute(
                keys, means="gradients must have the same keys as parameters, W and b"
            ),
            "[layer.n_in, layer.n_out]": attribute([4, 3], means="n_in is the number of features, X_shape[1]"),
        },
    )  # fmt: skip


def _backward(X: np.ndarray, W: np.ndarray, b: np.ndarray, dLdY: np.ndarray) -> tuple[Check, ...]:
    Y = np.tanh(X @ W + b)
    dZ = dLdY * (1 - Y**2)
    m = len(X)
    skipped = "the derivative of the activation is missing: use self.activation.backward(Z, dLdY)"
    at_output = "activation.backward is given the output instead of Z"
    twice = dLdY * (1 - np.tanh(Y) ** 2)
    divided = "divided by the batch size: the loss has done that already"
    weights = {
        skipped: X.T @ dLdY,
        at_output: X.T @ twice,
        divided: X.T @ dZ / m,
        "it stays as _init_parameters has made it: put dL/dW into self.gradients": np.zeros_like(W),
    }
    bias = {
        skipped: dLdY.sum(0, keepdims=True),
        at_output: twice.sum(0, keepdims=True),
        "the mean over the batch: it must be the sum": dZ.mean(0, keepdims=True),
        "b has met every sample: add up over the batch (axis=0, keepdims=True)": dZ,
        "the sum over the units instead of over the batch": dZ.sum(1, keepdims=True),
        "the shape is (n_out,), and must be that of b, (1, n_out)": dZ.sum(0),
        "it stays as _init_parameters has made it: put dL/db into self.gradients": np.zeros_like(b),
    }
    inputs = {
        skipped: dLdY @ W.T,
        at_output: twice @ W.T,
        divided: dZ @ W.T / m,
        "dL/dZ is returned: it must still be multiplied by W^T": dZ,
    }
    run = lines("layers", {"X": X, "dLdY": dLdY}, *with_weights(MAKE, W, b), "layer.forward(X)",
                "dLdX = layer.backward(dLdY)")  # fmt: skip
    return (
        Check("backward: dL/dW", 4, run, {'layer.gradients["W"]': Expected(X.T @ dZ, weights), "X": unchanged(X)}),
        Check("backward: dL/db", 3, run, {'layer.gradients["b"]': Expected(dZ.sum(0, keepdims=True), bias)}),
        Check("backward: dL/dX", 3, run, {"dLdX": Expected(dZ @ W.T, inputs), "dLdY": unchanged(dLdY)}),
    )


def _again(
    X: np.ndarray, W: np.ndarray, b: np.ndarray, dLdY: np.ndarray, later: np.ndarray, above: np.ndarray
) -> Check:
    """A second batch: nothing of the first one may be left."""

    def slope(inputs: np.ndarray) -> np.ndarray:
        return 1 - np.tanh(inputs @ W + b) ** 2

    first, second, stale = dLdY * slope(X), above * slope(later), above * slope(X)
    expected = {
        'layer.gradients["W"]': second_batch(later.T @ second, X.T @ first, X.T @ second, X.T @ stale, later.T @ stale),
        'layer.gradients["b"]': second_batch(*(dZ.sum(0, keepdims=True) for dZ in (second, first, stale))),
        "dLdX": second_batch(*(dZ @ W.T for dZ in (second, first, stale))),
    }
    run = ("layer.forward(X)", "layer.backward(dLdY)", "layer.forward(X_2)", "dLdX = layer.backward(dLdY_2)")
    arrays = {"X": X, "dLdY": dLdY, "X_2": later, "dLdY_2": above}
    return Check("a second batch", 2, lines("layers", arrays, *with_weights(MAKE, W, b), *run), expected)

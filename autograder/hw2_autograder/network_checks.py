"""Problem 2.3: Flatten, and all of it in a small network."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem
from autograder.common.numerics import numerical_gradients
from autograder.common.snippets import leaf, set_linear, tensor, waves
from autograder.hw2_autograder.conv_cases import Case
from autograder.hw2_autograder.reference import convolve, max_pool

__all__ = ["PROBLEM"]

X, G = waves(2, 3, 2, 2), waves(2, 12, function="cos")
IMAGES = waves(2, 1, 4, 4)
CONV = Case(IMAGES, waves(2, 1, 3, 3, function="cos"), np.array([0.5, -0.25]), {"padding": 1})
WEIGHT = np.array([[0.5, -1.0, 0.25, 1.5, -0.5, 1.0, -0.75, 0.2]])
BIAS = np.array([0.3])
RATE = 0.01

NETWORK = f"""
{CONV.layer()}
{set_linear("linear", WEIGHT, BIAS)}
model = Sequential(conv, ReLU(), MaxPool2d(2), Flatten(), linear)
{tensor("x", IMAGES)}
optimizer = SGD(model.parameters(), lr={RATE})
for _ in range(2):
    optimizer.zero_grad()
    out = model(x)
    loss = out * out
    loss.backward()
    optimizer.step()
"""


def loss(kernel: np.ndarray, shift: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    pooled = max_pool(np.maximum(convolve(IMAGES.value, kernel, shift, padding=1), 0), 2)
    return (pooled.reshape(2, -1) @ weight.T + bias) ** 2


def trained() -> dict[str, np.ndarray]:
    """The parameters after two steps."""
    parameters = [CONV.w.value, CONV.b, WEIGHT, BIAS]
    for _ in range(2):
        gradients = numerical_gradients(loss, *parameters)
        parameters = [p - RATE * g for p, g in zip(parameters, gradients)]
    names = ("conv.weight.data", "conv.bias.data", "linear.weight.data", "linear.bias.data")
    return dict(zip(names, parameters))


PROBLEM = Problem(
    "2.3",
    "Flatten and a small network",
    6,
    (
        Check(
            "Flatten: (N, C, H, W) -> (N, C * H * W)",
            1.5,
            f"{tensor('x', X)}\ny = Flatten()(x)",
            {
                "y.data": Expected(
                    X.value.reshape(2, -1),
                    {
                        "the batch axis must stay": X.value.reshape(-1),
                        "the elements are in the wrong order: the last axis runs fastest": (
                            np.moveaxis(X.value, 1, -1).reshape(2, -1),
                            X.value.swapaxes(2, 3).reshape(2, -1),
                            X.value.reshape(2, -1, order="F"),
                        ),
                        "nothing is flattened": X.value,
                    },
                ),
            },
        ),
        Check(
            "Flatten: gradient",
            1.5,
            f"{leaf('x', X)}\n{tensor('g', G)}\ny = Flatten()(x)\n(y * g).backward()",
            {
                "x.grad.data": Expected(
                    G.value.reshape(X.value.shape),
                    {
                        "the gradient needs the shape of the input": G.value,
                        "upstream gradient ignored": np.ones_like(X.value),
                    },
                ),
            },
        ),
        Check("a network of all layers takes two steps", 3, NETWORK, trained()),
    ),
)

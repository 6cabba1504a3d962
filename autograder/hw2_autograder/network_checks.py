"""Problem 2.3: Flatten, and all of it in a small network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check, Expected, Problem
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, leaf, set_linear, tensor
from autograder.hw2_autograder.conv_cases import Case
from autograder.hw2_autograder.reference import convolve, max_pool, windows
from autograder.subjects.numerics import numerical_gradients

__all__ = ["problem"]

RATE = 0.01
ROUGH = 0.02  # this near to a bend of ReLU or MaxPool nothing is drawn: two steps could cross it


@dataclass(frozen=True)
class Network:
    """Conv2d, ReLU, MaxPool2d, Flatten, Linear. weight: (1, 8), bias: (1,)."""

    conv: Case
    weight: np.ndarray
    bias: np.ndarray

    @classmethod
    def drawn(cls, draw: Draw) -> Network:
        while True:
            shift = draw.array(2, step=0.25, low=0.25)
            conv = Case(draw.waves(2, 1, 4, 4), draw.waves(2, 1, 3, 3), shift, {"padding": 1})
            if _is_smooth(conv.value()):
                return cls(conv, draw.array(1, 8, step=0.05, low=0.1), draw.array(1, step=0.1, low=0.2))

    def snippet(self) -> str:
        return f"""
{self.conv.layer()}
{set_linear("linear", self.weight, self.bias)}
model = Sequential(conv, ReLU(), MaxPool2d(2), Flatten(), linear)
{tensor("x", self.conv.x)}
optimizer = SGD(model.parameters(), lr={RATE})
for _ in range(2):
    optimizer.zero_grad()
    out = model(x)
    loss = out * out
    loss.backward()
    optimizer.step()
"""

    def loss(self, kernel: np.ndarray, shift: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        pooled = max_pool(np.maximum(convolve(self.conv.x.value, kernel, shift, padding=1), 0), 2)
        return (pooled.reshape(2, -1) @ weight.T + bias) ** 2

    def trained(self) -> dict[str, np.ndarray]:
        """The parameters after two steps."""
        parameters = [self.conv.w.value, self.conv.b, self.weight, self.bias]
        for _ in range(2):
            gradients = numerical_gradients(self.loss, *parameters)
            parameters = [p - RATE * g for p, g in zip(parameters, gradients)]
        names = ("conv.weight.data", "conv.bias.data", "linear.weight.data", "linear.bias.data")
        return dict(zip(names, parameters))


def _is_smooth(values: np.ndarray) -> bool:
    """Whether no element is near 0 and no window has two that are nearly the largest."""
    seen = np.sort(windows(np.maximum(values, 0), 2, 2).reshape(-1, 4), axis=1)
    tied = (seen[:, 3] - seen[:, 2] < ROUGH) & (seen[:, 3] > 0)
    return bool(np.abs(values).min() > ROUGH and not tied.any())


def flatten_checks(x: Formula, g: Formula) -> tuple[Check, Check]:
    """x: (2, 3, 2, 2).   g: (2, 12)."""
    return (
        Check(
            "Flatten: (N, C, H, W) -> (N, C * H * W)",
            1.5,
            f"{tensor('x', x)}\ny = Flatten()(x)",
            {
                "y.data": Expected(
                    x.value.reshape(2, -1),
                    {
                        "the batch axis must stay": x.value.reshape(-1),
                        "the elements are in the wrong order: the last axis runs fastest": (
                            np.moveaxis(x.value, 1, -1).reshape(2, -1),
                            x.value.swapaxes(2, 3).reshape(2, -1),
                            x.value.reshape(2, -1, order="F"),
                        ),
                        "nothing is flattened": x.value,
                    },
                ),
            },
        ),
        Check(
            "Flatten: gradient",
            1.5,
            f"{leaf('x', x)}\n{tensor('g', g)}\ny = Flatten()(x)\n(y * g).backward()",
            {
                "x.grad.data": Expected(
                    g.value.reshape(x.value.shape),
                    {
                        "the gradient needs the shape of the input": g.value,
                        "upstream gradient ignored": np.ones_like(x.value),
                    },
                ),
            },
        ),
    )


def problem(draw: Draw) -> Problem:
    flatten = flatten_checks(draw.waves(2, 3, 2, 2), draw.waves(2, 12))
    network = Network.drawn(draw)
    steps = Check("a network of all layers takes two steps", 3, network.snippet(), network.trained())
    return Problem("2.3", "Flatten and a small network", 6, (*flatten, steps))

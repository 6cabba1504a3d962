#!/usr/bin/env python3
"""A linear node, ReLU and softmax, forward and backward by hand, then by autograd (handout 000, section 1).

Each function and each derivative is written down in NumPy, in the solution of a homework,
course/bioeng/q1.py, and compared with what MyTorch computes without being told a derivative; the
last lines chain the three into dL/dW and dL/db of one layer. The plot has the functions and
derivatives by hand as lines and by autograd as dots. No data are needed: --data is not looked at,
and --quick changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
import mytorch.nn.functional as F
from course.bioeng.q1 import (
    linear_backward,
    linear_forward,
    relu_backward,
    relu_forward,
    softmax_backward,
    softmax_forward,
)
from examples.common import Example
from mytorch import Tensor
from mytorch.autograd.functional import jacobian
from mytorch.random import default_generator

FEATURES, NODES = 4, 5

# ------------------------------------------------------------------------------------- by hand


def layer_backward(x: np.ndarray, W: np.ndarray, b: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray]:
    """dL/dW, (K, D), and dL/db, (K,), of L = -log(softmax(relu(W x + b))[label]), by the chain rule.

    The chain is walked from the loss back: each step multiplies by the derivative of one component.
    """
    z = W @ x + b  # (K,), the outputs of K linear nodes
    h = relu_forward(z)
    s = softmax_forward(h)
    dL_ds = np.zeros_like(s)
    dL_ds[label] = -1 / s[label]
    dL_dh = dL_ds @ softmax_backward(h)
    dL_dz = dL_dh * relu_backward(z)
    dz_dw, dz_db = linear_backward(x)  # the same for every node, because all have the same input
    return np.outer(dL_dz, dz_dw), dL_dz * dz_db


# ----------------------------------------------------------------- and compared with autograd


def differences() -> dict[str, float]:
    """What is compared, and the largest difference between the two ways."""
    draw = default_generator().standard_normal
    x, w, b = draw(FEATURES), draw(FEATURES), float(draw())
    z = np.append(draw(NODES), 0.0)  # 0 is where ReLU has its kink
    found = {}

    w_tensor, b_tensor = Tensor(w, requires_grad=True), mytorch.tensor(b, requires_grad=True)
    output = w_tensor @ Tensor(x) + b_tensor
    output.backward()
    dw, db = linear_backward(x)
    found["linear, output"] = difference(linear_forward(x, w, b), output)
    found["linear, d output / d w"] = difference(dw, w_tensor.grad)
    found["linear, d output / d b"] = difference(db, b_tensor.grad)

    z_tensor = Tensor(z, requires_grad=True)
    F.relu(z_tensor).sum().backward()  # of a sum over entries, each gets its own derivative
    found["ReLU, output"] = difference(relu_forward(z), F.relu(z_tensor))
    found["ReLU, d output / d z"] = difference(relu_backward(z), z_tensor.grad)

    found["softmax, output"] = difference(softmax_forward(z), F.softmax(Tensor(z), dim=0))
    found["softmax, d output / d z"] = difference(
        softmax_backward(z), jacobian(lambda t: F.softmax(t, dim=0), Tensor(z))
    )

    W, biases, label = draw((NODES, FEATURES)), draw(NODES), NODES - 1
    W_tensor, biases_tensor = Tensor(W, requires_grad=True), Tensor(biases, requires_grad=True)
    hidden = F.relu(F.linear(Tensor(x), W_tensor, biases_tensor))
    (-F.softmax(hidden, dim=0)[label].log()).backward()
    dW, d_biases = layer_backward(x, W, biases, label)
    found["chained, dL / dW"] = difference(dW, W_tensor.grad)
    found["chained, dL / db"] = difference(d_biases, biases_tensor.grad)
    return found


def difference(by_hand: np.ndarray | float, by_autograd: Tensor) -> float:
    return float(np.abs(np.asarray(by_hand) - by_autograd.data).max())


# ------------------------------------------------------------------------------------ the plot


def figure() -> Figure:
    chart = Figure(figsize=(12, 4), dpi=80, layout="constrained")
    left, middle, right = chart.subplots(1, 3)
    x, b = np.array([0.5]), 0.5
    draw(
        left, "Linear node: w x + b at x = 0.5, b = 0.5", "w", lambda w: w * x[0] + b,
        lambda w: linear_forward(x, np.array([w]), b), lambda w: linear_backward(x)[0][0],
    )  # fmt: skip
    draw(
        middle, "ReLU", "z", F.relu,
        lambda z: relu_forward(np.array([z]))[0], lambda z: relu_backward(np.array([z]))[0],
    )  # fmt: skip
    others = [0.0, 1.0]
    draw(
        right, "Softmax of (z, 0, 1), first entry", "z",
        lambda z: F.softmax(mytorch.stack([z, *mytorch.tensor(others)]), dim=0)[0],
        lambda z: softmax_forward(np.array([z, *others]))[0], lambda z: softmax_backward(np.array([z, *others]))[0, 0],
    )  # fmt: skip
    left.set_ylabel("value")
    left.legend(frameon=False)
    return chart


def draw(
    axes: Axes,
    title: str,
    variable: str,
    function: Callable[[Tensor], Tensor],
    forward: Callable[[float], float],
    backward: Callable[[float], float],
) -> None:
    """A function of one number and its derivative: by hand as lines, by autograd as dots."""
    fine, coarse = np.linspace(-3, 3, 601), np.linspace(-2.9, 2.9, 15)
    points = [mytorch.tensor(value, requires_grad=True) for value in coarse]
    outputs = [function(point) for point in points]
    for output in outputs:
        output.backward()
    axes.plot(fine, [forward(value) for value in fine], color="#1f5fa8", label="output, by hand")
    axes.plot(coarse, [output.item() for output in outputs], "o", color="#1f5fa8", label="output, MyTorch")
    axes.plot(fine, [backward(value) for value in fine], "--", color="#c2571a", label="derivative, by hand")
    axes.plot(coarse, [point.grad.item() for point in points], "s", color="#c2571a", label="derivative, autograd")
    axes.set_title(title)
    axes.set_xlabel(variable)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dddddd", linewidth=0.8)


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        for what, value in differences().items():
            example.report(what, value, 1e-12, at_least=False, percent=False, exact=True)
        example.save(figure())


if __name__ == "__main__":
    main()

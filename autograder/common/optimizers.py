"""What the checks of every optimizer share: parameters, gradients, and the lines that take steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.common.check import attribute
from autograder.common.snippets import array, parameter, set_linear, tensor

__all__ = [
    "GRADIENTS",
    "LR",
    "NOT_RECORDED",
    "REST",
    "V_GRADIENTS",
    "V",
    "W",
    "steps",
    "trained",
    "training",
    "two_parameters",
]

LR = 0.1
W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]])
V = np.array([2.0, -1.0])
GRADIENTS = (
    np.array([[0.5, -1.0, 2.0], [1.5, 4.0, -0.5]]),
    np.array([[-2.0, 1.0, 0.25], [0.5, -3.0, 1.0]]),
    np.array([[1.0, 3.0, -0.75], [-1.0, 0.5, 2.5]]),
)
V_GRADIENTS = (np.array([1.0, -0.5]), np.array([0.25, 2.0]), np.array([-1.5, 1.0]))
REST = (GRADIENTS[0], np.zeros_like(W), np.zeros_like(W))  # what was remembered must go on

# What step() must leave as it was.
NOT_RECORDED = {
    "[w.requires_grad, w.is_leaf, w.is_parameter]": attribute([True, True, True]),
    "type(w.grad_fn).__name__": attribute("NoneType", "AccumulateGrad"),
    "[type(w).__name__, type(w.data).__name__]": attribute(["Tensor", "ndarray"]),
}


def steps(optimizer: str, gradients: Sequence[np.ndarray]) -> str:
    """Lines: w takes a step with each of the gradients, set by hand. optimizer: "SGD([w], lr=0.1)"."""
    lines = [parameter("w", W), f"optimizer = {optimizer}"]
    for g in gradients:
        lines += [f"w.grad = Tensor({array(g)})", "optimizer.step()"]
    return "\n".join(lines)


def two_parameters(optimizer: str) -> str:
    """Lines: w and v of different shapes take two steps."""
    lines = [parameter("w", W), parameter("v", V), f"optimizer = {optimizer}"]
    for g, h in list(zip(GRADIENTS, V_GRADIENTS))[:2]:
        lines += [f"w.grad = Tensor({array(g)})", f"v.grad = Tensor({array(h)})", "optimizer.step()"]
    return "\n".join(lines)


# ------------------------------------------------------------------- through a layer

_X = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, 1.5]])
_START, _START_BIAS = np.array([[0.3, -0.2]]), np.array([0.1])


def training(optimizer: str) -> str:
    """Lines: a Linear(2, 1) is trained for three rounds on sum((x W^T + b)^2)."""
    return f"""
{set_linear("layer", _START, _START_BIAS)}
{tensor("x", _X)}
optimizer = {optimizer}
for _ in range(3):
    optimizer.zero_grad()
    out = layer(x)
    loss = out * out
    loss.backward()
    optimizer.step()
"""


def trained(descend: Callable[[np.ndarray, list], np.ndarray], clear: bool = True) -> np.ndarray:
    """The layer's weight after `training`. descend(start, gradients): where the optimizer is when
    it has begun at start and met these gradients. clear: whether zero_grad() does what it should."""
    w, b = _START, _START_BIAS
    met_w: list[np.ndarray] = []
    met_b: list[np.ndarray] = []
    for _ in range(3):
        out = _X @ w.T + b
        left_w, left_b = (0, 0) if clear or not met_w else (met_w[-1], met_b[-1])
        met_w.append(left_w + 2 * out.T @ _X)
        met_b.append(left_b + 2 * out.sum(0))
        w, b = descend(_START, met_w), descend(_START_BIAS, met_b)
    return w

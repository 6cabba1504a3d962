"""Problems 2.3 and 2.6: stochastic gradient descent, without and with momentum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute, unchanged
from autograder.common.snippets import array, tensor
from autograder.hw1_autograder.linear_checks import set_linear

__all__ = ["MOMENTUM_PROBLEM", "STEP_PROBLEM"]

W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]])
V = np.array([2.0, -1.0])
GRADIENTS = (
    np.array([[0.5, -1.0, 2.0], [1.5, 4.0, -0.5]]),
    np.array([[-2.0, 1.0, 0.25], [0.5, -3.0, 1.0]]),
    np.array([[1.0, 3.0, -0.75], [-1.0, 0.5, 2.5]]),
)
V_GRADIENTS = (np.array([1.0, -0.5]), np.array([0.25, 2.0]), np.array([-1.5, 1.0]))
LR, BETA = 0.1, 0.8


def parameter(name: str, value: np.ndarray) -> str:
    return f"{name} = Tensor(\n    {array(value)},\n    requires_grad=True, is_parameter=True,\n)"


def descend(w: np.ndarray, gradients: Sequence[np.ndarray], step: Callable) -> np.ndarray:
    """w after `step(w, v, g) -> (w, v)` with each gradient, beginning with v = 0."""
    v = np.zeros_like(w)
    for g in gradients:
        w, v = step(w, v, g)
    return w


def plain(w: np.ndarray, v: np.ndarray, g: np.ndarray) -> tuple:
    return w - LR * g, v


def momentum(w: np.ndarray, v: np.ndarray, g: np.ndarray) -> tuple:
    """The handout's update: v <- beta v - lr g,  w <- w + v."""
    v = BETA * v - LR * g
    return w + v, v


STEP_MISTAKES: dict[str, Callable] = {
    "wrong sign: the step goes up the gradient": lambda w, v, g: (w + LR * g, v),
    "the learning rate is ignored": lambda w, v, g: (w - g, v),
    "the parameter has not changed": lambda w, v, g: (w, v),
    "the parameter is replaced by the step": lambda w, v, g: (-LR * g, v),
    "divided by the learning rate": lambda w, v, g: (w - g / LR, v),
}


def _wrong_sign(w, v, g):
    v = -BETA * v - LR * g
    return w + v, v


def _torch_damped(w, v, g):
    v = BETA * v - LR * (1 - BETA) * g
    return w + v, v


def _rate_twice(w, v, g):
    v = BETA * v - LR * g
    return w + LR * v, v


def _uphill(w, v, g):
    v = BETA * v + LR * g
    return w + v, v


def _velocity_alone(w, v, g):
    v = BETA * v - LR * g
    return v, v


def _old_velocity(w, v, g):
    return w + v, BETA * v - LR * g


def _remembers_gradient_only(w, v, g):
    return w + BETA * v - LR * g, -LR * g


def _nesterov(w, v, g):
    v = BETA * v - LR * g
    return w + BETA * v - LR * g, v


def _no_decay(w, v, g):
    v = v - LR * g
    return w + v, v


MOMENTUM_MISTAKES: dict[str, Callable] = {
    "momentum has the wrong sign": _wrong_sign,
    "momentum is ignored": plain,
    "the gradient is damped by (1 - momentum)": _torch_damped,
    "the learning rate is applied twice": _rate_twice,
    "wrong sign: the step goes up the gradient": _uphill,
    "the parameter is replaced by the step": _velocity_alone,
    "the step uses the old velocity": _old_velocity,
    "only the last gradient is remembered: the velocity is not accumulated": _remembers_gradient_only,
    "this is Nesterov momentum": _nesterov,
    "the velocity is not multiplied by momentum": _no_decay,
    "the parameter has not changed": STEP_MISTAKES["the parameter has not changed"],
}


def after(w: np.ndarray, gradients: Sequence[np.ndarray], step: Callable, mistakes: dict[str, Callable]) -> Expected:
    """The parameter after these gradients, and where each mistake would have led."""
    wrong = {diagnosis: descend(w, gradients, rule) for diagnosis, rule in mistakes.items()}
    return Expected(descend(w, gradients, step), wrong)


def steps(count: int, options: str = "") -> str:
    """Lines: w takes `count` steps, with the gradients set by hand."""
    lines = [parameter("w", W), f"optimizer = SGD([w], lr={LR}{options})"]
    for g in GRADIENTS[:count]:
        lines += [f"w.grad = Tensor({array(g)})", "optimizer.step()"]
    return "\n".join(lines)


def two_parameters(options: str = "") -> str:
    """Lines: w and v of different shapes take two steps."""
    lines = [parameter("w", W), parameter("v", V), f"optimizer = SGD([w, v], lr={LR}{options})"]
    for g, h in list(zip(GRADIENTS, V_GRADIENTS))[:2]:
        lines += [f"w.grad = Tensor({array(g)})", f"v.grad = Tensor({array(h)})", "optimizer.step()"]
    return "\n".join(lines)


NOT_RECORDED = {
    "[w.requires_grad, w.is_leaf, w.is_parameter]": attribute([True, True, True]),
    "type(w.grad_fn).__name__": attribute("NoneType", "AccumulateGrad"),
    "[type(w).__name__, type(w.data).__name__]": attribute(["Tensor", "ndarray"]),
}


# ------------------------------------------------------------------- through a layer

X = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, 1.5]])
START, START_BIAS = np.array([[0.3, -0.2]]), np.array([0.1])


def trained(clear: bool, rate: float = 0.02) -> np.ndarray:
    """The weight of a Linear(2, 1) after three steps down sum((x W^T + b)^2)."""
    w, b = START.copy(), START_BIAS.copy()
    grad_w, grad_b = np.zeros_like(w), np.zeros_like(b)
    for _ in range(3):
        if clear:
            grad_w, grad_b = np.zeros_like(w), np.zeros_like(b)
        out = X @ w.T + b
        grad_w, grad_b = grad_w + 2 * out.T @ X, grad_b + 2 * out.sum(0)
        w, b = w - rate * grad_w, b - rate * grad_b
    return w


TRAINING = f"""
{set_linear("layer", START, START_BIAS)}
{tensor("x", X)}
optimizer = SGD(layer.parameters(), lr=0.02)
for _ in range(3):
    optimizer.zero_grad()
    out = layer(x)
    loss = out * out
    loss.backward()
    optimizer.step()
"""


STEP_PROBLEM = Problem(
    "2.3",
    "Stochastic gradient descent",
    10,
    (
        Check("one step", 3, steps(1), {"w.data": after(W, GRADIENTS[:1], plain, STEP_MISTAKES)}),
        Check("three steps", 2, steps(3), {"w.data": after(W, GRADIENTS, plain, STEP_MISTAKES)}),
        Check(
            "two parameters",
            1,
            two_parameters(),
            {
                "w.data": after(W, GRADIENTS[:2], plain, STEP_MISTAKES),
                "v.data": after(V, V_GRADIENTS[:2], plain, STEP_MISTAKES),
            },
        ),
        Check(
            "step() is not recorded in the graph and leaves the gradient alone",
            1.5,
            steps(1),
            {
                **NOT_RECORDED,
                "w.grad.data": unchanged(GRADIENTS[0]),
                "w.data": after(W, GRADIENTS[:1], plain, STEP_MISTAKES),
            },
        ),
        Check(
            "three rounds of zero_grad, forward, backward, step",
            2.5,
            TRAINING,
            {
                "layer.weight.data": Expected(
                    trained(True), {"zero_grad() does not clear the gradients": trained(False)}
                )
            },
        ),
    ),
)

OPTIONS = f", momentum={BETA}"
VELOCITY = -LR * (BETA * GRADIENTS[0] + GRADIENTS[1])
REST = (GRADIENTS[0], np.zeros_like(W), np.zeros_like(W))

MOMENTUM_PROBLEM = Problem(
    "2.6",
    "Momentum",
    10,
    (
        Check("one step", 1.5, steps(1, OPTIONS), {"w.data": after(W, GRADIENTS[:1], momentum, MOMENTUM_MISTAKES)}),
        Check("three steps", 3, steps(3, OPTIONS), {"w.data": after(W, GRADIENTS, momentum, MOMENTUM_MISTAKES)}),
        Check(
            "the velocity goes on when the gradient is 0",
            1,
            "\n".join([parameter("w", W), f"optimizer = SGD([w], lr={LR}{OPTIONS})"])
            + "".join(f"\nw.grad = Tensor({array(g)})\noptimizer.step()" for g in REST),
            {"w.data": after(W, REST, momentum, MOMENTUM_MISTAKES)},
        ),
        Check(
            "each parameter has its own momentum",
            2,
            two_parameters(OPTIONS),
            {
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
                "v.data": after(V, V_GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
        Check(
            "optimizer.momentums holds v <- momentum * v - lr * gradient",
            1.5,
            steps(2, OPTIONS),
            {
                "len(optimizer.momentums)": 1,
                # .data, so that a list of Tensors is as right as a list of arrays
                "np.asarray(optimizer.momentums[0].data)": Expected(
                    VELOCITY,
                    {
                        "momentums has not changed": np.zeros_like(W),
                        "the learning rate is missing in v": (VELOCITY / LR, -VELOCITY / LR),
                        "momentum has the wrong sign": -LR * (GRADIENTS[1] - BETA * GRADIENTS[0]),
                    },
                ),
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
        Check(
            "step() is not recorded in the graph",
            1,
            steps(2, OPTIONS),
            {
                **NOT_RECORDED,
                "w.grad.data": unchanged(GRADIENTS[1]),
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
    ),
)

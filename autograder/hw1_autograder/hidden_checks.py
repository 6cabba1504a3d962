"""Hidden checks of homework 1: students do not get them (see `course.hidden`), so that nobody can write for the checks
instead of for the problem. Inputs are named inside of the check, because what stands outside of it is not cut out."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check
from autograder.checks.draw import Draw
from autograder.checks.snippets import leaf, set_linear, tensor

__all__ = ["autograd", "linear", "loss", "operation"]


def operation(op, draw: Draw) -> tuple[Check, ...]:
    """op: an Operation of operation_checks. Without Tensor.backward, so that it does not wait for 1.2."""
    return (
        Check(
            "three axes, both gradients in use",
            1.25,
            f"{leaf('a', a := draw.array(2, 2, 2))}\n{leaf('b', b := draw.array(2, 2, 2))}\n"
            f"{tensor('g', g := draw.array(2, 2, 2))}\nctx = ContextManager()\n"
            f"c = F.{op.name}.forward(ctx, a, b)\ngrad_a, grad_b = F.{op.name}.backward(ctx, g)",
            {
                "c.data": op.value(a, b),
                "grad_a.data": op.gradients(g, a, b)[0],
                "grad_b.data": op.gradients(g, a, b)[1],
            },
            hidden=True,
        ),
    )


def autograd(draw: Draw) -> tuple[Check, ...]:
    return (
        Check(
            "a graph with a branch that leads nowhere and one that joins late",
            3.25,
            f"{leaf('x', x := draw.array(4))}\n{leaf('y', y := draw.array(4))}\n"
            "u = x * y\nunused = u * u\nv = u + x\nw = v + v\n(w + y).backward()",
            {"x.grad.data": 2 * y + 2, "y.grad.data": 2 * x + 1},
            hidden=True,
        ),
        Check(
            "gradients add up over two graphs of the same leaves",
            3,
            f"{leaf('x', x := draw.array(3))}\n{leaf('y', y := draw.array(3))}\n"
            "(x * y + x).backward()\nonce = x.grad.data.copy()\n(x - y).backward()",
            {"once": y + 1, "x.grad.data": y + 2, "y.grad.data": x - 1, "x.data": x},
            hidden=True,
        ),
    )


def linear(draw: Draw) -> tuple[Check, ...]:
    return (
        Check(
            "Linear: more outputs than inputs, the layer used twice",
            2.5,
            f"{set_linear('layer', w := draw.array(4, 2), b := draw.array(4))}\n{tensor('x', x := draw.array(3, 2))}\n"
            "(layer(x) + layer(x)).backward()",
            {
                "layer.weight.grad.data": 2 * np.ones((3, 4)).T @ x,
                "layer.bias.grad.data": np.full(4, 6.0),
                "layer(x).data": x @ w.T + b,
            },
            hidden=True,
        ),
    )


def loss(value, gradient, draw: Draw) -> tuple[Check, ...]:
    """value, gradient: of logits (N, C) and labels (N,)."""
    return (
        Check(
            "four rows, two classes, large logits",
            3.75,
            f"{leaf('x', x := draw.array(4, 2, step=50.0, low=50.0))}\n"
            f"{tensor('labels', labels := draw.labels(4, 2))}\n"
            "loss = CrossEntropyLoss()(x, labels)\nloss.backward()",
            {"float(np.sum(loss.data))": value(x, labels), "x.grad.data": gradient(x, labels)},
            hidden=True,
        ),
    )

"""Problem 1.1: the basic operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array, leaf, tensor
from autograder.hw1_autograder import hidden_checks

__all__ = ["problems"]


@dataclass(frozen=True)
class Operation:
    """One of a - b, a * b, a / b. gradients: (g, a, b) -> (dL/da, dL/db) for dL/d(output) = g.
    mistakes: {diagnosis: what it makes of the two gradients} (None where it makes no difference)."""

    number: str
    title: str
    name: str
    symbol: str
    value: Callable
    gradients: Callable
    mistakes: dict[str, Callable]

    @property
    def not_called(self) -> str:
        method = {"-": "__sub__", "*": "__mul__", "/": "__truediv__"}[self.symbol]
        return (
            f"a {self.symbol} b does not give what F.{self.name}.forward gives: Tensor.{method} must return "
            f"F.{self.name}.apply(self, other)"
        )


OPERATIONS = (
    Operation(
        "1.1.1", "Element-wise subtraction", "Sub", "-",
        value=lambda a, b: a - b,
        gradients=lambda g, a, b: (g, -g),
        mistakes={},  # a gradient with the wrong sign is recognised in general
    ),
    Operation(
        "1.1.2", "Element-wise multiplication", "Mul", "*",
        value=lambda a, b: a * b,
        gradients=lambda g, a, b: (g * b, g * a),
        mistakes={"the other factor is missing": lambda g, a, b: (g, g)},
    ),
    Operation(
        "1.1.3", "Element-wise division", "Div", "/",
        value=lambda a, b: a / b,
        gradients=lambda g, a, b: (g / b, -g * a / b**2),
        mistakes={
            "divided by b instead of by b squared": lambda g, a, b: (None, -g * a / b),
            "the factor a is missing": lambda g, a, b: (None, -g / b**2),
            "this is the gradient of a multiplication": lambda g, a, b: (g * b, g * a),
        },
    ),
)  # fmt: skip


def basic_problem(op: Operation, draw: Draw) -> Problem:
    a, b = draw.array(2, 3), draw.array(2, 3)
    g, ones = draw.array(2, 3), np.ones((2, 3))  # g: the gradient that arrives from further on
    ga, gb = op.gradients(g, a, b)
    wrong: tuple[dict, dict] = ({}, {})
    candidates = {
        "upstream gradient ignored": lambda g, a, b: op.gradients(ones, a, b),
        "the gradients of a and b are exchanged": lambda g, a, b: op.gradients(g, a, b)[::-1],
        **op.mistakes,
    }
    for diagnosis, gradients in candidates.items():
        for mistakes, right, value in zip(wrong, (ga, gb), gradients(g, a, b)):
            if value is not None and not np.allclose(value, -right):  # that is better called a wrong sign
                mistakes[diagnosis] = value
    inputs = f"{leaf('a', a)}\n{leaf('b', b)}"
    # In every check: the parts of an operation that computes something else are worth nothing.
    value = Expected(op.value(a, b), {"the operands are exchanged": op.value(b, a)})
    f32 = a.astype(np.float32)
    calls = f"F.{op.name}.forward(ContextManager(), a, b)"
    return Problem(
        op.number,
        op.title,
        5,
        (
            Check(
                f"F.{op.name}.forward",
                2,
                f"{inputs}\nc = {calls}",
                {
                    "c.data": value,
                    "a.data": unchanged(a),
                    "b.data": unchanged(b),
                },
            ),
            Check(
                f"a {op.symbol} b",
                1,
                # The inputs anew: a forward that overwrites them has cost its points above.
                f"{inputs}\nc = a {op.symbol} b\n{inputs}\nd = {calls}",
                {
                    "type(c).__name__": Expected("Tensor", otherwise=f"a {op.symbol} b must give a Tensor"),
                    "c.data": Expected(None, like="d.data", otherwise=op.not_called),
                    "d.data": value,
                },
            ),
            Check(
                f"F.{op.name}.backward, given the gradient of the output",
                2,
                f"{inputs}\nctx = ContextManager()\nc = F.{op.name}.forward(ctx, a, b)\n"
                f"grad_c = Tensor({array(g)})\ngrad_a, grad_b = F.{op.name}.backward(ctx, grad_c)",
                {
                    "grad_a.data": Expected(ga, wrong[0]),
                    "grad_b.data": Expected(gb, wrong[1]),
                    "grad_c.data": unchanged(g),
                    "c.data": value,
                },
            ),
            Check(
                "float32 stays float32",
                0,
                f"a = Tensor({array(f32)})\nb = Tensor({array(b.astype(np.float32))})\nc = a {op.symbol} b",
                {"np.asarray(c.data).dtype.name": "float32"},
                beyond=True,
            ),
            Check(
                "float64 stays float64",
                0,
                f"{tensor('a', a)}\n{tensor('b', b)}\nc = a {op.symbol} b",
                {"np.asarray(c.data).dtype.name": "float64"},
                beyond=True,
            ),
            *hidden_checks.operation(op, draw),
        ),
        hint=f"handout 002, section {op.number}, and Add in nn/functional.py as the example; the chain rule with an "
        "upstream gradient is in section 0.1.5, steps 2 and 7",
    )


def problems(draw: Draw) -> tuple[Problem, ...]:
    return tuple(basic_problem(operation, draw) for operation in OPERATIONS)

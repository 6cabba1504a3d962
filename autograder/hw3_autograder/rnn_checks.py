"""Problems 3.1 and 3.2: tanh and the recurrent cell. docs/instructors.md explains how they were written."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array, leaf, tensor
from autograder.subjects.numerics import numerical_gradients

__all__ = ["cell_problem", "tanh_problem"]

WEIGHTS = ("weight_ih", "bias_ih", "weight_hh", "bias_hh")


def tanh_problem(draw: Draw) -> Problem:
    x, g = draw.array(2, 3, step=0.1, low=0.2), draw.array(2, 3)
    y = np.tanh(x)
    wrong = {
        "upstream gradient ignored": 1 - y**2,
        "the square is missing: 1 - y^2": g * (1 - y),
        "the input was kept instead of the result: 1 - y^2 with y = tanh(x)": g * (1 - x**2),
    }
    checks = (
        Check("the value", 15, f"{leaf('x', x)}\ny = Tanh.apply(x)", {"y.data": y, "x.data": unchanged(x)}),
        Check(
            "the gradient",
            25,
            f"{leaf('x', x)}\n{tensor('g', g)}\n(Tanh.apply(x) * g).backward()",
            {"x.grad.data": Expected(g * (1 - y**2), wrong)},
        ),
    )
    return Problem("3.1", "Tanh", 40, checks)


def step(x, h, w_ih, b_ih, w_hh, b_hh):
    """(N, I), (N, H) -> (N, H)"""
    return np.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)


def cell_problem(draw: Draw) -> Problem:
    x, h, weights, make = cell(draw, batch=3, inputs=2, size=2)
    zeros = np.zeros_like(weights[1])
    wrong = {
        "the state h is not used": step(x, 0 * h, *weights),
        "the input x is not used": step(0 * x, h, *weights),
        "bias_hh is missing": step(x, h, *weights[:3], zeros),
        "bias_ih is missing": step(x, h, weights[0], zeros, *weights[2:]),
        "tanh is missing": np.arctanh(step(x, h, *weights)),
    }
    twice = numerical_gradients(lambda *w: step(x, step(x, h, *w), *w), *weights)
    through = f"{make}\n{tensor('x', x)}\n{tensor('h', h)}\ncell(x, cell(x, h)).backward()"
    gradients = {f"cell.{name}.grad.data": gradient for name, gradient in zip(WEIGHTS, twice)}
    parameters = "[p.is_parameter for p in (cell.weight_ih, cell.bias_ih, cell.weight_hh, cell.bias_hh)]"
    checks = (
        Check(
            "one step",
            20,
            f"{make}\n{tensor('x', x)}\n{tensor('h', h)}\ny = cell(x, h)",
            {"y.data": Expected(step(x, h, *weights), wrong)},
        ),
        Check("the gradients through two steps", 30, through, gradients),
        Check(
            "the weights are parameters",
            10,
            f"{make}\n{tensor('x', x)}\ny = cell(x, x)",
            {parameters: attribute([True] * 4), "y.data": step(x, x, *weights)},
        ),
        Check(
            "more hidden units than inputs, a batch of one",
            15,
            (other := cell(draw, batch=1, inputs=2, size=3))[3]
            + f"\n{tensor('x', other[0])}\n{leaf('h', other[1])}\ny = cell(x, h)\ny.backward()",
            {
                "y.data": step(*other[:2], *other[2]),
                "h.grad.data": numerical_gradients(lambda h: step(other[0], h, *other[2]), other[1])[0],
            },
            hidden=True,
        ),
    )
    return Problem("3.2", "RNN cell", 60, checks)


def cell(draw: Draw, batch: int, inputs: int, size: int):
    """x, h, the four weights, and the lines that make a cell with them."""
    shapes = ((batch, inputs), (batch, size), (size, inputs), (size,), (size, size), (size,))
    x, h, *weights = (draw.array(*shape, step=0.1, low=0.2) for shape in shapes)
    lines = [f"cell.{name}.data = {array(value)}" for name, value in zip(WEIGHTS, weights)]
    return x, h, weights, "\n".join([f"cell = RNNCell({inputs}, {size})", *lines])

"""Problems 2.1 and 2.2: max-pooling and average pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, leaf, tensor
from autograder.hw2_autograder.pool_cases import (
    PoolCase,
    all_largest,
    first_largest,
    largest,
    last_largest,
    share_largest,
)
from autograder.hw2_autograder.reference import avg_pool, gradients, pad, windows

__all__ = ["problems"]


def cases(name: str, draw: Draw) -> tuple[Check, ...]:
    """What both kinds of pooling have in common. name: "Max" or "Avg"."""
    images = draw.waves(2, 2, 4, 6)
    return (
        PoolCase(f"{name}Pool2d", draw.array(1, 1, 2, 4), 2).value_check("windows of 2 x 2, by hand", 2.5),
        PoolCase(f"{name}Pool2d", images, 2).gradient_check(draw, "windows of 2 x 2: gradient", 2.5),
        *PoolCase(f"{name}Pool2d", images, (2, 3)).checks(draw, "windows of 2 x 3", 1),
        *PoolCase(f"{name}Pool2d", draw.waves(1, 2, 4, 4), 3, {"stride": 1}).checks(draw, "overlapping windows", 1.5),
        *PoolCase(f"{name}Pool1d", draw.waves(2, 3, 6), 2).checks(draw, f"{name}Pool1d", 1.5),
    )


def ceil_mode(name: str, reduce: np.ufunc, points: float, draw: Draw) -> Check:
    """The windows at the border have what is there."""
    x = draw.waves(1, 1, 5, 5)  # the windows of 2 leave out the last row and column, unless ceil_mode is on
    right = reduce(windows(pad(x.value, 0, 1, fill=np.nan), 2, 2), axis=(4, 5))
    floor = PoolCase(name, x, 2)
    mistakes = {"ceil_mode is ignored": right[:, :, :2, :2]}
    if name.startswith("Avg"):
        mistakes["a window at the border is divided by the number of elements that it has"] = avg_pool(
            pad(x.value, 0, 1), 2
        )
    return Check(
        "odd sizes: the rest is left out, or with ceil_mode a window of its own",
        points,
        f"{tensor('x', x)}\ny = {name}(2)(x)\nz = {name}(2, ceil_mode=True)(x)",
        {"y.data": Expected(right[:, :, :2, :2], floor.value_mistakes()), "z.data": Expected(right, mistakes)},
    )


def ties_check(draw: Draw) -> Check:
    """PyTorch gives the whole gradient to the first of several largest elements; to the last would
    be as good a derivative."""
    low, middle, high = sorted(draw.positive(3))
    x = np.array([[[[0.0, 0.0, high, low], [0.0, 0.0, middle, high]]]])  # as after ReLU
    g = draw.array(1, 1, 1, 2)
    case = PoolCase("MaxPool2d", x, 2)
    return Check(
        "several largest elements: one of them gets the gradient",
        1.5,
        f"{case.layer()}\n{leaf('x', x)}\n{tensor('g', g)}\n(pool(x) * g).backward()",
        {
            "x.grad.data": Expected(
                case.gradient(first_largest, g),
                {
                    "each of the largest elements gets the whole gradient: only one may": case.gradient(all_largest, g),
                    "the largest elements share the gradient: one of them gets it": case.gradient(share_largest, g),
                },
                also=(case.gradient(last_largest, g),),
            )
        },
    )


def max_padding_check(draw: Draw) -> Check:
    sines = draw.waves(1, 1, 4, 4)
    negative = Formula(f"{sines.text} - 2", sines.value - 2)
    case = PoolCase("MaxPool2d", negative, 2, {"padding": 1})
    zeros = {"padding must never win: it is minus infinity, not 0": case.value(largest, fill=0.0)}
    return Check(
        "padding never wins",
        1,
        f"{case.layer()}\n{tensor('x', negative)}\ny = pool(x)",
        {"y.data": Expected(case.value(largest), {**zeros, **case.value_mistakes()})},
    )


def avg_padding_check(draw: Draw) -> Check:
    """Whether the zeros of the padding count in the mean."""
    x, options = draw.waves(1, 2, 4, 4), {"padding": 1, "stride": 2}

    def with_zeros(x: np.ndarray) -> np.ndarray:
        return avg_pool(x, 3, 2, 1)

    def without(x: np.ndarray) -> np.ndarray:
        return avg_pool(x, 3, 2, 1) / avg_pool(np.ones_like(x), 3, 2, 1)

    g = draw.waves(1, 2, 2, 2)
    more = PoolCase("AvgPool2d", x, 3, options).value_mistakes()
    included = "the padding's zeros count in the mean unless count_include_pad=False"
    excluded = "count_include_pad=False is ignored"
    return Check(
        "padding=1 with count_include_pad=True (the default) and False",
        2,
        "\n".join(
            [
                leaf("x", x),
                leaf("c", x),
                tensor("g", g),
                "y = AvgPool2d(3, stride=2, padding=1)(x)",
                "z = AvgPool2d(3, stride=2, padding=1, count_include_pad=False)(c)",
                "(y * g).backward()\n(z * g).backward()",
            ]
        ),
        {
            "y.data": Expected(with_zeros(x.value), {included: without(x.value), **more}),
            "z.data": Expected(without(x.value), {excluded: with_zeros(x.value)}),
            "x.grad.data": Expected(
                gradients(with_zeros, g.value, x.value)[0], {included: gradients(without, g.value, x.value)[0]}
            ),
            "c.grad.data": Expected(
                gradients(without, g.value, x.value)[0], {excluded: gradients(with_zeros, g.value, x.value)[0]}
            ),
        },
    )


def problems(draw: Draw) -> tuple[Problem, Problem]:
    largest_of = (
        *cases("Max", draw),
        ties_check(draw),
        max_padding_check(draw),
        ceil_mode("MaxPool2d", np.nanmax, 0.5, draw),
    )
    mean_of = (*cases("Avg", draw), avg_padding_check(draw), ceil_mode("AvgPool2d", np.nanmean, 1, draw))
    return Problem("2.1", "Max-pooling", 12, largest_of), Problem("2.2", "Average pooling", 12, mean_of)

"""Problems 2.1 and 2.2: max-pooling and average pooling."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem
from autograder.common.snippets import Formula, leaf, tensor, waves
from autograder.hw2_autograder.pool_cases import (
    PoolCase,
    all_largest,
    first_largest,
    largest,
    last_largest,
    share_largest,
)
from autograder.hw2_autograder.reference import avg_pool, gradients, pad, windows

__all__ = ["PROBLEMS"]

HAND = np.array([[[[1.0, 5.0, -2.0, 0.5], [3.0, 2.0, -1.0, -4.0]]]])
IMAGES, SMALL = waves(2, 2, 4, 6), waves(1, 2, 4, 4)
ODD = waves(1, 1, 5, 5)  # the windows of 2 leave out the last row and column, unless ceil_mode is on
_SINES = waves(1, 1, 4, 4)
NEGATIVE = Formula(f"{_SINES.text} - 2", _SINES.value - 2)


def cases(name: str) -> tuple[Check, ...]:
    """What both kinds of pooling have in common. name: "Max" or "Avg"."""
    return (
        PoolCase(f"{name}Pool2d", HAND, 2).value_check("windows of 2 x 2, by hand", 2.5),
        PoolCase(f"{name}Pool2d", IMAGES, 2).gradient_check("windows of 2 x 2: gradient", 2.5),
        *PoolCase(f"{name}Pool2d", IMAGES, (2, 3)).checks("windows of 2 x 3", 1),
        *PoolCase(f"{name}Pool2d", SMALL, 3, {"stride": 1}).checks("overlapping windows", 1.5),
        *PoolCase(f"{name}Pool1d", waves(2, 3, 6), 2).checks(f"{name}Pool1d", 1.5),
    )


def ceil_mode(name: str, reduce: np.ufunc, points: float) -> Check:
    """The windows at the border have what is there."""
    right = reduce(windows(pad(ODD.value, 0, 1, fill=np.nan), 2, 2), axis=(4, 5))
    floor = PoolCase(name, ODD, 2)
    mistakes = {"ceil_mode is ignored": right[:, :, :2, :2]}
    if name.startswith("Avg"):
        mistakes["a window at the border is divided by the number of elements that it has"] = avg_pool(
            pad(ODD.value, 0, 1), 2
        )
    return Check(
        "odd sizes: the rest is left out, or with ceil_mode a window of its own",
        points,
        f"{tensor('x', ODD)}\ny = {name}(2)(x)\nz = {name}(2, ceil_mode=True)(x)",
        {"y.data": Expected(right[:, :, :2, :2], floor.value_mistakes()), "z.data": Expected(right, mistakes)},
    )


def ties_check() -> Check:
    """PyTorch gives the whole gradient to the first of several largest elements; to the last would
    be as good a derivative."""
    x = np.array([[[[0.0, 0.0, 3.0, 1.0], [0.0, 0.0, 2.0, 3.0]]]])  # as after ReLU
    g = np.array([[[[2.0, -5.0]]]])
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


def max_padding_check() -> Check:
    case = PoolCase("MaxPool2d", NEGATIVE, 2, {"padding": 1})
    zeros = {"padding must never win: it is minus infinity, not 0": case.value(largest, fill=0.0)}
    return Check(
        "padding never wins",
        1,
        f"{case.layer()}\n{tensor('x', NEGATIVE)}\ny = pool(x)",
        {"y.data": Expected(case.value(largest), {**zeros, **case.value_mistakes()})},
    )


def avg_padding_check() -> Check:
    """Whether the zeros of the padding count in the mean."""
    x, options = SMALL, {"padding": 1, "stride": 2}

    def with_zeros(x: np.ndarray) -> np.ndarray:
        return avg_pool(x, 3, 2, 1)

    def without(x: np.ndarray) -> np.ndarray:
        return avg_pool(x, 3, 2, 1) / avg_pool(np.ones_like(x), 3, 2, 1)

    g = waves(1, 2, 2, 2, function="cos")
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


MAX = (*cases("Max"), ties_check(), max_padding_check(), ceil_mode("MaxPool2d", np.nanmax, 0.5))
AVG = (*cases("Avg"), avg_padding_check(), ceil_mode("AvgPool2d", np.nanmean, 1))

PROBLEMS = (Problem("2.1", "Max-pooling", 12, MAX), Problem("2.2", "Average pooling", 12, AVG))

"""Problem 3.1: two digits in one image."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw

__all__ = ["sample_problem"]


def placed(x1: np.ndarray, x2: np.ndarray, rule: str = "max") -> np.ndarray:
    """rule: what is where both are: "max", "sum", "mean", "first" or "second"."""
    both = np.zeros((2, 36, 36))
    both[0, :28, :28], both[1, 8:, 8:] = x1, x2
    overlap = np.zeros((36, 36), bool)
    overlap[8:28, 8:28] = True
    chosen = {"max": both.max(0), "sum": both.sum(0), "mean": both.mean(0), "first": both[0], "second": both[1]}
    return np.where(overlap, chosen[rule], both.sum(0))


def _everywhere(x1: np.ndarray, x2: np.ndarray) -> tuple[np.ndarray, ...]:
    """The larger of an image and of the empty one around it: of both images, or of one of them."""
    right = placed(x1, x2)
    of_first, of_second = right.copy(), right.copy()
    first, second = np.zeros((2, 36, 36), bool)
    first[:28, :28] = second[8:, 8:] = True
    of_first[first & ~second] = np.maximum(right, 0)[first & ~second]
    of_second[second & ~first] = np.maximum(right, 0)[second & ~first]
    both = np.where(first & second, right, np.maximum(right, 0))
    return both, of_first, of_second


def sample_problem(draw: Draw) -> Problem:
    seed = draw.integer(0, 10**6)
    x1, x2 = np.random.default_rng(seed).standard_normal((2, 28, 28))
    mistakes = {
        "where they overlap the second image covers the first: take the larger": placed(x1, x2, "second"),
        "where they overlap the first image covers the second: take the larger": placed(x1, x2, "first"),
        "where they overlap the images are added: take the larger": placed(x1, x2, "sum"),
        "where they overlap the images are averaged: take the larger": placed(x1, x2, "mean"),
        "the images are exchanged: the first one belongs to the top left": placed(x2, x1),
        "the larger is taken outside of the overlap too, where the other is only empty": _everywhere(x1, x2),
        "they are placed at the top right and the bottom left": (placed(x1[:, ::-1], x2[:, ::-1])[:, ::-1],),
    }
    made = f"import logistic\nx1, x2 = np.random.default_rng({seed}).standard_normal((2, 28, 28))"
    check = Check(
        "two digits in one image",
        10,
        f"{made}\nimage = logistic.make_new_sample(x1, x2)",
        {"image": Expected(placed(x1, x2), mistakes), "x1": unchanged(x1), "x2": unchanged(x2)},
    )
    return Problem("3.1", "make_new_sample", 10, (check,), "section 3, 1")

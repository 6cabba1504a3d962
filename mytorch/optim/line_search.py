"""How far to go along a direction: a step that satisfies the strong Wolfe conditions.

With f(t) the loss at w + t d and f'(t) its slope, a step t is long enough, and not too long, if

    f(t) <= f(0) + C1 t f'(0)     the loss falls by a fair part of what the slope promises
    |f'(t)| <= C2 |f'(0)|         and little of the slope is left

(Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 3.5 and 3.6; the safeguards are PyTorch's.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["Point", "strong_wolfe"]

C1, C2 = 1e-4, 0.9
SMALLEST = 1e-9  # of an interval, times the largest element of the direction


class Point(NamedTuple):
    """A step t along the direction: f(t), f'(t), and the gradient there."""

    t: float
    loss: float
    slope: float
    gradient: np.ndarray


def strong_wolfe(
    evaluate: Callable[[float], Point], start: Point, t: float, size: float, limit: int
) -> tuple[Point, int]:
    """(the point found, how many were evaluated). Tries the step t first.

    start: the point at t = 0.   size: the largest |element| of the direction.
    limit: how many points, after the first one, may be evaluated; then the lowest so far is returned.
    """
    ends, used = _bracket(evaluate, start, t, limit)
    if len(ends) == 1:
        return ends[0], used + 1
    point, used = _zoom(evaluate, start, ends, size, used, limit)
    return point, used + 1


def _too_high(point: Point, start: Point) -> bool:
    return point.loss > start.loss + C1 * point.t * start.slope


def _flat_enough(point: Point, start: Point) -> bool:
    return abs(point.slope) <= -C2 * start.slope


def _bracket(evaluate: Callable[[float], Point], start: Point, t: float, limit: int) -> tuple[list[Point], int]:
    """Longer and longer steps, until one is right ([point]) or there must be one between two ([point, point])."""
    before, point, used = start, evaluate(t), 0
    while used < limit:
        if _too_high(point, start) or (used > 1 and point.loss >= before.loss):
            return [before, point], used
        if _flat_enough(point, start):
            return [point], used
        if point.slope >= 0:
            return [before, point], used
        bounds = (point.t + 0.01 * (point.t - before.t), point.t * 10)
        t = _cubic_minimum(before, point, bounds)
        before, point, used = point, evaluate(t), used + 1
    return [start, point], used


def _zoom(
    evaluate: Callable[[float], Point], start: Point, ends: list[Point], size: float, used: int, limit: int
) -> tuple[Point, int]:
    """Smaller and smaller intervals between two points, until one inside is right."""
    low, high = ends if ends[0].loss <= ends[1].loss else ends[::-1]
    near_an_end = False
    while used < limit and abs(high.t - low.t) * size >= SMALLEST:
        left, right = sorted((low, high), key=lambda point: point.t)
        t = _cubic_minimum(left, right, (left.t, right.t))
        # Twice in a row close to an end: the interval would hardly shrink, so move a tenth inside.
        margin = 0.1 * (right.t - left.t)
        was_near, near_an_end = near_an_end, min(right.t - t, t - left.t) < margin
        if near_an_end and (was_near or not left.t < t < right.t):
            t = right.t - margin if abs(t - right.t) < abs(t - left.t) else left.t + margin
            near_an_end = False
        point = evaluate(t)
        used += 1
        if _too_high(point, start) or point.loss >= low.loss:
            high = point
            if high.loss < low.loss:
                low, high = high, low
            continue
        if _flat_enough(point, start):
            return point, used
        if point.slope * (high.t - low.t) >= 0:
            high = low
        low = point
    return low, used


def _cubic_minimum(a: Point, b: Point, bounds: tuple[float, float]) -> float:
    """Where the cubic through both points, with their slopes, is lowest, a.t < b.t; held within the bounds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        d1 = np.float64(a.slope) + b.slope - 3 * (a.loss - b.loss) / np.float64(a.t - b.t)
        square = d1 * d1 - np.float64(a.slope) * b.slope
        if not square >= 0:
            return (bounds[0] + bounds[1]) / 2
        d2 = np.sqrt(square)
        t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return float(min(max(t, bounds[0]), bounds[1]))

"""The coefficients in `mytorch/ops/elementwise/erf_arrays.py`: `python tools/erf_coefficients.py`.

Prints them, and how far each quotient is from the function. Needs mpmath (`pip install mpmath`), because they are
solved for with 70 digits. A quotient of polynomials that meets the function at Chebyshev points of the variable
t = (x - k) / (x + k) has an error nearly as evenly spread as the best one's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp

mp.mp.dps = 70
PROBES = 400


def scaled_erfc(x: Any) -> Any:
    """e^(x^2) erfc x"""
    return mp.e ** (x * x) * mp.erfc(x)


def erf_over_x(s: Any) -> Any:
    """erf x / x as a function of s = x^2"""
    return mp.erf(mp.sqrt(s)) / mp.sqrt(s)


def interpolating(f: Callable, points: list, m: int, n: int) -> tuple[list, list]:
    """P of degree m and Q of degree n, Q(0) = 1, with P(x) = f(x) Q(x) at the m + n + 1 points."""
    equations, values = mp.matrix(len(points), m + n + 1), mp.matrix(len(points), 1)
    for row, x in enumerate(points):
        values[row] = f(x)
        for power in range(m + 1):
            equations[row, power] = x**power
        for power in range(1, n + 1):
            equations[row, m + power] = -f(x) * x**power
    solution = list(mp.lu_solve(equations, values))
    return solution[: m + 1], [mp.mpf(1), *solution[m + 1 :]]


def show(name: str, f: Callable, high: float, k: float, m: int, n: int) -> None:
    """Print P and Q of `f` on 0..high and the largest relative error."""
    top = (mp.mpf(high) - k) / (mp.mpf(high) + k)

    def x_of(share: Any) -> Any:  # share of the way from t = -1 (x = 0) to t = top
        t = -1 + (top + 1) * share
        return k * (1 + t) / (1 - t)

    count = m + n + 1
    p, q = interpolating(f, [x_of((1 + mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2) for i in range(count)], m, n)
    probes = [x_of((mp.mpf(i) + 0.5) / PROBES) for i in range(PROBES)]
    error = max(abs(mp.polyval(p[::-1], x) / mp.polyval(q[::-1], x) / f(x) - 1) for x in probes)
    print(f"{name}: relative error {mp.nstr(error, 2)}")
    for letter, coefficients in (("P", p), ("Q", q)):
        print(f"  {letter} = ({', '.join([repr(float(c)) for c in coefficients])})")


if __name__ == "__main__":
    show("e^(a^2) erfc a, float32, a to 10.2", scaled_erfc, 10.2, 2, 4, 5)
    show("e^(a^2) erfc a, float64, a to 27.5", scaled_erfc, 27.5, 2, 10, 11)
    show("erf x / x of x^2, float32, x to 1", erf_over_x, 1, 100, 6, 0)
    show("erf x / x of x^2, float64, x to 1", erf_over_x, 1, 100, 12, 0)

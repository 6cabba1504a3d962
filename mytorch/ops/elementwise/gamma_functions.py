"""The logarithm of the gamma function and its derivatives: lgamma, digamma, polygamma. Counts and rates need them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, float_data, require_tensor

__all__ = ["Lgamma", "Polygamma", "digamma", "lgamma", "mvlgamma", "polygamma"]

# B_2, B_4, ...: Bernoulli's numbers, of the Euler-Maclaurin formula.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_FAR = 12.0  # from here on the series below are exact to a double's digits


def _log_gamma(x: float) -> float:
    if x <= 0 and x == math.floor(x):
        return math.inf  # a pole
    return math.lgamma(x)


def _digamma(x: np.ndarray) -> np.ndarray:
    """d/dx log Gamma(x): psi(x) = psi(x + 1) - 1/x until x is large; -cot for negative x, by reflection."""
    negative = x < 0
    reflected = np.where(negative, 1 - x, x)
    result = np.zeros_like(x)
    while (near := reflected < _FAR).any():
        result -= np.where(near, 1 / np.where(near, reflected, 1.0), 0.0)
        reflected = np.where(near, reflected + 1, reflected)
    result += np.log(reflected) - 0.5 / reflected
    for k, number in enumerate(_BERNOULLI, 1):
        result -= number / (2 * k * reflected ** (2 * k))
    result = np.where(negative, result - math.pi / np.tan(math.pi * np.remainder(x, 1)), result)
    return np.where(negative & (x == np.floor(x)), np.nan, result)


def _zeta(s: int, x: np.ndarray) -> np.ndarray:
    """Hurwitz' zeta function, the sum over k >= 0 of (x + k)^-s: the first terms, then Euler-Maclaurin's formula."""
    result = np.zeros_like(x)
    x = x.copy()
    while (near := x < _FAR).any():
        result += np.where(near, np.where(near, x, 1.0) ** -float(s), 0.0)
        x = np.where(near, x + 1, x)
    result += x ** (1.0 - s) / (s - 1) + 0.5 * x ** -float(s)
    factor = float(s)  # s (s + 1) ... (s + 2k - 2) / (2k)!
    for k, number in enumerate(_BERNOULLI, 1):
        result += number * factor / math.factorial(2 * k) * x ** (1.0 - s - 2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return result


def _polygamma(n: int, x: np.ndarray) -> np.ndarray:
    wide = x.astype(np.float64)
    with np.errstate(all="ignore"):
        value = _digamma(wide) if n == 0 else (-1) ** (n + 1) * math.factorial(n) * _zeta(n + 1, wide)
        if n == 0:
            value = np.where(wide == 0, np.where(np.signbit(wide), np.inf, -np.inf), value)
    return value.astype(x.dtype)


class Lgamma(Operation):
    """y = log |Gamma(x)|.   dL/dx = dL/dy * digamma(x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = float_data(x)
        return x.new_tensor(np.vectorize(_log_gamma, otypes=[np.float64])(data).astype(data.dtype))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Polygamma.run(x, 0)


class Polygamma(Operation):
    """y = the derivative number n of digamma.   dL/dx = dL/dy * polygamma(n + 1, x)"""

    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x)
        ctx.n = n
        return x.new_tensor(_polygamma(n, float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Polygamma.run(x, ctx.n + 1), None


def lgamma(input: T) -> T:
    """log |Gamma(input)|, element-wise; log (n - 1)! for a whole number n. inf at 0, -1, -2, ..."""
    require_tensor("lgamma", "input", input)
    return Lgamma.apply(input)


def digamma(input: T) -> T:
    """The derivative of `lgamma`, element-wise."""
    require_tensor("digamma", "input", input)
    return Polygamma.apply(input, 0)


def polygamma(n: int, input: T) -> T:
    """The derivative number n of `digamma`, element-wise. (Abramowitz and Stegun 1964, 6.4.10.)"""
    require_tensor("polygamma", "input", input)
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"polygamma: n must be an int from 0, got {n!r}")
    return Polygamma.apply(input, n)


def mvlgamma(input: T, p: int) -> T:
    """The logarithm of the multivariate gamma function with dimension p: of Wishart's distribution."""
    require_tensor("mvlgamma", "input", input)
    if (input.data <= (p - 1) / 2).any():
        raise ValueError(f"mvlgamma: input must be more than (p - 1) / 2 = {(p - 1) / 2}")
    x: Any = input
    result = lgamma(x)
    for j in range(1, p):
        result = result + lgamma(x - j / 2)
    return result + p * (p - 1) / 4 * math.log(math.pi)

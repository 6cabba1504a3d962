"""Checks of a pooling layer, and how pooling hands its gradient back, rightly and wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.check import Check, Expected, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, leaf, tensor
from autograder.hw2_autograder.reference import pad, windows

__all__ = ["PoolCase", "all_largest", "last_largest", "share_largest"]

# ------------------------------------------- what becomes of a window: its value, its gradient


def largest(window: np.ndarray) -> float:
    return window.max()


def mean_of(window: np.ndarray) -> float:
    return window.mean()


def first_largest(window: np.ndarray) -> np.ndarray:
    """1 at the first of the largest elements."""
    return (np.arange(window.size) == window.argmax()).reshape(window.shape).astype(float)


def last_largest(window: np.ndarray) -> np.ndarray:
    return np.flip(first_largest(np.flip(window)))


def all_largest(window: np.ndarray) -> np.ndarray:
    return (window == window.max()).astype(float)


def share_largest(window: np.ndarray) -> np.ndarray:
    return all_largest(window) / all_largest(window).sum()


def every(window: np.ndarray) -> np.ndarray:
    return np.ones_like(window)


def share_every(window: np.ndarray) -> np.ndarray:
    return np.ones_like(window) / window.size


@dataclass(frozen=True)
class PoolCase:
    """A pooling layer: its name, input (N, C, *size), kernel, and options as the layer takes them."""

    name: str
    x: np.ndarray | Formula
    kernel: Any
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def array(self) -> np.ndarray:
        return self.x.value if isinstance(self.x, Formula) else self.x

    @property
    def stride(self) -> Any:
        return self.options.get("stride", self.kernel)

    @property
    def fill(self) -> float:
        """What padding consists of: never the largest, but zeros in a mean."""
        return -np.inf if self.is_max else 0.0

    @property
    def is_max(self) -> bool:
        return self.name.startswith("Max")

    def layer(self) -> str:
        arguments = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"pool = {self.name}({self.kernel}{arguments})"

    def value(
        self, reduce: Callable, stride: Any = None, padding: int | None = None, fill: float | None = None
    ) -> np.ndarray:
        """`reduce` of each window, with the case's stride and padding or others."""
        padding = self.options.get("padding", 0) if padding is None else padding
        x = pad(self.array, padding, fill=self.fill if fill is None else fill)
        seen = windows(x, self.kernel, self.stride if stride is None else stride)
        out = np.empty(seen.shape[: x.ndim])
        for place in np.ndindex(out.shape):
            out[place] = reduce(seen[place])
        return out

    def gradient(self, weights: Callable, g: np.ndarray | float, add: bool = True) -> np.ndarray:
        """Each window gives g * weights(window) to its elements. add=False: the last window wins."""
        padding = self.options.get("padding", 0)
        x = pad(self.array, padding, fill=self.fill)
        total = np.zeros(x.size)
        seen = windows(x, self.kernel, self.stride)
        numbers = windows(np.arange(x.size).reshape(x.shape), self.kernel, self.stride)
        outs = np.broadcast_to(g, seen.shape[: x.ndim])
        for place in np.ndindex(outs.shape):
            share = outs[place] * weights(seen[place])
            if add:
                total[numbers[place]] += share
            else:
                total[numbers[place][share != 0]] = share[share != 0]
        inner = tuple(slice(padding, padding + n) for n in self.array.shape[2:])
        return total.reshape(x.shape)[(slice(None), slice(None), *inner)]

    # ----------------------------------------------------------------- mistakes

    def value_mistakes(self) -> dict[str, Any]:
        right = largest if self.is_max else mean_of
        mistakes: dict[str, Any] = {}
        if self.is_max:
            mistakes["the mean of each window instead of its largest element"] = self.value(mean_of)
            mistakes["the smallest element of each window instead of the largest"] = self.value(np.min)
            mistakes["the largest absolute value"] = self.value(lambda w: abs(w).max())
        else:
            side = self.kernel if isinstance(self.kernel, int) else self.kernel[0]
            mistakes["the largest element of each window instead of its mean"] = self.value(largest)
            mistakes["the sum of each window: divide by the number of its elements"] = self.value(np.sum)
            mistakes["divided by the kernel's side instead of by the number of elements"] = self.value(
                lambda w: w.sum() / side
            )
        if "stride" in self.options:
            mistakes["stride is ignored"] = (self.value(right, self.kernel), self.value(right, 1))
        else:
            mistakes["stride must be kernel_size by default, not 1"] = self.value(right, 1)
        if "padding" in self.options:
            mistakes["padding is forgotten"] = self.value(right, padding=0)
        return mistakes

    def gradient_mistakes(self, g: np.ndarray) -> dict[str, Any]:
        right = first_largest if self.is_max else share_every
        if self.is_max:
            mistakes = {
                "the whole window shares the gradient: it belongs to the largest element": self.gradient(
                    share_every, g
                ),
                "every element of the window gets the gradient: it belongs to the largest": self.gradient(every, g),
                "the gradient goes to the smallest element": self.gradient(lambda w: first_largest(-w), g),
                "the gradient is multiplied by the value": self.gradient(lambda w: np.where(first_largest(w), w, 0), g),
            }
        else:
            mistakes = {
                "the gradient must be divided by the size of the window": self.gradient(every, g),
                "only one element of each window gets the gradient: all must": (
                    self.gradient(first_largest, g),
                    self.gradient(lambda w: first_largest(w) / w.size, g),
                ),
            }
        mistakes["upstream gradient ignored"] = self.gradient(right, 1.0)
        replaced, expected = self.gradient(right, g, add=False), self.gradient(right, g)
        if not np.array_equal(replaced, expected):
            mistakes["windows overlap: add their gradients, do not replace one by the other"] = replaced
        return mistakes

    # ------------------------------------------------------------------- checks

    def value_check(self, title: str, points: float) -> Check:
        expected = Expected(self.value(largest if self.is_max else mean_of), self.value_mistakes())
        return Check(
            title,
            points,
            f"{self.layer()}\n{tensor('x', self.x)}\ny = pool(x)",
            {"y.data": expected, "x.data": unchanged(self.array)},
        )

    def gradient_check(self, draw: Draw, title: str, points: float) -> Check:
        y = self.value(largest if self.is_max else mean_of)
        g = draw.waves(*y.shape)
        right = self.gradient(first_largest if self.is_max else share_every, g.value)
        return Check(
            title,
            points,
            f"{self.layer()}\n{leaf('x', self.x)}\n{tensor('g', g)}\ny = pool(x)\n(y * g).backward()",
            {"x.grad.data": Expected(right, self.gradient_mistakes(g.value))},
        )

    def checks(self, draw: Draw, title: str, points: float) -> tuple[Check, Check]:
        """Value and gradient, with half of the points each."""
        return self.value_check(title, points / 2), self.gradient_check(draw, f"{title}: gradient", points / 2)

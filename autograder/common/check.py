"""What a check is: a few lines of Python that run with the student's mytorch, and what must come out.

    Check(
        title="F.Sub.backward",
        points=1.5,
        snippet='''
            ctx = ContextManager()
            ...
            grad_a, grad_b = F.Sub.backward(ctx, grad_c)
        ''',
        expected={"grad_a.data": G, "grad_b.data": -G},
    )

The snippet is run elsewhere (`worker`), by a process that never sees `expected`. When the check
fails, the student reads the snippet and can paste it into Python.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Check", "Expected", "Problem", "attribute", "scalar", "unchanged"]

DEFAULT_LIMIT = 5.0


@dataclass(frozen=True)
class Expected:
    """The value that an expression must have, and what it means when it has another.

    value: a number, an array (its shape counts), a string, a bool, None, or a list of these.
    mistakes: {diagnosis: the value that this mistake leads to, or a tuple of such values}.
    otherwise: the diagnosis for every wrong value that none of `mistakes` explains.
    also: further values that are right.
    any_shape: a single number is right as (), (1,) or (1, 1).
    """

    value: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str = ""
    also: tuple = ()
    any_shape: bool = False


def scalar(value: float, **mistakes: Any) -> Expected:
    """One number, such as a loss: the handout leaves open whether its shape is () or (1,)."""
    return Expected(value, any_shape=True, **mistakes)


def unchanged(value: Any) -> Expected:
    """An input that the operation must leave as it was."""
    return Expected(value, otherwise="input modified in place")


def attribute(value: Any, *also: Any) -> Expected:
    """What a tensor or a node says about its place in the graph."""
    return Expected(value, also=also, otherwise="graph attribute wrong")


@dataclass(frozen=True)
class Check:
    """One all-or-nothing item of a problem.

    expected: {expression: its value, or an `Expected`}; evaluated in order after the snippet.
    failures: {"timeout", "signal 11", or the name of an exception: the diagnosis if it ends so}.
    limit: seconds after which the check counts as an infinite loop.
    """

    title: str
    points: float
    snippet: str
    expected: Mapping[str, Any]
    failures: Mapping[str, str] = field(default_factory=dict)
    limit: float = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        if self.points <= 0 or not self.expected:
            raise ValueError(f"check {self.title!r} needs points and expectations: it could not fail")
        object.__setattr__(self, "snippet", textwrap.dedent(self.snippet).strip("\n"))

    def expectations(self) -> dict[str, Expected]:
        return {e: v if isinstance(v, Expected) else Expected(v) for e, v in self.expected.items()}


@dataclass(frozen=True)
class Problem:
    """A numbered problem of the handout and the checks that its points consist of."""

    number: str
    title: str
    points: float
    checks: tuple[Check, ...]

    def __post_init__(self) -> None:
        total = sum(check.points for check in self.checks)
        if not math.isclose(total, self.points):
            raise ValueError(f"problem {self.number} is worth {self.points} points, its checks add up to {total}")
        titles = [check.title for check in self.checks]
        if len(set(titles)) != len(titles):
            raise ValueError(f"problem {self.number} has two checks of one title")

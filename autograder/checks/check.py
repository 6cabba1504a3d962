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
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

__all__ = ["Agrees", "Check", "Expected", "Problem", "attribute", "scalar", "unchanged"]

DEFAULT_LIMIT = 5.0
IN_PLACE = "input modified in place"


@dataclass(frozen=True)
class Expected:
    """The value that an expression must have, and what it means when it has another.

    value: a number, an array (its shape counts), a string, a bool, None, or a list of these.
    mistakes: {diagnosis: the value that this mistake leads to, or a tuple of such values}.
    otherwise: the diagnosis for every wrong value that none of `mistakes` explains.
    also: further values that are right.
    any_shape: a single number is right as (), (1,) or (1, 1).
    differs: turns the question round: every array but `value` is right.
    like: another expression of the check, which takes the place of `value`: both must be the same. (Asking
        `np.array_equal(a, b)` instead would leave the answer to the student's process.)
    """

    value: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str = ""
    also: tuple = ()
    any_shape: bool = False
    differs: bool = False
    like: str = ""


@dataclass(frozen=True)
class Agrees(Expected):
    """An array of class numbers that must be those of `value` in this share of its entries: the accuracy."""

    share: float = 1.0


def scalar(value: float, **mistakes: Any) -> Expected:
    """One number, such as a loss: the handout leaves open whether its shape is () or (1,)."""
    return Expected(value, any_shape=True, **mistakes)


def unchanged(value: Any) -> Expected:
    """An input that the operation must leave as it was."""
    return Expected(value, otherwise=IN_PLACE)


def attribute(value: Any, *also: Any, means: str = "graph attribute wrong") -> Expected:
    """What a tensor or a node says about its place in the graph. means: what it means if it says something else."""
    return Expected(value, also=also, otherwise=means)


@dataclass(frozen=True)
class Check:
    """One all-or-nothing item of a problem.

    expected: {expression: its value, or an `Expected`}; evaluated in order after the snippet.
    failures: {"timeout", "signal 11", or the name of an exception: the diagnosis if it ends so}.
    limit: seconds after which the check counts as an infinite loop.
    beyond: the handout does not ask for it: it has no points, and a failure is a warning.
    hint: where the handout says more, for `--hint`; the problem's own if empty.
    hidden: not in what students get (see `course.hidden`); reports show nothing of it but its title.
    form: it looks at the form alone, at attributes and names; None: if no number is expected. That counts only if a
        check of the problem that looks at results has passed: an operation that does nothing earns nothing.
    """

    title: str
    points: float
    snippet: str
    expected: Mapping[str, Any]
    failures: Mapping[str, str] = field(default_factory=dict)
    limit: float = DEFAULT_LIMIT
    beyond: bool = False
    hint: str = ""
    hidden: bool = False
    form: bool | None = None

    def __post_init__(self) -> None:
        if self.beyond != (self.points == 0) or self.points < 0 or not self.expected:
            raise ValueError(f"check {self.title!r} needs points and expectations: it could not fail")
        object.__setattr__(self, "snippet", textwrap.dedent(self.snippet).strip("\n"))

    @property
    def is_form(self) -> bool:
        return not any(map(_is_result, self.expectations().values())) if self.form is None else self.form

    def expectations(self) -> dict[str, Expected]:
        return {e: v if isinstance(v, Expected) else Expected(v) for e, v in self.expected.items()}


def _is_result(expected: Expected) -> bool:
    """Whether it takes a computation to come to this value, so that saying "yes" to everything is not enough."""
    trivial = expected.differs or expected.like or expected.otherwise == IN_PLACE
    return not trivial and isinstance(expected.value, (float, np.ndarray, np.floating))


@dataclass(frozen=True)
class Problem:
    """A numbered problem of the handout and the checks that its points consist of.

    hint: where the handout says more.   bonus: it may be skipped.
    The points of its open checks add up to `points`. Where there are hidden checks too, all are scaled, so that
    the problem is worth the same with them and, at the students', without.
    """

    number: str
    title: str
    points: float
    checks: tuple[Check, ...]
    hint: str = ""
    bonus: bool = False

    def __post_init__(self) -> None:
        total = sum(check.points for check in self.checks)
        shown = sum(check.points for check in self.checks if not check.hidden)
        if not (math.isclose(shown, self.points) or math.isclose(total, self.points)):
            raise ValueError(f"problem {self.number} is worth {self.points} points, its checks add up to {shown}")
        titles = [check.title for check in self.checks]
        if len(set(titles)) != len(titles):
            raise ValueError(f"problem {self.number} has two checks of one title")
        if not math.isclose(total, self.points):
            object.__setattr__(self, "checks", _scaled(self.checks, self.points / total))

    def worth(self, points: float) -> Problem:
        """The same problem for another number of points; each check keeps its share."""
        return replace(self, points=points, checks=_scaled(self.checks, points / self.points))


def _scaled(checks: tuple[Check, ...], factor: float) -> tuple[Check, ...]:
    return tuple(replace(check, points=check.points * factor) for check in checks)

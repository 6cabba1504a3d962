"""Repetitions in a list: [a, b, c, b, c, b, c, d] is a, 3 times (b, c), d."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["Run", "runs"]


@dataclass
class Run:
    """`count` times the same `period` entries, from `start` on."""

    start: int
    period: int
    count: int


def runs(entries: Sequence[Hashable], at_least: int = 3, longest: int = 6) -> list[Run]:
    """The whole list as runs, in order. What repeats fewer than `at_least` times are runs of one entry.

    Time: len(entries) * longest, at most.
    """
    size = len(entries)
    numbers: dict[Hashable, int] = {}
    tokens = [numbers.setdefault(entry, len(numbers)) for entry in entries]
    # matches[p][i]: for how many entries from i on each one equals the one p places later
    matches = {}
    for period in range(1, min(longest, size // at_least) + 1):
        counts = [0] * (size + 1)
        for i in range(size - period - 1, -1, -1):
            counts[i] = counts[i + 1] + 1 if tokens[i] == tokens[i + period] else 0
        matches[period] = counts
    found = []
    i = 0
    while i < size:
        best = Run(i, 1, 1)
        for period, counts in matches.items():
            count = counts[i] // period + 1
            if count >= at_least and (count - 1) * period > (best.count - 1) * best.period:
                best = Run(i, period, count)
        found.append(best)
        i += best.period * best.count
    return found

"""The check that there is no loop over the samples, whichever homework asks for it."""

from __future__ import annotations

from autograder.checks.check import Check, Expected
from autograder.checks.snippets import COUNT_STEPS

__all__ = ["no_loop"]


def no_loop(points: float, package: str, imports: str, *run: str, title: str, instead: str) -> Check:
    """A check that 60 samples take no more lines of the student's files than 4.

    package: what the paths of these files have in them.   run: the body of a function of n, the number of samples.
    instead: what to use instead of a loop.
    """
    count = COUNT_STEPS.replace("mytorch", package)
    assert count != COUNT_STEPS
    body = "".join(f"    {line}\n" for line in run)
    return Check(
        title,
        points,
        f"import sys\n{imports}\ndef run(n):\n{body}{count}",
        {"many < few + 50": Expected(True, otherwise=f"there is a loop over the samples: use {instead}")},
    )

"""Correct solutions in other styles than ours have full points, and no warning but what is true of them.

A recursive walk with loops over arguments; nodes sorted first, with a dict of gradients; families of operations with
their derivatives as functions; and as much as can be in NumPy.
"""

import pytest
from packages import ROOT, append, copy_package
from styles import STYLES

RECURSION = {"a chain of 5000 operations", "40 times y = y + y, in time"}


@pytest.mark.parametrize("style", STYLES)
def test_full_points(style, tmp_path, graded):
    copy_package(ROOT / "course/hw1", tmp_path)
    for file, text in STYLES[style].items():
        append(tmp_path, file, text)
    result = graded(tmp_path)
    outcomes = [outcome for problem in result.results for outcome in problem.outcomes]
    warnings = {outcome.check.title for outcome in outcomes if outcome.findings}
    assert warnings == (RECURSION if style == "recursive" else set())
    assert result.points == 100

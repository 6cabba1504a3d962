"""Hidden checks stay out of the starter."""

import pytest

from course.errors import CourseError
from course.hidden import without_hidden_checks

CHECKS = """SECRET = "ä"
PROBLEM = Problem("1", (
    Check("ä open", 1),
    Check("ä hidden",
          2, hidden=True),
    Check("open too", 3, hidden=False),
))
LAST = [Check("open", 4), check.Check("hidden ä", 5, hidden=True)]
FIRST = (Check("hidden", 6, hidden=True), Check("open", 7))
ONLY = (Check("hidden", 8, hidden=True),)
"""


def check(*arguments, hidden=False):
    return (*arguments, hidden)


def test_elements_are_left_out():
    text = without_hidden_checks(CHECKS, "checks.py")
    space = {"Check": check, "Problem": lambda *arguments: arguments, "check": None}
    exec(text, space)
    assert space["PROBLEM"][1] == (("ä open", 1, False), ("open too", 3, False))
    assert space["LAST"] == [("open", 4, False)]
    assert space["FIRST"] == (("open", 7, False),)  # a tuple still
    assert space["ONLY"] == ()
    assert "hidden ä" not in text


def test_other_files_are_not_touched():
    for text in (
        "x = 1\n",
        "class Check:\n    hidden: bool = False\n",
        "show(hidden=False)\n",
        "row(hidden=c.hidden)\n",
    ):
        assert without_hidden_checks(text, "x.py") is text or without_hidden_checks(text, "x.py") == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nCHECK = Check('a', hidden=True)\n", "checks.py, line 2: a hidden check must be an element"),
        ("CHECKS = (replace(c, hidden=yes),)\n", "checks.py, line 1: hidden= must be True or False"),
        ("CHECKS = [Check(hidden=is_hidden(c)) for c in cs]\n", "checks.py, line 1: hidden= must be True or False"),
        ("CHECKS = (Check(x=(Check(hidden=True),), hidden=True),)\n", "inside of a hidden check"),
        ("hidden = (\n", "checks.py, line 1"),
    ],
)
def test_what_cannot_be_cut_out_is_an_error(text, message):
    with pytest.raises(CourseError) as caught:
        without_hidden_checks(text, "checks.py")
    assert message in str(caught.value)

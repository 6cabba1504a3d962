"""docs/handout_002_checks.md: every demand of the handout has its row, every check is named, every name is a check."""

import re

from packages import PROBLEMS, ROOT

TABLE = (ROOT / "docs/handout_002_checks.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TABLE.splitlines()
    if re.match(r"\| [0-9A-C]", line)
]
# How many demands each section of the handout has.
DEMANDS = {
    "0": 2, "0.1.4": 4, "0.1.5": 7, "0.1.6": 1, "0.1.7": 1, "0.2": 2, "0.3": 1, "1": 1, "1.1.1": 4, "1.1.2": 3,
    "1.1.3": 3,
    "2.1": 7, "2.2": 3, "2.3": 3, "2.4": 8, "2.5": 3, "2.6": 3, "3.1": 3, "3.2": 5, "3.3": 3, "A": 5, "B": 3, "C": 1,
}  # fmt: skip
CHECKS = {f"{problem.number}: {check.title}": check for problem in PROBLEMS["1"] for check in problem.checks}


def named():
    """(row, name, whether it says that there are no points) of all that stands in the last column."""
    for key, _, answer in ROWS:
        for name, without in re.findall(r"`([^`]+)`( \(0\))?", answer):
            if ": " in name:
                yield key, name, bool(without)


def test_every_demand_has_a_row_with_an_answer():
    keys = [row[0] for row in ROWS]
    assert keys == [f"{section}/{i}" for section, count in DEMANDS.items() for i in range(1, count + 1)]
    for key, demand, answer in ROWS:
        assert len(demand) > 10, key
        assert "`" in answer or answer.startswith("*none*"), key


def test_every_check_that_is_named_exists():
    judge = " ".join((ROOT / "autograder/hw1_autograder/mnist_judge.py").read_text(encoding="utf-8").split())
    for key, name, without_points in named():
        if name.startswith("m: "):
            assert name.removeprefix("m: ") in judge, (key, name)
        else:
            assert name in CHECKS, (key, name)
            assert CHECKS[name].beyond == without_points, (key, name)


def test_every_check_is_named():
    """But for the hidden ones: the table goes to the students."""
    assert {title for title, check in CHECKS.items() if not check.hidden} - {name for _, name, _ in named()} == set()

"""The guides: their commands are understood, their links lead somewhere, and hw3 is as they show it."""

import re
import shlex

import pytest

from course.commands import _parser
from course.homeworks import ROOT

GUIDES = ("docs/instructors.md", "docs/students.md")


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_and_links(guide):
    text = (ROOT / guide).read_text(encoding="utf-8")
    commands = re.findall(r"python -m course ([^`\n|]+?)`? *(?:$|[`|])", text, re.MULTILINE)
    commands = [command for command in commands if not command.startswith("--help")]
    assert commands
    for command in commands:
        _parser().parse_args(shlex.split(command))  # ends the test if it is none
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert "://" in link or (ROOT / "docs" / link).is_file(), link


def test_the_commands_of_the_first_guide_are_all_found():
    text = (ROOT / GUIDES[0]).read_text(encoding="utf-8")
    for command in (
        "starter hw1",
        "starter hw3",
        "pack gradescope",
        "pack autolab",
        "pack classroom",
        "grade",
        "similarity",
    ):
        assert f"python -m course {command} " in text


def test_the_mistake_that_the_guide_makes_is_named(solved, run, tmp_path):
    run(tmp_path, "cp", "-R", f"{solved['hw3']}/.", tmp_path)
    run(tmp_path, "sed", "-i", "s/ + self.bias_hh//", "mytorch/nn/rnn_cell.py")
    done = run(tmp_path, "./grade.sh", "3", "--problem", "3.2")
    assert "bias_hh is missing" in done.stdout


def test_the_guides_solution_is_the_one_in_the_folder():
    guide = (ROOT / GUIDES[0]).read_text(encoding="utf-8")
    for file in ("course/hw3/mytorch/nn/rnn_cell.py",):
        text = (ROOT / file).read_text(encoding="utf-8")
        block = next(b for b in re.findall(r"```py(?:thon)?\n(.*?)```", guide, re.DOTALL) if "BEGIN SOLUTION" in b)
        assert block in text

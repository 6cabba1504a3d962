"""Points: the sum of the checks', hidden ones included, and what a course makes of them; --fail-under and --json."""

import dataclasses
import json

import pytest
from packages import ROOT, STUDENT_SOLUTION

from autograder.checks.check import Check, Problem
from autograder.checks.draw import Draw
from autograder.checks.points import PointsError, with_points
from autograder.harness.handin import MYTORCH
from autograder.hw1_autograder import runner

OPEN = Check("open", 8, "x = 1", {"x": 1})
SECRET = Check("secret", 2, "x = 2", {"x": 2}, hidden=True)


def test_hidden_checks_share_the_points():
    problem = Problem("1", "t", 8, (OPEN, SECRET))
    assert [check.points for check in problem.checks] == pytest.approx([6.4, 1.6])
    assert dataclasses.replace(problem).checks == problem.checks  # a copy is not scaled again
    with pytest.raises(ValueError, match="worth 9 points, its checks add up to 8"):
        Problem("1", "t", 9, (OPEN, SECRET))


def test_a_course_changes_the_points(tmp_path):
    problems = (Problem("1", "t", 8, (OPEN,)), Problem("2", "t", 8, (OPEN, SECRET)))
    assert with_points(problems, tmp_path) == problems
    (tmp_path / "points.json").write_text('{"2": 30}')
    kept, changed = with_points(problems, tmp_path)
    assert kept == problems[0]
    assert changed.points == 30
    assert [check.points for check in changed.checks] == pytest.approx([24, 6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"7": 1}', "there is no problem 7; expected one of 1"),
        ('{"1": 0}', "expected a positive number of points, got 0"),
        ('{"1": true}', "got True"),
        ('{"1": "5"}', "got '5'"),
    ],
)
def test_a_wrong_file_of_points(tmp_path, text, message):
    (tmp_path / "points.json").write_text(text)
    with pytest.raises(PointsError) as caught:
        with_points((Problem("1", "t", 8, (OPEN,)),), tmp_path)
    assert message in str(caught.value)


def test_hw1_has_hidden_checks_and_its_points_are_their_sum():
    problems = runner.problems(Draw(3))
    for problem in problems:
        assert sum(check.points for check in problem.checks) == pytest.approx(problem.points)
    assert {problem.number for problem in problems if any(c.hidden for c in problem.checks)} == {
        *("1.1.1", "1.1.2", "1.1.3", "1.2", "2.1", "2.5")
    }


@pytest.mark.parametrize(("percent", "status"), [("100", 0), ("0", 0)])
def test_fail_under_and_json(tmp_path, monkeypatch, capsys, percent, status):
    arguments = ["--student", str(STUDENT_SOLUTION), "--problem", "2.2", "--json", str(tmp_path / "r.json")]
    monkeypatch.setattr("sys.argv", ["runner.py", *arguments, "--fail-under", percent])
    assert runner.main() == status
    record = json.loads((tmp_path / "r.json").read_text())
    assert (record["score"], record["max_score"]) == (5, 5)
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]
    assert str(ROOT) not in capsys.readouterr().out


def test_fail_under_is_red_for_less(student_copy, monkeypatch, capsys):
    (student_copy / "mytorch/nn/activations.py").write_text("")
    for percent, status in (("100", 1), ("0", 0)):
        arguments = ["--student", str(student_copy), "--problem", "2.2", "--fail-under", percent]
        monkeypatch.setattr("sys.argv", ["runner.py", *arguments])
        assert runner.main() == status
        assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"scores": {"2.2": 0}}


def test_a_folder_around_everything(tmp_path):
    (tmp_path / "my homework/mytorch").mkdir(parents=True)
    assert MYTORCH.find(tmp_path) == tmp_path / "my homework"
    (tmp_path / "other/mytorch").mkdir(parents=True)
    assert MYTORCH.find(tmp_path) == tmp_path  # which of the two?

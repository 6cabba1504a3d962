"""python -m course grade: a small class, whole; again; one problem anew; gradebooks; what cannot be graded."""

import csv
import io
import json
import os
import tarfile
import zipfile

import pytest
from course_class import make_class

from course.commands import main
from course.errors import CourseError
from course.grading.gradebook import LatePolicy, read_late_days, read_roster, rows_of
from course.grading.student_report import as_markdown
from course.grading.submissions import find_submissions

STUDENTS = 5
OUTSIDE = "../outside.py"


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """A class of 5, a tarball that leads out of its folder and a text file, graded once: (submissions, results)."""
    root = tmp_path_factory.mktemp("class")
    make_class(root / "submissions", STUDENTS)
    with tarfile.open(root / "submissions/evil.tar", "w") as tar:
        entry = tarfile.TarInfo(OUTSIDE)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    (root / "submissions/notes.txt").write_text("no submission")
    (root / "late.csv").write_text("submission,late_days\nstudent001,2\nnobody,3\n")
    return root


def grade(root, *options):
    return main(["grade", str(root / "submissions"), "--homework", "hw1", "--output", str(root / "results"), *options])


@pytest.fixture(scope="module")
def graded(class_):
    options = ["--roster", str(class_ / "roster.csv"), "--late-days", str(class_ / "late.csv"), "--title", "HW 1 (77)"]
    assert grade(class_, *options) == 0
    return class_ / "results"


def record(results, name):
    return json.loads((results / f"students/{name}.json").read_text())


def table(file):
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_report_per_student(graded):
    names = [*(f"student{n:03}" for n in range(STUDENTS)), "evil"]
    assert sorted(path.name for path in (graded / "students").iterdir()) == sorted(
        f"{name}.{suffix}" for name in names for suffix in ("json", "md")
    )
    scores = {name: record(graded, name)["score"] for name in names}
    assert scores["evil"] == 0
    assert len(set(scores.values())) > 3
    assert len({record(graded, name)["seed"] for name in names if name != "evil"}) == 1
    for name in names[:-1]:
        problems = record(graded, name)["problems"]
        assert sum(p["score"] for p in problems) == pytest.approx(scores[name])
        assert sum(p["max_score"] for p in problems) == 100
        text = (graded / f"students/{name}.md").read_text()
        assert f"{scores[name]:g} of 100 points" in text
        for problem in problems:
            for check in problem["checks"]:
                if check["hidden"]:
                    assert check["snippet"] not in text


def test_archives_that_lead_out_are_refused(graded, class_):
    assert "leads out of the folder" in record(graded, "evil")["error"]
    assert not list(class_.rglob("outside.py"))


def test_the_gradebooks(graded):
    rows = table(graded / "grades.csv")
    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "HW 1 (77)"]
    grades = {row["SIS Login ID"]: float(row["HW 1 (77)"]) for row in rows}
    assert {row["ID"] for row in rows} == {*(str(1000 + n) for n in range(STUDENTS)), ""}  # evil is in no row
    for n in range(STUDENTS):
        name = f"student{n:03}"
        factor = 0.8 if n == 1 else 1
        assert grades[name] == pytest.approx(factor * record(graded, name)["score"], abs=0.01)
    moodle = table(graded / "moodle.csv")
    assert list(moodle[0]) == ["Email address", "ID number", "HW 1 (77)", "HW 1 (77) feedback"]
    assert "2 days late" in moodle[1]["HW 1 (77) feedback"]


def test_the_statistics(graded):
    text = (graded / "statistics.md").read_text()
    assert f"{STUDENTS + 1} submissions, {STUDENTS} of them graded" in text
    assert "(hidden)" in text
    assert "- evil: " in text
    assert (graded / "statistics.png").read_bytes().startswith(b"\x89PNG")


def test_again_only_what_is_new_or_changed(graded, class_, monkeypatch):
    from course.commands import grade as command

    calls = []
    real = command.grade_submission
    monkeypatch.setattr(
        command,
        "grade_submission",
        lambda h, submission, *rest: calls.append(submission.name) or real(h, submission, *rest),
    )
    before = record(graded, "student002")
    os.utime(class_ / "submissions/student001/mytorch/tensor.py", (1, 1))
    assert grade(class_) == 0
    assert sorted(calls) == ["evil", "student001"]
    assert record(graded, "student002") == before


def test_one_problem_anew(graded, class_):
    file = graded / "students/student002.json"
    before = record(graded, "student002")
    forged = json.loads(file.read_text())
    for problem in forged["problems"]:
        problem["score"] = -1
    file.write_text(json.dumps(forged))
    assert grade(class_, "--problem", "2.2") == 0
    after = {p["number"]: p["score"] for p in record(graded, "student002")["problems"]}
    assert after.pop("2.2") == next(p["score"] for p in before["problems"] if p["number"] == "2.2")
    assert set(after.values()) == {-1}
    file.write_text(json.dumps(before))


def test_a_later_run_has_the_roster_and_the_late_days_of_the_first(graded, class_, capsys):
    before = [row for row in table(graded / "grades.csv") if row["SIS Login ID"] == "student001"]
    assert grade(class_, "--problem", "1.2") == 0
    assert "late, but there is no such submission: nobody\n" in capsys.readouterr().out
    assert [row for row in table(graded / "grades.csv") if row["SIS Login ID"] == "student001"] == before
    assert before[0]["ID"] == "1001"
    assert "2 days late" in (graded / "students/student001.md").read_text()


def test_results_of_another_homework_are_not_mixed(graded, class_, capsys):
    arguments = ["grade", str(class_ / "submissions"), "--output", str(graded)]
    assert main([*arguments, "--homework", "hw2"]) == 2
    assert "has the results of hw1" in capsys.readouterr().err
    assert main([*arguments, "--homework", "hw1", "--seed", "1"]) == 2
    assert "has results for --seed" in capsys.readouterr().err


# ------------------------------------------------------------------ the parts


def test_who_is_who():
    roster = [{"ID": "17", "Student": "Ann"}, {"ID": "170", "Student": "Bob"}, {"SIS Login ID": "cy", "ID": "3"}]
    grades = {"ann_17_999_handin": 1.0, "cy": 2.0, "zoe": 3.0, "170_cy": 4.0}
    rows, strangers = rows_of(roster, grades, dict.fromkeys(grades, ""))
    assert [row.grade for row in rows] == [1.0, None, 2.0, 3.0, 4.0]
    assert strangers == ["zoe", "170_cy"]


def test_names_are_no_formulas():
    (row,), _ = rows_of([], {"=cmd()": 1.0}, {"=cmd()": ""})
    assert row.person["Student"] == "'=cmd()"


def test_late_days():
    policy = LatePolicy({"a": 3, "b": 30}, grace=1, penalty=10)
    assert [policy.after(name, 50) for name in ("a", "b", "c")] == [40, 0, 50]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,days\na,1\n", "expected the columns submission,late_days"),
        ("submission,late_days\na,soon\n", "line 2: late_days must be a number of days, got 'soon'"),
        ("submission,late_days\na,-1\n", "line 2"),
    ],
)
def test_wrong_late_days(tmp_path, text, message):
    (tmp_path / "late.csv").write_text(text)
    with pytest.raises(CourseError, match=None) as caught:
        read_late_days(tmp_path / "late.csv")
    assert message in str(caught.value)


def test_a_roster_without_students(tmp_path):
    (tmp_path / "roster.csv").write_text("Name,Grade\nAnn,1\n")
    with pytest.raises(CourseError, match="expected students"):
        read_roster(tmp_path / "roster.csv")


def test_two_submissions_of_one_name(tmp_path):
    (tmp_path / "a").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w"):
        pass
    with pytest.raises(CourseError, match=r"two submissions are called a: a and a\.zip"):
        find_submissions(tmp_path)


def test_links_are_no_submissions(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("/etc")
    found, others = find_submissions(tmp_path)
    assert ([s.name for s in found], others) == (["a"], ["b"])


def test_a_report_is_text_whatever_the_code_prints():
    check = {"title": "t", "score": 0, "max_score": 1, "hidden": False, "beyond": False, "passed": False}
    check |= {"snippet": "x = 1", "with": "mytorch"}
    check |= {"output": "```\n# big\x1b[31m", "findings": [{"expression": "x", "what": "wrong", "diagnosis": ""}]}
    problem = {"number": "1", "title": "<b>", "score": 0, "max_score": 1, "bonus": False, "checks": [check]}
    record = {"broken": [], "left_out": ["mytorch/<b>.dat: no room"], "problems": [problem]}
    text = as_markdown("a*b", "T", record, "0 of 1")
    assert "Not looked at:\n\n- mytorch/\\<b\\>.dat: no room\n" in text
    assert "a\\*b" in text
    assert "\\<b\\>" in text
    assert "````text" in text
    assert "\x1b" not in text


def test_a_report_has_warnings_and_the_score_without_the_bonus():
    warning = {"title": "w", "score": 0, "max_score": 0, "hidden": False, "beyond": True, "passed": False}
    warning |= {"snippet": "", "output": "", "findings": [{"expression": "", "what": "slow", "diagnosis": ""}]}
    full = {"number": "1", "title": "a", "score": 2, "max_score": 2, "bonus": False, "checks": [warning]}
    bonus = {"number": "2", "title": "b", "score": 0, "max_score": 1, "bonus": True, "checks": [warning]}
    record = {"score": 2, "max_score": 3, "broken": [], "problems": [full, bonus]}
    text = as_markdown("a", "T", record, "2 of 3")
    assert "2 of 2 without the bonus, problem 2." in text
    assert "## Beyond the handout (no points, and nothing that you must do)\n\n- 1 w: slow\n" in text
    assert "- 2 w" not in text  # of a problem that has not all of its points
    assert "(-0)" not in text

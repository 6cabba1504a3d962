"""The packages for course servers, each run as its server runs it, and its result held against the published format."""

import json
import re
import shutil
import subprocess
import tarfile
import zipfile

import pytest

from course.commands import main

VISIBILITIES = {"visible", "hidden", "after_due_date", "after_published"}
FULL = {"1.1.1": 5, "1.1.2": 5, "1.1.3": 5, "1.2": 25, "2.1": 10, "2.2": 5, "2.3": 10, "2.4": 10, "2.5": 15, "2.6": 10}


def pack(server, file, *options):
    assert main(["pack", server, "hw1", "--output", str(file), *options]) == 0
    return file


@pytest.fixture
def broken(solved, tmp_path):
    """A solution whose backward counts a branch once only, which open and hidden checks find."""
    folder = tmp_path / "broken"
    shutil.copytree(solved["hw1"], folder)
    file = folder / "mytorch/autograd_engine.py"
    text = file.read_text(encoding="utf-8")
    old = "arrived[parent] + part.data if parent in arrived else part.data"
    assert text.count(old) == 1
    file.write_text(text.replace(old, "part.data"), encoding="utf-8")
    return folder


@pytest.fixture
def recursive(solved, tmp_path):
    """A solution with the handout's recursive walk: full points, and warnings beyond the handout."""
    folder = tmp_path / "recursive"
    shutil.copytree(solved["hw1"], folder)
    with (folder / "mytorch/autograd_engine.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef backward(grad_fn, grad):\n"
            "    for parent, part in zip(grad_fn.next_functions, grad_fn.apply(grad)):\n"
            "        if parent is not None:\n            backward(parent, part)\n"
        )
    return folder


# ------------------------------------------------------------------ Gradescope


def on_gradescope(package, submission, base, run):
    """results.json of this submission, laid into /autograder as Gradescope does it (here another folder)."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(base / "source")
    shutil.copy(base / "source/run_autograder", base / "run_autograder")
    (base / "run_autograder").chmod(0o755)
    shutil.copytree(submission, base / "submission")
    (base / "submission_metadata.json").write_text("{}")
    done = run(base, base / "run_autograder", AUTOGRADER_BASE=str(base))
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads((base / "results/results.json").read_text())
    validate_gradescope(results)
    return results


def test_warnings_without_points_are_text_and_no_failed_tests(recursive, tmp_path, run):
    results = on_gradescope(pack("gradescope", tmp_path / "g.zip"), recursive, tmp_path / "autograder", run)
    assert results["score"] == 100
    assert all(test["status"] == "passed" and test["max_score"] > 0 for test in results["tests"])
    assert results["output"].startswith("Beyond the handout (no points, and nothing that you must do):\n! 1.2 ")
    assert "a chain of 5000 operations: " in results["output"]


def validate_gradescope(results):
    known = {"score", "execution_time", "output", "output_format", "visibility", "stdout_visibility", "extra_data"}
    assert results.keys() <= known | {"tests", "leaderboard"}
    assert isinstance(results["score"], (int, float))
    assert {results["visibility"], results["stdout_visibility"]} <= VISIBILITIES
    formats = {"text", "html", "simple_format", "md", "ansi"}
    assert results["output_format"] in formats
    for test in results["tests"]:
        keys = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility"}
        assert test.keys() == keys
        assert isinstance(test["name"], str)
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in VISIBILITIES
        assert test["output_format"] in formats
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(results["score"])


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory):
    return pack("gradescope", tmp_path_factory.mktemp("pack") / "hw1.zip")


def test_gradescope_gives_the_solution_full_score(gradescope, solved, tmp_path, run):
    results = on_gradescope(gradescope, solved["hw1"], tmp_path, run)
    assert results["score"] == 100
    assert sum(test["max_score"] for test in results["tests"]) == pytest.approx(100)
    assert {test["output"] for test in results["tests"]} == {""}


def test_gradescope_shows_hidden_checks_by_name_only(gradescope, broken, tmp_path, run):
    results = on_gradescope(gradescope, broken, tmp_path / "base", run)
    assert 50 < results["score"] < 100
    (hidden,) = [test for test in results["tests"] if "two graphs of the same leaves" in test["name"]]
    (late,) = [test for test in results["tests"] if "joins late" in test["name"]]
    assert late["status"] == "failed"
    for test in (hidden, late):
        assert test["visibility"] == "visible"
        assert "grad" not in test["output"]
    open_one = next(test for test in results["tests"] if test["status"] == "failed" and test is not late)
    assert "try it in Python" in open_one["output"]


def test_gradescope_hides_until_the_due_date(solved, tmp_path, run):
    package = pack("gradescope", tmp_path / "hw1.zip", "--hidden", "after_due_date")
    results = on_gradescope(package, solved["hw1"], tmp_path / "base", run)
    kinds = {test["visibility"] for test in results["tests"]}
    assert kinds == {"visible", "after_due_date"}
    assert sum(test["visibility"] == "after_due_date" for test in results["tests"]) == 7


def test_gradescope_says_why_nothing_was_graded(gradescope, tmp_path, run):
    (tmp_path / "empty").mkdir()
    results = on_gradescope(gradescope, tmp_path / "empty", tmp_path / "base", run)
    assert (results["score"], results["tests"]) == (0, [])
    assert "there is no folder mytorch" in results["output"]


def test_gradescopes_files_are_at_the_root(gradescope):
    with zipfile.ZipFile(gradescope) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["run_autograder"] & 0o111
    assert modes["setup.sh"] & 0o111
    assert "autograder/hw1_autograder/hidden_checks.py" in modes


# ------------------------------------------------------------------ Autolab


def on_autolab(tmp_path, handin, run):
    pack("autolab", tmp_path / "autograde.tar")
    place = tmp_path / "autolab"
    place.mkdir()
    shutil.copy(tmp_path / "autograde.tar", place)
    shutil.copy(tmp_path / "autograde-Makefile", place / "Makefile")
    if handin is not None:
        with tarfile.open(place / "handin.tar", "w") as tar:
            tar.add(handin / "mytorch", "mytorch")
    done = run(place, "make")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("}}\n")
    *report, table, scores = done.stdout.splitlines()
    return report, json.loads(table), json.loads(scores)


def validate_table(table):
    assert table["_presentation"] == "semantic"
    assert table.keys() == {"_presentation", "stages", *table["stages"]}
    for stage in table["stages"]:
        for row in table[stage].values():
            assert isinstance(row["passed"], bool)
            assert isinstance(row["hint"], str)


def test_autolab_gives_the_solution_full_score(solved, tmp_path, run):
    _, table, scores = on_autolab(tmp_path, solved["hw1"], run)
    assert scores == {"scores": FULL}
    validate_table(table)
    assert all(row["passed"] for stage in table["stages"] for row in table[stage].values())


def test_autolab_shows_what_is_wrong(broken, tmp_path, run):
    report, table, scores = on_autolab(tmp_path, broken, run)
    validate_table(table)
    assert scores["scores"]["1.2"] < 25
    (stage,) = [stage for stage in table["stages"] if stage.startswith("1.2 ")]
    (late,) = [row for title, row in table[stage].items() if "joins late" in title]
    assert late == {"passed": False, "hint": "This is a hidden check: its title is all that is shown."}
    assert any("joins late" in line for line in report)
    assert not any("unused = u * u" in line for line in report)


def test_autolab_without_a_hand_in(tmp_path, run):
    report, table, scores = on_autolab(tmp_path, None, run)
    assert scores == {"scores": dict.fromkeys(FULL, 0)}
    validate_table(table)
    assert "there is no folder mytorch" in report[0]


# ------------------------------------------------------------------ GitHub Classroom


def test_classroom_is_red_unless_the_score_is_full(solved, starters, tmp_path, run):
    text = pack("classroom", tmp_path / "classroom.yml").read_text()
    (last,) = re.findall(r"- name: full score\n +run: (.*)\n", text)
    commands = re.findall(r" command: (.*)\n", text)
    points = [float(number) for number in re.findall(r"max-score: (.*)", text)]
    assert (len(commands), sum(points)) == (10, 100)
    assert "\t" not in text
    right, todo = tmp_path / "right", starters["hw1", False]
    shutil.copytree(todo, right)
    shutil.copytree(solved["hw1"] / "mytorch", right / "mytorch", dirs_exist_ok=True)
    assert run(right, "bash", "-c", last).returncode == 0
    assert run(todo, "bash", "-c", last).returncode == 1
    assert run(right, "bash", "-c", commands[3]).returncode == 0
    assert run(todo, "bash", "-c", commands[3]).returncode == 1


def test_the_workflow_is_yaml(tmp_path):
    yaml = pytest.importorskip("yaml")
    document = yaml.safe_load(pack("classroom", tmp_path / "classroom.yml").read_text())
    steps = document["jobs"]["grade"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    ids = [step["id"] for step in steps if "id" in step]
    assert ",".join(ids) == steps[-2]["with"]["runners"]


# ------------------------------------------------------------------ the command


def test_the_same_files_give_the_same_bytes(gradescope, tmp_path):
    assert pack("gradescope", tmp_path / "again.zip").read_bytes() == gradescope.read_bytes()


def test_what_cannot_be_written(tmp_path, capsys):
    assert main(["pack", "classroom", "hw1", "--output", str(tmp_path)]) == 2
    assert "is there already, and is no file" in capsys.readouterr().err
    assert main(["pack", "classroom", "hw1", "--output", str(tmp_path / "no/file")]) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_setup_is_bash(gradescope, tmp_path):
    with zipfile.ZipFile(gradescope) as archive:
        archive.extractall(tmp_path)
    for name in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", tmp_path / name], check=False).returncode == 0

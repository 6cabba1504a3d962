"""The packages of layers and logistic, whose hand-ins are no mytorch, each run as its server runs it."""

import json
import re
import shutil

import pytest
from test_pack import on_gradescope, validate_table

from course.commands import main
from course.homeworks import HOMEWORKS

EACH = pytest.mark.parametrize("name", ["layers", "logistic"])


def pack(server, name, file):
    assert main(["pack", server, name, "--output", str(file)]) == 0
    return file


def handed_in(folder, solved, name):
    """What a student drags into the browser: the files themselves, of a package without its folder."""
    folder.mkdir()
    for entry in HOMEWORKS[name].handin.entries:
        source = solved[name] / entry
        for path in source.iterdir() if source.is_dir() else [source]:
            if path.is_file():
                shutil.copy(path, folder)
    return folder


@EACH
def test_gradescope(solved, starters, tmp_path, run, name):
    package = pack("gradescope", name, tmp_path / "grader.zip")
    results = on_gradescope(package, handed_in(tmp_path / "right", solved, name), tmp_path / "full", run)
    assert results["score"] == 100
    hidden = [test for test in results["tests"] if "no square" in test["name"]]
    assert len(hidden) == (name == "layers")
    results = on_gradescope(
        package, handed_in(tmp_path / "todo", {name: starters[name, False]}, name), tmp_path / "no", run
    )
    assert results["score"] == 0
    assert "TODO" in results["tests"][0]["output"]


@EACH
def test_autolab(solved, tmp_path, run, name):
    """With the tarball that create_tarball.sh makes."""
    pack("autolab", name, tmp_path / "autograde.tar")
    student = shutil.copytree(solved[name], tmp_path / "student")
    assert run(student, "./create_tarball.sh", tmp_path / "handin.tar").returncode == 0
    (tmp_path / "autograde-Makefile").rename(tmp_path / "Makefile")
    done = run(tmp_path, "make")
    assert (done.returncode, done.stderr) == (0, "")
    *_, table, scores = done.stdout.splitlines()
    validate_table(json.loads(table))
    assert sum(json.loads(scores)["scores"].values()) == 100


@EACH
def test_classroom(solved, starters, tmp_path, run, name):
    text = pack("classroom", name, tmp_path / "classroom.yml").read_text()
    (last,) = re.findall(r"- name: full score\n +run: (.*)\n", text)
    assert len(re.findall(r" command: (.*)\n", text)) == {"layers": 7, "logistic": 5}[name]
    assert sum(float(number) for number in re.findall(r"max-score: (.*)", text)) == 100
    assert run(solved[name], "bash", "-c", last).returncode == 0
    assert run(starters[name, False], "bash", "-c", last).returncode == 1

"""The whole way of a student in a folder that the starter command has made: sandbox, points, MNIST, tarball."""

import json
import os
import shutil
import struct
import sys
import tarfile
import venv

import pytest

from course.commands import main
from course.homeworks import HOMEWORKS


@pytest.fixture(scope="module")
def folder(tmp_path_factory, run):
    """The starter of hw1, with the solution's files copied in."""
    folder = tmp_path_factory.mktemp("student") / "hw1"
    assert main(["starter", "hw1", "--output", str(folder)]) == 0
    copied = run(folder, "cp", "-R", f"{HOMEWORKS['hw1'].folder}/.", folder)
    assert (copied.returncode, copied.stderr) == (0, "")
    return folder


def test_points(folder, run):
    done = run(folder, "./grade.sh", "1")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100


@pytest.mark.parametrize("name", [name for name, homework in HOMEWORKS.items() if homework.upon])
def test_going_on_from_ones_own_homework(folder, run, tmp_path, name):
    """As the README of hw1b and hw2 says, with its line; then their solution is written."""
    later = tmp_path / name
    assert main(["starter", name, "--output", str(later)]) == 0
    (line,) = [
        line for line in (later / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("cp ")
    ]
    assert "../hw1/" in line
    run(
        later, "bash", "-c", line.replace("../hw1/", f"{folder}/")
    )  # its status differs: some cp call skipping a failure
    done = run(later, "./grade.sh", HOMEWORKS[name].grade)
    assert set(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == {0}
    assert "there is no file" not in done.stdout
    run(later, "cp", "-R", f"{HOMEWORKS[name].folder}/.", later)
    done = run(later, "./grade.sh", HOMEWORKS[name].grade)
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100


def test_sandbox(folder, run):
    done = run(folder, "python", "sandbox.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "all comparisons agree" in done.stdout
    assert "not working yet" not in done.stdout


def test_sandbox_of_the_starter(starters, run):
    """It names what is to do, and ends without a traceback."""
    done = run(starters["hw1", False], "python", "sandbox.py")
    assert "Traceback" not in done.stdout + done.stderr
    for number in ("1.1.1", "1.1.2", "1.1.3", "1.2", "2.1"):
        assert f"TODO {number}: " in done.stdout


def test_mnist_and_tarball(folder, run):
    """On the digits that come with the grader, where no other data are found."""
    done = run(folder, "./grade.sh", "m", MYTORCH_DATA=str(folder / "autograder/hw1_autograder/bundled"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Wrong" not in done.stdout
    plot = (folder / "hw1/validation_accuracy.png").read_bytes()
    assert plot.startswith(b"\x89PNG")
    assert min(struct.unpack(">II", plot[16:24])) > 300

    done = run(folder, "./create_tarball.sh")
    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(folder / "handin.tar") as tar:
        names = set(tar.getnames())
    sources = {p.relative_to(folder).as_posix() for part in ("mytorch", "hw1") for p in (folder / part).rglob("*.py")}
    assert names == {*sources, "hw1/validation_accuracy.png"}


def test_a_clone_that_is_installed_as_editable_is_not_looked_into(folder, run, tmp_path):
    """`pip install -e` puts it into sys.path: MNIST is then trained by its hw1, and its files could be read."""
    environment, clone = tmp_path / "venv", tmp_path / "clone"
    venv.create(environment, with_pip=False)
    (packages,) = environment.glob("lib/python*/site-packages")
    places = [*(path for path in sys.path if path.endswith("-packages")), str(clone)]
    (packages / "editable.pth").write_text("\n".join(places), encoding="utf-8")
    shutil.copytree(folder, clone)
    (clone / "hw1/mnist.py").write_text("raise ImportError('another hw1')\n", encoding="utf-8")
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"

    done = run(folder, "./grade.sh", "m", PATH=path, MYTORCH_DATA=str(folder / "autograder/hw1_autograder/bundled"))
    assert done.returncode == 0, done.stdout + done.stderr

    thief = tmp_path / "thief"
    shutil.copytree(folder, thief)
    engine = thief / "mytorch/autograd_engine.py"
    reading = (
        f"try:\n    open({str(clone / 'grade.sh')!r})\n"
        "except OSError:\n    pass\nelse:\n    raise SystemError('it can be read')\n"
    )
    engine.write_text(reading + engine.read_text(encoding="utf-8"), encoding="utf-8")
    done = run(thief, "./grade.sh", "1", PATH=path)
    assert "Landlock" not in done.stdout or "it can be read" not in done.stdout


def test_operations_count_before_the_engine_is_there(starters, solved, run, tmp_path):
    """1.1 is solved and 1.2 is not: the given part of Function.apply computes without recording."""
    run(tmp_path, "cp", "-R", f"{starters['hw1', False]}/.", tmp_path)
    run(tmp_path, "cp", solved["hw1"] / "mytorch/nn/functional.py", "mytorch/nn/functional.py")
    run(tmp_path, "cp", solved["hw1"] / "mytorch/tensor.py", "mytorch/tensor.py")
    done = run(tmp_path, "./grade.sh", "1")
    scores = json.loads(done.stdout.splitlines()[-1])["scores"]
    assert all(scores[number] > 1 for number in ("1.1.1", "1.1.2", "1.1.3"))
    assert scores["1.2"] == 0

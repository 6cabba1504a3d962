"""Homework bioeng: by hand and by autograd, the files that are handed in, and the servers."""

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from bioeng_results import FILES, LABELS, outcomes, write_results

import mytorch
import mytorch.nn.functional as F
from autograder.bioeng_autograder.runner import HANDIN, problems
from autograder.checks.draw import Draw
from autograder.grading.grade import grade
from autograder.harness.pool import Pool
from course.bioeng import clothes, q1
from course.commands import main
from course.commands.similarity import _copied
from course.grading.submissions import Submission
from course.homeworks import ROOT
from mytorch import Tensor, nn
from mytorch.autograd.functional import jacobian
from tools import make_hidden_clothes, notebooks


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


# ------------------------------------------------------------------ by hand and by autograd


def close(by_hand, by_autograd):
    return np.abs(np.asarray(by_hand) - by_autograd.data).max() < 1e-10


@pytest.mark.parametrize("seed", range(5))
def test_by_hand_is_what_autograd_computes(seed):
    rng = np.random.default_rng(seed)
    x, w, b, z = rng.normal(size=4), rng.normal(size=4), rng.normal(), 3 * rng.normal(size=6)
    wt, bt, zt = Tensor(w, requires_grad=True), mytorch.tensor(b, requires_grad=True), Tensor(z, requires_grad=True)
    y = wt @ Tensor(x) + bt
    y.backward()
    F.relu(zt).sum().backward()
    dw, db = q1.linear_backward(x)
    assert close(q1.linear_forward(x, w, b), y)
    assert close(dw, wt.grad)
    assert close(db, bt.grad)
    assert close(q1.relu_forward(z), F.relu(Tensor(z)))
    assert close(q1.relu_backward(z), zt.grad)
    assert close(q1.softmax_forward(z), F.softmax(Tensor(z), dim=0))
    assert close(q1.softmax_backward(z), jacobian(lambda t: F.softmax(t, dim=0), Tensor(z)))


def test_cross_entropy_is_the_handouts_sum():
    """L = -sum over i and c of y_ic log(y^_ic), of probabilities; ours is given the logits."""
    logits, labels = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    y, y_hat = np.eye(3)[labels], np.stack([q1.softmax_forward(row) for row in logits])
    loss = nn.CrossEntropyLoss(reduction="sum")(Tensor(logits), Tensor(labels))
    assert close(-(y * np.log(y_hat)).sum(), loss)


# ------------------------------------------------------------------ names


def test_a_renamed_function_is_told(handed_in, pool):
    text = (handed_in / "q1.py").read_text(encoding="utf-8").replace("relu_forward", "relu")
    (handed_in / "q1.py").write_text(text, encoding="utf-8")
    found = [findings for _, hidden, findings in outcomes(handed_in, pool, "1.2") if not hidden]
    assert "'q1' has no attribute 'relu_forward'" in found[0][0]
    assert found[1:] == [[], []]


def test_a_renamed_file_is_told(handed_in, pool):
    (handed_in / "q1.py").rename(handed_in / "question1.py")
    (findings,) = {tuple(findings) for *_, findings in outcomes(handed_in, pool, "1.2")}
    assert "there is no file q1.py" in findings[0]
    assert {tuple(findings) for *_, findings in outcomes(handed_in, pool, "2.3", "2.4")} == {()}


# ------------------------------------------------------------------ the data


def test_the_drawings():
    images, labels = clothes.pictures(60, seed=3)
    assert (images.shape, images.dtype, labels.dtype) == ((60, 28, 28), np.uint8, np.int64)
    assert set(labels) == set(range(len(clothes.CLASSES)))
    again, same = clothes.pictures(60, seed=3)
    assert (again == images).all()
    assert (same == labels).all()
    assert clothes.hidden_pictures().shape == (len(LABELS), 28, 28)


def test_an_instructors_own_hidden_set(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_hidden_clothes, "IMAGES", tmp_path / "images.npz")
    monkeypatch.setattr(make_hidden_clothes, "LABELS", tmp_path / "hidden/labels.txt")
    assert make_hidden_clothes.main(["--seed", "5"]) == 0
    assert "400 pictures" in capsys.readouterr().out
    images, labels = clothes.pictures(400, 5)
    assert (np.load(tmp_path / "images.npz")["images"] == images).all()
    assert (tmp_path / "hidden/labels.txt").read_text().split() == [str(label) for label in labels]


def test_students_do_not_get_the_labels(starters):
    folder = starters["bioeng", False]
    assert (folder / "hidden_images.npz").is_file()
    assert not (folder / "autograder/bioeng_autograder/hidden").exists()
    assert "hidden=True" not in (folder / "autograder/bioeng_autograder/q2_checks.py").read_text()


# ------------------------------------------------------------------ from the notebook to the servers


@pytest.mark.slow
def test_the_notebook_in_a_students_folder(solved, run, tmp_path):
    """q2.ipynb is run in a solved folder, and what it leaves has full score with the hidden checks."""
    pytest.importorskip("nbclient", reason="set up with pip install -e '.[notebooks]'")
    folder = tmp_path / "bioeng"
    shutil.copytree(solved["bioeng"], folder)
    for name in FILES[2:]:
        (folder / name).unlink()
    lines = notebooks.run(folder / "q2.ipynb", folder)
    assert any("of the validation pictures are right" in line for line in lines)
    runner = ROOT / "autograder/bioeng_autograder/runner.py"
    done = run(tmp_path, sys.executable, "-I", runner, "--student", folder, "--fail-under", "100")
    assert done.returncode == 0, done.stdout


def test_the_tarball(solved, run, tmp_path):
    folder = tmp_path / "bioeng"
    shutil.copytree(solved["bioeng"], folder)
    done = run(folder, "./create_tarball.sh")
    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(folder / "handin.tar") as archive:
        assert archive.getnames() == sorted(FILES)
    (folder / "my_model.pt").unlink()
    done = run(folder, "./create_tarball.sh")
    assert "left out (missing): my_model.pt" in done.stdout
    (folder / "q1.py").unlink()
    assert "q1.py is missing" in run(folder, "./create_tarball.sh").stderr


def test_gradescope(handed_in, run, tmp_path_factory):
    base = tmp_path_factory.mktemp("gradescope")
    assert main(["pack", "gradescope", "bioeng", "--output", str(base / "package.zip")]) == 0
    with zipfile.ZipFile(base / "package.zip") as archive:
        archive.extractall(base / "source")
    write_results(handed_in, right=0.5)
    shutil.copytree(handed_in, base / "submission")
    done = run(base, "bash", base / "source/run_autograder", AUTOGRADER_BASE=str(base))
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads((base / "results/results.json").read_text())
    (failed,) = [test for test in results["tests"] if test["status"] == "failed"]
    assert failed["name"].endswith("90 % of the hidden set")
    assert failed["output"] == "This is a hidden check: its title is all that is shown."
    assert results["score"] == pytest.approx(100 - failed["max_score"])


def test_autolab(handed_in, run, tmp_path_factory):
    place = tmp_path_factory.mktemp("autolab")
    assert main(["pack", "autolab", "bioeng", "--output", str(place / "autograde.tar")]) == 0
    shutil.copy(place / "autograde-Makefile", place / "Makefile")
    with tarfile.open(place / "handin.tar", "w") as tar:
        for name in FILES:
            tar.add(handed_in / name, name)
    done = run(place, "make")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100


def test_classroom(tmp_path, solved, starters, run):
    assert main(["pack", "classroom", "bioeng", "--output", str(tmp_path / "classroom.yml")]) == 0
    last = [line for line in (tmp_path / "classroom.yml").read_text().splitlines() if "run: ./grade" in line][-1]
    command = last.partition("run: ")[2]
    for folder, status in ((solved["bioeng"], 0), (starters["bioeng", False], 1)):
        assert run(folder, "bash", "-c", command).returncode == status


def test_what_is_compared_for_similarity(handed_in, tmp_path_factory):
    target = tmp_path_factory.mktemp("compared")
    assert _copied(Submission("ada", handed_in), HANDIN, target) == "ada"
    assert [path.name for path in (target / "ada").rglob("*")] == ["q1.py"]


def test_mytorch_may_not_do_the_homework(handed_in, pool):
    """Where mytorch is a library and not the homework, it is forbidden in q1.py as torch is."""
    with (handed_in / "q1.py").open("a") as file:
        file.write("\n\ndef helper():\n    from mytorch import Tensor\n    return Tensor\n")
    wanted = [problem for problem in problems(Draw(0)) if problem.number == "1.1"]
    grading = grade(wanted, handed_in, pool, handin=HANDIN)
    assert grading.points == 0
    assert "imports mytorch, which the handout forbids" in grading.broken["q1"]


def test_it_is_not_found_in_an_empty_folder(tmp_path):
    runner = ROOT / "autograder/bioeng_autograder/runner.py"
    done = subprocess.run([sys.executable, "-I", runner, "--student", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is none of q1.py, q2.ipynb, predictions.npy, my_model.pt in" in done.stderr

"""The folder of a student of homework layers: all that its README says can be done there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tarfile

import numpy as np
import pytest

from course.homeworks import COURSE, ROOT


def test_the_local_tests_are_23_and_15_of_them_fail_at_first(starters, solved, run):
    done = run(starters["layers", False], "python", "-m", "unittest", "-v")
    assert "Ran 23 tests" in done.stderr
    assert re.findall(r"FAILED \((.*)\)", done.stderr) == ["errors=15"]
    assert done.stderr.count("... ok") == 8
    done = run(solved["layers"], "python", "-m", "unittest", "-v")
    assert re.search(r"Ran 23 tests.*\n\nOK", done.stderr)
    done = run(solved["layers"], "python", "-m", "unittest", "-v", "tests.test_layers.TestConv2D.test_forward")
    assert "Ran 1 test" in done.stderr


def test_check_gradients_finds_a_wrong_backward(solved, run, tmp_path):
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    done = run(folder, "python", "check_gradients.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "WRONG" not in done.stdout
    assert len(done.stdout.splitlines()) == 20
    file = folder / "neural_networks/layers.py"
    file.write_text(file.read_text().replace("place += dLdZ @ W[i, j].T", "place += dLdZ @ W[-1 - i, j].T"))
    done = run(folder, "python", "check_gradients.py", "Conv2D")
    assert done.returncode == 1
    assert re.findall(r"dL/d(\w)\s.*WRONG", done.stdout) == ["X", "X"]  # of both Conv2D; their W and b are right
    done = run(folder, "python", "check_gradients.py", "Conv3D")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected one of Linear" in done.stderr


def test_iris_is_learned_and_the_run_is_kept(solved, run, tmp_path):
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    done = run(folder, "python", "train_ffnn.py", "--epochs", "30", "--name", "first", "--decay", "0.99", "--clip", "5")
    assert done.stderr == ""
    assert float(re.findall(r"test error ([\d.]+)%", done.stdout)[0]) < 15
    (kept,) = (folder / "experiments/first").iterdir()
    assert {path.name for path in kept.iterdir()} == {
        "hyperparameters.json",
        "parameters.npz",
        "losses.csv",
        "loss.png",
    }
    assert json.loads((kept / "hyperparameters.json").read_text())["decay"] == 0.99
    with np.load(kept / "parameters.npz") as parameters:
        assert {name: parameters[name].shape for name in parameters.files} == {
            "0.W": (4, 16), "0.b": (1, 16), "1.W": (16, 3), "1.b": (1, 3),
        }  # fmt: skip
    losses = np.loadtxt(kept / "losses.csv")
    assert len(losses) == 30 * 9
    assert losses[-20:].mean() < losses[:5].mean() / 3


@pytest.mark.slow
def test_lenet_learns_the_bundled_digits(solved, run, tmp_path):
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    done = run(folder, "python", "train_conv.py", "--epochs", "1")
    assert done.stderr == ""
    assert float(re.findall(r"accuracy ([\d.]+)%", done.stdout)[-1]) > 70  # of 5,000 digits, one epoch


def test_the_submission_generator(solved, run, tmp_path):
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    arguments = ["--format", "latex", "--heading_level", "2", "--output", "submission.tex"]
    done = run(folder, "python3", "generate_submission.py", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    text = (folder / "submission.tex").read_text()
    titles = ["Activation functions", "Layers", "Losses", "Model"]
    assert re.findall(r"\\subsection\{(.*)\}", text) == titles
    done = run(folder, "python3", "generate_submission.py", "--format", "markdown", "--heading_level", "3")
    assert re.findall(r"^### (.*)$", done.stdout, re.MULTILINE) == titles
    assert "def _init_parameters" in done.stdout


NAMES = "ReLU SoftMax FullyConnected Conv2D Pool2D CrossEntropy"
NAMES += " NeuralNetwork.forward NeuralNetwork.backward NeuralNetwork.predict"


def test_the_submission_shows_the_students_helpers_and_nothing_given(starters, solved, run, tmp_path):
    def shown(folder):
        done = run(folder, "python3", "generate_submission.py")
        assert (done.returncode, done.stderr) == (0, "")
        return re.findall(r"^## `(.*)`$", done.stdout, re.MULTILINE)

    assert shown(starters["layers", False]) == NAMES.split()
    helpers = ["windows", "places"]  # Conv2D and Pool2D call them
    assert shown(solved["layers"]) == [*NAMES.split()[:5], *helpers, *NAMES.split()[5:]]
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    for file in ("activations", "losses", "models"):
        with (folder / f"neural_networks/{file}.py").open("a") as stream:
            stream.write(f"\n\ndef helper_in_{file}():\n    pass\n")
    assert [name for name in shown(folder) if name.startswith("helper")] == [
        "helper_in_activations", "helper_in_losses", "helper_in_models",
    ]  # fmt: skip


def test_the_submissions_help_is_about_this_script_and_homework(solved, run):
    for program in ("python3 generate_submission.py", "python -m course.export"):
        done = run(solved["layers"], *program.split(), "--help", COLUMNS="80")
        assert done.stdout.startswith(f"usage: {program} [-h]")
        examples = re.findall(r"^  (python.*)$", done.stdout, re.MULTILINE)
        assert len(examples) == 3
        assert all(line.startswith(f"{program} ") for line in examples)
        for line in examples[1:]:  # the code that they name is there
            assert run(solved["layers"], *shlex.split(line)).stderr == ""


def test_the_tarball_names_its_author(solved, run, tmp_path):
    folder = shutil.copytree(solved["layers"], tmp_path / "student")
    done = run(folder, "./create_tarball.sh")
    assert "neural_networks/README.md says nothing after Name and Student ID" in done.stderr
    (folder / "neural_networks/README.md").write_text("Name: Ada\n\nStudent ID: 1815\n")
    done = run(folder, "./create_tarball.sh")
    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(folder / "handin.tar") as tar:
        names = tar.getnames()
        assert "Ada" in tar.extractfile("neural_networks/README.md").read().decode()
    assert {"train_ffnn.py", "neural_networks/layers.py"} <= set(names)
    assert not [name for name in names if not name.startswith("neural_networks/") and name != "train_ffnn.py"]


@pytest.mark.parametrize("around", ["", "my homework"])
def test_files_without_their_folder_are_graded(run, tmp_path, around):
    """Dragged and dropped one by one, as handout 001 has it."""
    folder = tmp_path / "handin" / around
    folder.mkdir(parents=True)
    for path in (COURSE / "layers/neural_networks").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    shutil.copy(COURSE / "layers/train_ffnn.py", folder)
    runner = ROOT / "autograder/layers_autograder/runner.py"
    done = run(tmp_path, "python", runner, "--student", tmp_path / "handin")
    assert (done.returncode, done.stderr) == (0, "")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100

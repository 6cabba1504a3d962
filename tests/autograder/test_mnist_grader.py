"""./grade.sh m: training, the form of what mnist() returns, the threshold and the plot."""

import os
import re
import struct
import subprocess
import sys

import pytest
from packages import ROOT, STUDENT_SOLUTION, copy_package, flat

SCRIPT = ROOT / "autograder/hw1_autograder/test_mnist.py"
DATA = ROOT / "mytorch/datasets/bundled"  # given as --data, so that nothing is downloaded

TRAINING = """
import numpy as np

from mytorch.nn.activations import ReLU
from mytorch.nn.batchnorm import BatchNorm1d
from mytorch.nn.linear import Linear
from mytorch.nn.loss import CrossEntropyLoss
from mytorch.nn.sequential import Sequential
from mytorch.optim.sgd import SGD
from mytorch.tensor import Tensor


def mnist(train_x, train_y, val_x, val_y):
    model = Sequential(Linear(784, 20), BatchNorm1d(20), ReLU(), Linear(20, 10))
    optimizer, criterion = SGD(model.parameters(), lr=0.1), CrossEntropyLoss()
    accuracies = []
    for _ in range(3):
        order = np.random.permutation(len(train_x))
        for i, start in enumerate(range(0, len(order), 100)):
            rows = order[start : start + 100]
            model.train()
            optimizer.zero_grad()
            criterion(model(Tensor(train_x[rows])), Tensor(train_y[rows])).backward()
            optimizer.step()
            if i % 100 == 0:
                model.eval()
                accuracies.append(np.mean(model(Tensor(val_x)).data.argmax(axis=1) == val_y))
    return accuracies
"""


@pytest.fixture
def student(tmp_path):
    """A folder with the student solution and an hw1/mnist.py."""
    folder = copy_package(STUDENT_SOLUTION, tmp_path / "student")
    (folder / "hw1").mkdir()
    (folder / "hw1/mnist.py").write_text(TRAINING, encoding="utf-8")
    return folder


def run(*arguments, command=(sys.executable, SCRIPT), cwd=None, data=DATA):
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    command = [*command, "--data", data, *arguments]
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def returning(folder, value):
    """Let the student's mnist() return this expression."""
    text = f"import numpy as np\n\n\ndef mnist(train_x, train_y, val_x, val_y):\n    return {value}\n"
    (folder / "hw1/mnist.py").write_text(text, encoding="utf-8")


def png_size(file):
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    return struct.unpack(">II", data[16:24])


def test_the_reference(tmp_path):
    plot = tmp_path / "plot.png"
    ended = run("--plot", plot, command=(ROOT / "grade.sh", "m"), cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(r"4,\d+ images train, \d+ validate", ended.stdout)
    assert "at the end of 3 validations" in ended.stdout
    assert "a correct solution reaches 80% on these data: reached" in ended.stdout
    assert min(png_size(plot)) > 300


def test_a_student_gets_the_plot_in_the_hw1_folder(student):
    ended = run("--student", ".", cwd=student)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "reached" in ended.stdout
    assert min(png_size(student / "hw1/validation_accuracy.png")) > 300


def test_the_students_mytorch_is_the_one_that_trains(student):
    file = student / "mytorch/optim/sgd.py"
    file.write_text(file.read_text(encoding="utf-8") + "\nSGD.step = lambda self: None\n", encoding="utf-8")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert "a correct solution reaches 80% on these data: NOT REACHED" in ended.stdout
    assert (student / "hw1/validation_accuracy.png").exists()


WRONG = {
    "no list": ("None", "mnist() must return a list of validation accuracies, it returned NoneType"),
    "array": ("np.ones(3)", "it returned ndarray"),
    "empty": ("[]", "returned an empty list; an epoch has 4"),
    "text": ("['a']", "mnist() must return numbers, item 0 is 'a'"),
    "arrays": ("[np.ones(2)]", "mnist() must return numbers, item 0 is array([1., 1.])"),
    "percent": ("[10.0, 80.0, 91.5]", "numbers from 0 to 1, item 0 is 10; fractions, not percentages"),
    "nan": ("[0.1, float('nan'), 0.9]", "item 1 is nan"),
    "exception": ("unknown", "NameError: name 'unknown' is not defined (hw1/mnist.py, line 5, in mnist)"),
    "sys.exit": ("exit(0)", "the code called sys.exit()"),
    "os._exit": ("__import__('os')._exit(0)", "the training ended its process, with exit status 0"),
    "fake": ("print('Result reached') or [0.1, 0.2, 0.3]", "NOT REACHED"),
}


@pytest.mark.parametrize(("value", "message"), WRONG.values(), ids=WRONG)
def test_wrong_results_are_explained(value, message, student):
    returning(student, value)
    ended = run("--student", student)
    assert ended.returncode == 1
    assert message in flat(ended.stdout)


def test_a_wrong_number_of_validations_is_noticed(student):
    returning(student, "[0.95] * 4")
    ended = run("--student", student, "--plot", student / "a.png")
    assert ended.returncode == 0  # one per epoch, four epochs
    (student / "hw1/mnist.py").write_text("def mnist(*data, epochs): return [0.95] * 4\n", encoding="utf-8")
    ended = run("--student", student, "--plot", student / "b.png", "--epochs", "5")
    assert ended.returncode == 1
    assert "4 accuracies; 5 are expected: one every 100 batches, 4" in flat(ended.stdout)
    assert (student / "b.png").exists()


def test_options_reach_mnist_or_are_refused(student):
    returning(student, "[0.95] * 3")
    ended = run("--student", student, "--epochs", "3")
    assert ended.returncode == 1
    assert "has no argument epochs, so --epochs cannot be used" in flat(ended.stdout)
    text = "def mnist(*data, epochs, seed): return [epochs / 10, seed / 10]\n"
    (student / "hw1/mnist.py").write_text(text, encoding="utf-8")
    ended = run("--student", student, "--epochs", "2", "--seed", "7")
    assert ended.returncode == 0
    assert "20.00%, 70.00%" in ended.stdout
    assert "no threshold is known" in ended.stdout


def test_a_broken_file_of_the_student_is_named(student):
    (student / "mytorch/nn/batchnorm.py").write_text("def (", encoding="utf-8")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert "mytorch/nn/batchnorm.py cannot be imported: SyntaxError" in flat(ended.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "--epochs must be at least 1"),
        (["--student", "/nowhere"], "there is no hw1/mnist.py in /nowhere"),
        (["--plot", "/nowhere/plot.png"], "there is no folder /nowhere for the plot"),
        (["--speed"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments(arguments, message):
    ended = run(*arguments)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert ended.stdout == ""


def test_a_data_folder_without_mnist(tmp_path):
    ended = run("--plot", tmp_path / "plot.png", data=tmp_path)
    assert ended.returncode == 2
    assert str(tmp_path) in ended.stderr
    assert not (tmp_path / "plot.png").exists()

"""./grade.sh m: training, the form of what mnist() returns, the threshold and the plot."""

import re
import struct

import pytest
from packages import ROOT, flat
from support.mnist_grader import SOLUTION, changed, run
from support.samples import sampled

TRAINING = (SOLUTION / "hw1/mnist.py").read_text(encoding="utf-8")


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
    assert re.search(r"4,\d+ images train, \d+ validate, 500 kept back", ended.stdout)
    assert "Wrong" not in ended.stdout
    assert "at the end of 3 validations" in ended.stdout
    assert "a correct solution reaches 80% on these data: reached" in ended.stdout
    assert min(png_size(plot)) > 300


def test_a_student_gets_the_plot_in_the_hw1_folder(student):
    ended = run("--student", ".", cwd=student)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "reached" in ended.stdout
    assert "Wrong" not in ended.stdout
    assert min(png_size(student / "hw1/validation_accuracy.png")) > 300


def test_the_students_mytorch_is_the_one_that_trains(student):
    file = student / "mytorch/optim/sgd.py"
    file.write_text(file.read_text(encoding="utf-8") + "\nSGD.step = lambda self: None\n", encoding="utf-8")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert "optimizer.step() changed no weight" in ended.stdout
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


@pytest.mark.parametrize(("value", "message"), sampled(WRONG, "no list", "percent", "exception"))
def test_wrong_results_are_explained(value, message, student):
    returning(student, value)
    ended = run("--student", student)
    assert ended.returncode == 1
    assert message in flat(ended.stdout)


@pytest.mark.slow
def test_numbers_of_epochs_and_validations(student):
    changed(student, "num_epochs=3", "num_epochs=4")
    ended = run("--student", student, "--plot", student / "a.png")
    assert ended.returncode == 0, ended.stdout  # the handout lets the number of epochs be changed
    changed(student, "accuracies = []", "accuracies = [0.1]")
    ended = run("--student", student, "--plot", student / "b.png")
    assert ended.returncode == 1
    assert "mnist() returned 5 accuracies, but validated 4 times" in flat(ended.stdout)
    assert not (student / "b.png").exists()


@pytest.mark.slow
def test_options_reach_mnist_or_are_refused(student):
    ended = run("--student", student, "--epochs", "3")
    assert ended.returncode == 1
    assert "has no argument epochs, so --epochs cannot be used" in flat(ended.stdout)
    changed(
        student,
        "def mnist(train_x, train_y, val_x, val_y):",
        "def mnist(train_x, train_y, val_x, val_y, epochs, seed):",
    )
    changed(
        student, "criterion, train_x, train_y, val_x, val_y)\n", "criterion, train_x, train_y, val_x, val_y, epochs)\n"
    )
    changed(student, "model = Sequential", "print('seed is', seed)\n    model = Sequential")
    ended = run("--student", student, "--epochs", "2", "--seed", "7")
    assert ended.returncode == 0, ended.stdout
    assert "  | seed is 7\n" in ended.stdout
    assert "at the end of 2 validations" in ended.stdout
    assert "no threshold is known" in ended.stdout


@pytest.mark.slow
def test_a_seed_repeats_a_run(student):
    results = [run("--student", student, *arguments).stdout for arguments in (["--seed", "5"], ["--seed", "5"], [])]
    lines = [[line for line in text.splitlines() if line.startswith(("Reported", "Accuracy"))] for text in results]
    assert len(lines[0]) == 2
    assert lines[0] == lines[1] != lines[2]
    assert "seed 5\n" in results[0]


def test_the_traceback_is_of_the_students_files(student):
    changed(student, "    accuracies = []\n", "    accuracies = [].nothing\n")
    ended = run("--student", student)
    assert "Failed    AttributeError: 'list' object has no attribute 'nothing' (hw1/mnist.py, line " in ended.stdout
    assert '  |   File "' in ended.stdout
    assert "mnist_training.py" not in ended.stdout
    assert "importlib" not in ended.stdout


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


# ---------------------------------------------------------------------------- the usual mistakes

MISTAKES = {
    "no zero_grad": ("            optimizer.zero_grad()\n", "", "call optimizer.zero_grad() for every batch"),
    "no step": ("            optimizer.step()\n", "", "optimizer.step() was never called"),
    "wrong rate": (
        "lr=0.1)\n    criterion",
        "lr=0.01)\n    criterion",
        "the first step was 0.01 times the gradient, expected lr=0.1",
    ),
    "no batch norm": ("BatchNorm1d(20), ReLU()", "ReLU()", "Linear(784, 20) -> ReLU() -> Linear(20, 10), expected"),
    "another network": (
        "784, 20), BatchNorm1d(20), ReLU(), Linear(20,",
        "784, 30), BatchNorm1d(30), ReLU(), Linear(30,",
        "the network is Linear(784, 30)",
    ),
    "no train mode after validation": (
        "                model.train()\n",
        "",
        "after validation the model must go back into training mode",
    ),
    "no eval mode": ("    model.eval()\n", "", "validation runs in training mode: call model.eval() before it"),
    "no shuffling": (
        "np.random.permutation(len(train_x))",
        "np.arange(len(train_x))",
        "epoch 1 saw the images in the order of the file",
    ),
    "shuffled once": (
        "    for _ in range(num_epochs):\n        order = np.random.permutation(len(train_x))",
        "    order = np.random.permutation(len(train_x))\n    for _ in range(num_epochs):",
        "every epoch saw the images in the same order",
    ),
    "labels shuffled apart": (
        "Tensor(train_y[rows])",
        "Tensor(np.random.permutation(train_y)[rows])",
        "shuffle images and labels in the same order",
    ),
    "images with gradients": (
        "model(Tensor(train_x[rows]))",
        "model(Tensor(train_x[rows], requires_grad=True))",
        "the images are Tensors with requires_grad=True",
    ),
    "labels with gradients": (
        "Tensor(train_y[rows])",
        "Tensor(train_y[rows], requires_grad=True)",
        "the labels are Tensors with requires_grad=True",
    ),
    "part of the images": (
        "enumerate(split_into_batches(order))",
        "enumerate(split_into_batches(order)[:20])",
        "epoch 1 saw only 2,000 of the 4,000 images",
    ),
    "part of the validation": (
        "rows in split_into_batches(np.arange(len(val_x)))",
        "rows in split_into_batches(np.arange(100))",
        "validation 1 saw 100 of the 500 validation images",
    ),
    "smallest for largest": (
        "argmax(axis=1)",
        "argmin(axis=1)",
        "compare the places of the largest outputs with the labels",
    ),
    "step before backward": (
        "            loss.backward()\n            optimizer.step()\n",
        "            optimizer.step()\n            loss.backward()\n",
        "the gradients were None or 0 at optimizer.step()",
    ),
    "return inside the loop": (
        "    return accuracies",
        "        return accuracies",
        "trained 1 epoch instead of 3",
    ),
    "training images validated": (
        "validate(model, val_x, val_y))",
        "validate(model, train_x[:500], train_y[:500]))",
        "training images were validated",
    ),
    "trained on what validates": (
        "model(Tensor(train_x[rows]))",
        "model(Tensor(val_x[rows % 500]))",
        "the validation images were trained with",
    ),
}  # in place of a line of the solution, another; and what must be said


@pytest.mark.parametrize(("old", "new", "message"), sampled(MISTAKES, "no zero_grad", "labels shuffled apart"))
def test_the_usual_mistakes_are_named(student, old, new, message):
    changed(student, old, new)
    ended = run("--student", student)
    assert ended.returncode == 1
    wrong = [line for line in ended.stdout.splitlines() if line.startswith("Wrong")]
    assert message in wrong[0], ended.stdout
    assert len(wrong) <= 2  # a mistake is not explained as many others

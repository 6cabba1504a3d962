"""Grade the grader: what the first message says about each mistake of mistakes_hw1.py.

A mistake counts as pinpointed if the first message of the whole report belongs to the right problem and holds the words
of the table: the operation or method, and what is wrong with it.
"""

import shutil

import pytest
from mistakes_hw1 import MISTAKES
from packages import ROOT, append, copy_package

SAMPLE = {
    "no-unbroadcast",
    "sub-list",
    "backward-zeros",
    "relu-column",
    "matmul-exchanged",
    "loss-axis",
    "step-rebinds",
    "norm-detached-mean",
    "mul-renamed",
    "import-torch",
}


@pytest.fixture
def first_message(tmp_path, graded):
    """first_message(mistake): (problem, title of the check, message) of the first failure of a whole grading."""

    def run(mistake):
        shutil.copytree(ROOT / "course/hw1/mytorch", tmp_path / "mytorch")
        file = tmp_path / "mytorch" / mistake.file
        text = file.read_text(encoding="utf-8")
        assert text.count(mistake.old) == 1, f"{mistake.file} has changed: adapt mistake {mistake.name}"
        file.write_text(text.replace(mistake.old, mistake.new), encoding="utf-8")
        for result in graded(tmp_path).results:
            for outcome in result.outcomes:
                if outcome.findings and not outcome.check.beyond:
                    return result.problem.number, outcome.check.title, outcome.findings[0].message
        return None

    return run


def pinpointed(first, mistake):
    assert first is not None, "it costs no points"
    number, _, message = first
    assert number == mistake.problem, first
    assert [word for word in mistake.says if word not in message] == [], first


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.name in SAMPLE], ids=lambda m: m.name)
def test_a_sample_is_pinpointed(mistake, first_message):
    pinpointed(first_message(mistake), mistake)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.name not in SAMPLE], ids=lambda m: m.name)
def test_the_others_are_pinpointed(mistake, first_message):
    pinpointed(first_message(mistake), mistake)


def test_the_table():
    names = [mistake.name for mistake in MISTAKES]
    assert len(set(names)) == len(names) >= 100
    assert set(names) >= SAMPLE
    assert all(mistake.says for mistake in MISTAKES)


def test_what_is_there_is_not_blamed(graded):
    """The solution itself has no failure, and no warning either."""
    grading = graded(ROOT / "course/hw1")
    assert [o.check.title for r in grading.results for o in r.outcomes if o.findings] == []


TUPLES_NEEDED = """

BackwardFunction.apply = lambda self, grad: self.forward_cls.backward(self.ctx, grad)


def backward(grad_fn, grad_of_outputs):
    grads = grad_fn.apply(grad_of_outputs)
    for i in range(len(grad_fn.next_functions)):
        if grad_fn.next_functions[i] is not None:
            backward(grad_fn.next_functions[i], grads[i])
"""
RECORDS_STATISTICS = """

def update(self, mean, var):
    keep = Tensor(1 - self.momentum, requires_grad=True)
    self.running_mean = keep * self.running_mean + Tensor(self.momentum * mean)
    self.running_var = keep * self.running_var + Tensor(self.momentum * var)


BatchNorm1d.update = update
"""


@pytest.mark.parametrize(("number", "name"), [("2.2", "ReLU"), ("2.4", "Sqrt")])
def test_a_tensor_where_the_walk_wants_a_tuple(number, name, tmp_path, graded):
    """Frequent: the walk takes grads[i]. The running statistics, which are constants, are never blamed."""
    copy_package(ROOT / "course/hw1", tmp_path)
    append(tmp_path, "autograd_engine.py", TUPLES_NEEDED)
    append(tmp_path, "nn/batchnorm.py", RECORDS_STATISTICS)
    (result,) = graded(tmp_path, number).results
    messages = [o.findings[0].message for o in result.outcomes if o.findings and not o.check.beyond]
    assert f"{name}.backward returns a Tensor" in messages[0]
    assert "(grad,)" in messages[0]
    assert "running" not in str(messages)


CUT = "        grad_x = grad_x[:, :, top : grad_x.shape[2] - bottom, left : grad_x.shape[3] - right]\n"
CORRECTED = "mean = self.means[i] / (1 - beta1**self.t)"
LATER = [  # in homeworks that lie upon hw1: (homework, file, old, new, problem, what the first message must say)
    ("2", "nn/conv.py", CUT, "", "1.1", ("Conv.backward", "padded input")),
    ("2", "nn/windows.py", "// stride + 1", "// stride", "1.1", ("Conv.forward", "(size - kernel) // stride + 1")),
    (
        "1b",
        "optim/adam.py",
        CORRECTED,
        "mean = self.means[i] = self.means[i] / (1 - beta1**self.t)",
        "1b.1",
        ("first moment",),
    ),
]


@pytest.mark.parametrize(
    ("homework", "file", "old", "new", "problem", "says"), LATER, ids=["padding", "places", "adam"]
)
def test_those_of_later_homeworks(homework, file, old, new, problem, says, tmp_path, graded):
    for folder in ("hw1", f"hw{homework}"):
        shutil.copytree(ROOT / "course" / folder / "mytorch", tmp_path / "mytorch", dirs_exist_ok=True)
    text = (tmp_path / "mytorch" / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "mytorch" / file).write_text(text.replace(old, new), encoding="utf-8")
    (result,) = graded(tmp_path, problem, homework=homework).results
    message = next(outcome.findings[0].message for outcome in result.outcomes if outcome.findings)
    assert [word for word in says if word not in message] == [], message


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_each_still_has_the_text_that_it_changes(mistake):
    """Those outside the sample run only with -m slow: a changed text would be noticed late."""
    text = (ROOT / "course/hw1/mytorch" / mistake.file).read_text(encoding="utf-8")
    assert text.count(mistake.old) == 1

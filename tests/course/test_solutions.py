"""The homeworks' solutions: full points in a folder of their own, and the handout's names."""

import json

import numpy as np
import pytest

from course.homeworks import HOMEWORKS
from mytorch.datasets import load_mnist
from mytorch.datasets.mnist import BUNDLED


@pytest.mark.parametrize("homework", HOMEWORKS.values(), ids=HOMEWORKS)
def test_full_points(solved, run, homework):
    done = run(solved[homework.name], "./grade.sh", homework.grade)
    assert (done.returncode, done.stderr) == (0, "")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100
    assert " x " not in done.stdout


def test_nothing_else_is_imported(solved, run):
    """The folder's mytorch, all of it, and NumPy: no other mytorch, and nothing that is not the handout's."""
    code = (
        "import sys; before = set(sys.modules); import mytorch.nn.functional, hw1.mnist; import mytorch\n"
        "print(mytorch.__file__); print(*sorted({m.split('.')[0] for m in set(sys.modules) - before\n"
        "    if m.split('.')[0] not in sys.stdlib_module_names}))"
    )
    done = run(solved["hw1"], "python", "-c", code)
    file, packages = done.stdout.splitlines()
    assert file == str(solved["hw1"] / "mytorch/__init__.py")
    assert packages == "hw1 mytorch numpy"


MODULES = [
    "mytorch.tensor",
    "mytorch.autograd_engine",
    "mytorch.nn.functional",
    "mytorch.nn.module",
    "mytorch.nn.sequential",
    "mytorch.nn.linear",
    "mytorch.nn.activations",
    "mytorch.nn.batchnorm",
    "mytorch.nn.loss",
    "mytorch.optim.optimizer",
    "mytorch.optim.sgd",
]


def test_every_file_may_be_imported_first(solved, run):
    for module in MODULES:
        done = run(solved["hw1"], "python", "-c", f"import {module}")
        assert (done.returncode, done.stderr) == (0, ""), module


HANDOUT = """
import builtins
{stars}
for name in dir(builtins):
    assert name.startswith("__") or name not in globals() or globals()[name] is getattr(builtins, name), name
assert "np" not in globals() and "tensor" not in globals()

a, b, c = Tensor(1.0, requires_grad=True), Tensor(2.0), Tensor(3.0, requires_grad=True)
d = a * b + a
e = (d + c) + 3
e.backward()
assert (float(a.grad.data), b.grad, float(c.grad.data)) == (3.0, None, 1.0)
assert [type(node).__name__ for node in d.grad_fn.next_functions] == ["BackwardFunction", "AccumulateGrad"]
assert d.grad_fn.next_functions[1] is a.grad_fn and a.grad_fn.variable is a
assert e.grad_fn.next_functions[1] is None
assert (e.grad_fn.function_name, a.grad_fn.function_name) == ("Add", "AccumulateGrad")

ctx = ContextManager()
Mul.forward(ctx, a, b)
assert [float(t.data) for t in ctx.saved_tensors] == [1.0, 2.0]
assert [float(g.data) for g in Mul.backward(ctx, Tensor(5.0))] == [10.0, 5.0]
assert issubclass(Add, Function) and issubclass(ReLU, Module)  # activations' came last
assert unbroadcast(Tensor([[1.0, 2.0], [3.0, 4.0]]), (2,)).data.tolist() == [4.0, 6.0]

model = Sequential(Linear(4, 3), BatchNorm1d(3), ReLU(), Linear(3, 2))
assert len(model.layers) == 4 and len(list(model.parameters())) == 6
assert all(p.is_parameter and p.requires_grad and p.is_leaf for p in model.parameters())
assert type(model.layers[1].running_mean) is type(model.layers[1].running_var) is Tensor
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
assert isinstance(optimizer, Optimizer) and len(optimizer.momentums) == 6
x, labels = Tensor([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 0.0], [1.0, 0.0, 1.0, 0.0]]), Tensor([0, 1, 1])
losses = []
for _ in range(20):
    optimizer.zero_grad()
    loss = CrossEntropyLoss()(model(x), labels)
    loss.backward()
    optimizer.step()
    losses.append(float(loss.data))
assert losses[-1] < losses[0] / 2, losses
model.eval()
assert not model.layers[1].is_train
assert model.train().layers[1].is_train
print("whole")
"""


def test_the_handouts_names(solved, run, tmp_path):
    """A file as the course writes them: every star import, and all that the handout names."""
    stars = "\n".join(f"from {module} import *" for module in MODULES)
    (tmp_path / "handout.py").write_text(HANDOUT.format(stars=stars), encoding="utf-8")
    done = run(solved["hw1"], "python", tmp_path / "handout.py", PYTHONPATH=str(solved["hw1"]))
    assert (done.stdout, done.stderr) == ("whole\n", "")


TRAINING = """
import numpy as np
from hw1.mnist import mnist
np.random.seed(0)
data = [np.load(f"{name}.npy") for name in ("train_data", "train_labels", "val_data", "val_labels")]
before = [array.copy() for array in data]
print(*mnist(*data))
assert all(np.array_equal(a, b) for a, b in zip(before, data)), "the caller's data have changed"
"""


def test_mnist_is_learned(solved, run, tmp_path):
    """hw1/mnist.py on the digits that come with us, in the handout's four files."""
    names = ("train_data", "train_labels", "val_data", "val_labels")
    for name, array in zip(names, load_mnist(BUNDLED)):
        np.save(tmp_path / f"{name}.npy", array)
    done = run(tmp_path, "python", "-c", TRAINING, PYTHONPATH=str(solved["hw1"]))
    assert done.stderr == ""
    accuracies = [float(word) for word in done.stdout.split()]
    assert len(accuracies) == 3  # 45 batches an epoch: one validation each
    assert accuracies[0] < 0.5
    assert accuracies[-1] > 0.8


def test_a_file_of_the_homework_replaces_one_below(solved):
    """hw1b's batch normalization lies upon that of hw1; all else of hw1 is there unchanged."""
    for path in (solved["hw1"] / "mytorch").rglob("*.py"):
        name = path.relative_to(solved["hw1"])
        same = path.read_bytes() == (solved["hw1b"] / name).read_bytes()
        assert same == (name.name != "batchnorm.py"), name

"""The star imports of the course's own scripts: they must bring the handout's names and hide none of Python's."""

import builtins
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MODULES = {
    "mytorch.autograd_engine": {"backward", "Function", "AccumulateGrad", "ContextManager", "BackwardFunction"},
    "mytorch.tensor": {"Tensor"},
    "mytorch.nn.functional": {
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Transpose",
        "Reshape",
        "Log",
        "cross_entropy",
        "unbroadcast",
    },
    "mytorch.nn.activations": {"ReLU"},
    "mytorch.nn.batchnorm": {"BatchNorm1d"},
    "mytorch.nn.linear": {"Linear"},
    "mytorch.nn.loss": {"CrossEntropyLoss"},
    "mytorch.nn.module": {"Module"},
    "mytorch.nn.sequential": {"Sequential"},
    "mytorch.optim.optimizer": {"Optimizer"},
    "mytorch.optim.sgd": {"SGD"},
}  # the files of the handout, and what it has in each

PROGRAM = (
    "".join(f"from {module} import *\n" for module in MODULES)
    + """
import numpy as np

scores = {"1.1.1": 5, "1.1.2": 5, "1.2": 25}
print("total", sum(scores.values()), max(scores.values()), min(scores.values()), abs(-5), pow(2, 3), round(2.6))
print(all(score >= 5 for score in scores.values()), any(score > 5 for score in scores.values()))

model = Sequential(Linear(3, 4), BatchNorm1d(4), ReLU(), Linear(4, 2))
optimizer, criterion = SGD(model.parameters(), lr=0.1), CrossEntropyLoss()
loss = criterion(model(Tensor(np.eye(3))), Tensor(np.array([0, 1, 1])))
loss.backward()
optimizer.step()
"""
)


@pytest.mark.parametrize("module", [*MODULES, "mytorch", "mytorch.nn", "mytorch.optim"])
def test_a_star_import_hides_nothing_of_pythons(module):
    namespace = {}
    exec(f"from {module} import *", namespace)
    del namespace["__builtins__"]
    assert [name for name in namespace if hasattr(builtins, name)] == []
    assert MODULES.get(module, set()) <= set(namespace)


def test_a_script_with_every_star_import_of_the_handout_runs_and_adds_up_its_scores():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "total 35 25 5 5 8 3\nTrue True\n"


@pytest.mark.parametrize("name", ["abs", "all", "any", "max", "min", "pow", "round", "sum"])
def test_what_the_star_leaves_out_is_there_by_its_full_name(name):
    functional = importlib.import_module("mytorch.nn.functional")
    assert getattr(functional, name) is not getattr(builtins, name)

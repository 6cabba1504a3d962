"""A class to try the grader on: copies of the solution of hw1, most of them with mistakes.

    python tests/course/course_class.py DIR [--students 300]

Each copy has none, one, two or three of the mistakes below; every fourth is a tarball, every fifth a zip file. The
same numbers are drawn each time. roster.csv, beside DIR, has the students as Canvas exports them.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from course.homeworks import HOMEWORKS, Files, solution

OPS, ENGINE, TENSOR = "mytorch/nn/functional.py", "mytorch/autograd_engine.py", "mytorch/tensor.py"
NORM, LINEAR, SGD = "mytorch/nn/batchnorm.py", "mytorch/nn/linear.py", "mytorch/optim/sgd.py"

MISTAKES = (  # file, text, what stands there instead
    (OPS, "minus = tensor.Tensor(-grad_output.data)", "minus = tensor.Tensor(grad_output.data)"),
    (OPS, "return tensor.Tensor(a.data - b.data)", "return tensor.Tensor(b.data - a.data)"),
    (OPS, "return tensor.Tensor(a.data * b.data)", "return tensor.Tensor(a.data + b.data)"),
    (OPS, "grad_b = tensor.Tensor(grad_output.data * a.data)", "grad_b = tensor.Tensor(a.data)"),
    (OPS, "grad_a = tensor.Tensor(grad_output.data * b.data)", "grad_a = tensor.Tensor(grad_output.data * a.data)"),
    (OPS, "return tensor.Tensor(a.data / b.data)", "return tensor.Tensor(a.data // b.data)"),
    (OPS, "-grad_output.data * a.data / b.data**2", "grad_output.data * a.data / b.data**2"),
    (OPS, "-grad_output.data * a.data / b.data**2", "-grad_output.data * a.data / b.data"),
    (OPS, "data = grad.data.sum(axis=tuple(range(added)))", "return grad"),
    (OPS, "data.sum(axis=stretched, keepdims=True)", "data"),
    (OPS, "data.sum(axis=stretched, keepdims=True)", "data.mean(axis=stretched, keepdims=True)"),
    (OPS, "grad_b = a.data.T @ grad_output.data", "grad_b = grad_output.data.T @ a.data"),
    (OPS, "return tensor.Tensor(grad_a), tensor.Tensor(grad_b)", "return tensor.Tensor(grad_b), tensor.Tensor(grad_a)"),
    (OPS, "ctx.positive = a.data > 0", "ctx.positive = a.data >= 0"),
    (OPS, "tensor.Tensor(grad_output.data * ctx.positive)", "tensor.Tensor(1.0 * ctx.positive)"),
    (OPS, "return tensor.Tensor(np.maximum(a.data, 0))", "return tensor.Tensor(abs(a.data))"),
    (OPS, ".sum() / len(one_hot)", ".sum()"),
    (OPS, "predicted - predicted.data.max(axis=1, keepdims=True)", "predicted"),
    (OPS, "shifted.exp().sum(axis=1, keepdims=True)", "shifted.exp().sum(axis=0, keepdims=True)"),
    (ENGINE, "arrived[parent] + part.data if parent in arrived else part.data", "part.data"),
    (ENGINE, "tensor.Tensor(self.variable.grad.data + arg.data)", "tensor.Tensor(arg.data)"),
    (ENGINE, "output.is_leaf = not output.requires_grad", "output.is_leaf = True"),
    (ENGINE, "any(parent is not None", "all(parent is not None"),
    (
        ENGINE,
        "if not isinstance(arg, tensor.Tensor) or not arg.requires_grad:",
        "if not isinstance(arg, tensor.Tensor):",
    ),
    (ENGINE, "if missing[parent] == 0:", "if missing[parent] >= 0:"),
    (ENGINE, "            missing[parent] -= 1\n", ""),
    (TENSOR, "np.ones_like(self.data)", "np.zeros_like(self.data)"),
    (TENSOR, "return F.Sub.apply(self, self.constant(other))", "return F.Add.apply(self, self.constant(other))"),
    (LINEAR, "+ self.bias", ""),
    (LINEAR, "self.weight.T", "self.weight"),
    (NORM, "(centred * centred).sum(axis=0) / n", "(centred * centred).sum(axis=0) / (n - 1)"),
    (NORM, "var.data * n / (n - 1)", "var.data"),
    (NORM, "keep = 1 - self.momentum", "keep = self.momentum"),
    (NORM, "if self.is_train:", "if True:"),
    (NORM, "(var + self.eps).sqrt()", "var.sqrt()"),
    (SGD, "- self.lr * param.grad.data", "+ self.lr * param.grad.data"),
    (SGD, "self.momentum * self.momentums[i] -", "self.momentums[i] -"),
    (SGD, "if param.grad is None:", "while param.grad is None:"),
    (SGD, "param.data + self.momentums[i]", "param.data + self.momentums[i] + (0"),
)


def make_class(folder: Path, students: int) -> None:
    """Fill the new `folder`."""
    folder.mkdir(parents=True)
    draw = random.Random(0)
    right = {name: content for name, content in solution(HOMEWORKS["hw1"]).items() if name.startswith("mytorch/")}
    for number in range(students):
        count = draw.choices((0, 1, 2, 3), (1, 4, 3, 2))[0]
        with tempfile.TemporaryDirectory() as place:
            _write(Path(place), with_mistakes(right, draw.sample(MISTAKES, count)))
            _hand_in(Path(place), folder / f"student{number:03}", number)
    with folder.with_name("roster.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("Student", "ID", "SIS User ID", "SIS Login ID", "Section"))
        writer.writerow(("    Points Possible", "", "", "", ""))
        writer.writerows((f"Name{n}, First", 1000 + n, f"u{n}", f"student{n:03}", "A") for n in range(students))


def with_mistakes(files: Files, mistakes) -> Files:
    """A copy of the files. A mistake whose text an earlier one has changed is left out."""
    changed = dict(files)
    for name, old, new in mistakes:
        changed[name] = changed[name].replace(old.encode(), new.encode(), 1)
    return changed


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _hand_in(files: Path, target: Path, number: int) -> None:
    """As a tarball, a zip file with a folder around everything, or a folder."""
    if number % 4 == 3:
        with tarfile.open(f"{target}.tar", "w") as tar:
            tar.add(files / "mytorch", "mytorch")
    elif number % 5 == 4:
        with zipfile.ZipFile(f"{target}.zip", "w") as archive:
            for path in sorted(files.rglob("*.py")):
                archive.write(path, f"my homework/{path.relative_to(files)}")
    else:
        shutil.copytree(files, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    parser.add_argument("--students", type=int, default=300)
    options = parser.parse_args()
    make_class(options.folder, options.students)

"""Which homeworks there are, where their files lie, and what lies upon what.

A homework's folder holds only what it adds to the homeworks that it builds upon: a student's folder for hw2 is that of
hw1 with the files of course/hw2 laid over it.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.harness.handin import MYTORCH, Handin
from course.hidden import without_hidden_checks
from course.marks import cut, without_marks
from course.notebook import in_cells

__all__ = ["HOMEWORKS", "ROOT", "Files", "Homework", "grader", "solution", "starter"]

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "course"
CACHES = {"__pycache__", "build", "dist"}
HIDDEN = "hidden"  # a folder of the grader that students do not get: labels of a hidden set

Files = dict[str, bytes | Path]  # the path in the new folder: what to write there, or the file to copy


@dataclass(frozen=True)
class Homework:
    """name: of its folder in course/.   grade: what ./grade.sh calls it.   upon: the homework below it, or None.
    more: (file or folder of this repository, its name at the students')."""

    name: str
    title: str
    grade: str
    upon: str | None = None
    more: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Path:
        return COURSE / self.name

    @property
    def runner(self) -> Path:
        return ROOT / f"autograder/{self.name}_autograder/runner.py"

    @property
    def handin(self) -> Handin:
        """What students hand in; the runner names it where it is not a mytorch."""
        runner = importlib.import_module(f"autograder.{self.name}_autograder.runner")
        return getattr(runner, "HANDIN", MYTORCH)


HOMEWORKS = {
    homework.name: homework
    for homework in (
        Homework("hw1", "Autograd, an MLP and MNIST", "1"),
        Homework("hw1b", "Adam, dropout and batch normalization", "1b", upon="hw1"),
        Homework("hw2", "Convolution and pooling", "2", upon="hw1"),
        Homework("hw3", "A recurrent cell", "3", upon="hw1"),
        Homework(
            "layers",
            "A neural network library by hand",
            "layers",
            more=(
                ("mytorch/datasets/bundled/iris.csv", "iris.csv"),
                ("course/export", "course/export"),
                ("autograder/hw1_autograder/bundled", "autograder/hw1_autograder/bundled"),  # digits for train_conv.py
            ),
        ),
        Homework("logistic", "The logistic loss by hand, and experiments on images", "logistic"),
        Homework("bioeng", "Neural network components, and a network of one's own", "bioeng"),
        Homework("ffn", "A feed-forward network on pictures", "ffn"),
    )
}


def solution(homework: Homework) -> Files:
    """A student's folder with everything solved, and all that came with it."""
    return {**_solved(homework), **_shared(homework)}


def starter(homework: Homework, with_solutions: bool = False) -> Files:
    """What students begin with: the homework's files without solutions, the grader without hidden checks, the scripts.

    with_solutions: lay the solutions of the homeworks below it underneath. Raises CourseError for marks that
    do not fit together.
    """
    below = _solved(HOMEWORKS[homework.upon]) if with_solutions and homework.upon else {}
    own = dict(_files(homework.folder, homework.folder))
    return {**_shared(homework), **below, **_rewritten(own, cut)}


def grader() -> Files:
    """The grader with its hidden checks, for a course server; no data sets, which only ./grade.sh m needs."""
    return {name: path for name, path in _files(ROOT / "autograder", ROOT) if not name.endswith(".gz")}


def _solved(homework: Homework) -> Files:
    """The homework's own files upon those of the homeworks below it, the marks taken out."""
    below = _solved(HOMEWORKS[homework.upon]) if homework.upon else {}
    return {**below, **_rewritten(dict(_files(homework.folder, homework.folder)), without_marks)}


def _shared(homework: Homework) -> Files:
    """What comes with every homework: the grader, the scripts, the list of packages, what is handed in."""
    others = {f"{other}_autograder" for other in HOMEWORKS} - _graders(homework)
    left_out = {HIDDEN, *others}
    grader = {name: path for name, path in _files(ROOT / "autograder", ROOT) if not left_out & set(name.split("/"))}
    files: Files = {path.name: path for path in sorted(ROOT.glob("*.sh"))}
    files["requirements.txt"] = COURSE / "requirements.txt"
    if homework.handin is MYTORCH:
        files["sandbox.py"] = ROOT / "sandbox.py"
    else:
        files["handin.json"] = (json.dumps(homework.handin.entries) + "\n").encode()
    for source, name in homework.more:
        inside = _files(ROOT / source, ROOT / source) if (ROOT / source).is_dir() else [("", ROOT / source)]
        files.update({f"{name}/{inner}".rstrip("/"): path for inner, path in inside})
    return {**_rewritten(grader, without_hidden_checks), **files}


def _graders(homework: Homework) -> set[str]:
    """The folders of checks that it needs: its own, those of the homework below it, and what they import."""
    needed: set[str] = set()
    names = [f"{homework.name}_autograder"] + ([f"{homework.upon}_autograder"] if homework.upon else [])
    while names:
        name = names.pop()
        needed.add(name)
        texts = [path.read_text(encoding="utf-8") for path in (ROOT / "autograder" / name).glob("*.py")]
        names += {found for text in texts for found in re.findall(r"\b\w+_autograder\b(?=\.| import)", text)} - needed
        names = [name for name in names if (ROOT / "autograder" / name).is_dir()]
    return needed


def _files(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """All files below `folder`, by their path from `root`; no caches, hidden files and links."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not path.is_symlink() and not any(p.startswith(".") or p in CACHES for p in parts):
            yield path.relative_to(root).as_posix(), path


def _rewritten(files: dict[str, Path], rewrite: Callable[[str, str], str]) -> Files:
    """The Python files, and the code of notebooks, with their text changed; all others as they are."""
    rewritten: Files = {}
    for name, path in files.items():
        text = path.read_text(encoding="utf-8") if path.suffix in (".py", ".ipynb") else ""
        shown = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py":
            rewritten[name] = rewrite(text, shown).encode()
        elif path.suffix == ".ipynb":
            rewritten[name] = in_cells(text, shown, rewrite).encode()
        else:
            rewritten[name] = path
    return rewritten

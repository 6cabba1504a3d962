"""python -m course starter: what is in the folder, what is not, and what its student reads."""

import json
import os
import re
import stat
from collections import Counter
from pathlib import Path

import pytest

from autograder.harness.handin import MYTORCH
from course.commands import COMMANDS, main
from course.errors import CourseError
from course.homeworks import HOMEWORKS, ROOT
from course.new_folder import write_folder
from course.notebook import code_cells

PROBLEMS = {
    "hw1": ["1.1.1", "1.1.2", "1.1.3", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3"],
    "hw1b": ["1b.1", "1b.2", "1b.3"],
    "hw2": ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"],
    "hw3": ["3.1", "3.2"],
    "layers": ["4.1", "4.2", "4.3", "4.4", "5.1", "6.2", "6.3"],
    "logistic": [
        "1.1", "1.2", "1.3", "1.4", "1.5", "2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3", "3.4",
    ],
    "bioeng": ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4"],
    "ffn": ["4.1", "4.2", "4.3", "5.1", "6.1", "6.2", "7.1"],
}  # fmt: skip
every_homework = pytest.mark.parametrize("homework", HOMEWORKS.values(), ids=HOMEWORKS)
below = pytest.mark.parametrize("with_solutions", [False, True], ids=["alone", "with solutions"])


def sources(homework):
    """{path: text} of the homework's own Python files and notebooks."""
    folder = homework.folder
    return {p.relative_to(folder).as_posix(): code(p) for p in code_files(folder)}


GRADERS = {"layers": ("layers", "hw2")}  # where a grader uses another


def code_files(folder):
    return [p for p in folder.rglob("*") if p.suffix in (".py", ".ipynb")]


def code(path):
    text = path.read_text(encoding="utf-8")
    return "\n".join(code_cells(text, path.name)) if path.suffix == ".ipynb" else text


# ------------------------------------------------------------------ what is in the folder


@every_homework
def test_what_comes_with_it(starters, homework):
    folder = starters[homework.name, False]
    own = "sandbox.py" if homework.handin is MYTORCH else "handin.json"
    for name in ("README.md", "HANDOUT.md", "requirements.txt", own, *sources(homework)):
        assert (folder / name).is_file(), name
    for name in ("grade.sh", "create_tarball.sh"):
        assert (folder / name).stat().st_mode & stat.S_IXUSR, name
    ours = {p.relative_to(ROOT) for p in (ROOT / "autograder").rglob("*.py")}
    theirs = {p.relative_to(folder) for p in (folder / "autograder").rglob("*.py")}
    graders = {path.parts[1] for path in ours if path.parts[1].endswith("_autograder")}
    needed = {f"{name}_autograder" for name in GRADERS.get(homework.name, (homework.name, homework.upon))}
    assert theirs == {path for path in ours if path.parts[1] not in graders - needed}
    assert not list(folder.rglob("__pycache__"))


def test_requirements_are_those_of_the_project(starters):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (wanted,) = re.findall(r"^dependencies = (\[.*\])$", text, re.MULTILINE)
    assert (starters["hw1", False] / "requirements.txt").read_text(encoding="utf-8").split() == json.loads(wanted)


@every_homework
def test_every_problem_has_its_todo_and_is_in_the_handout(starters, homework):
    folder = starters[homework.name, False]
    found = set()
    for name in sources(homework):
        for numbers in re.findall(r"# TODO ([\w., ]+): \S", code(folder / name)):
            found.update(numbers.split(", "))
    assert sorted(found) == PROBLEMS[homework.name]
    handout, readme = ((folder / name).read_text(encoding="utf-8") for name in ("HANDOUT.md", "README.md"))
    for number in PROBLEMS[homework.name]:
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", handout), number
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", readme), number


@every_homework
def test_documents_name_files_that_are_there(starters, homework):
    folder = starters[homework.name, True]
    for name in ("HANDOUT.md", "README.md"):
        text = (folder / name).read_text(encoding="utf-8")
        named = set(re.findall(r"`([\w/]+\.(?:py|ipynb))`", text))
        assert named
        for file in named:
            assert (folder / file).is_file() or (folder / "mytorch" / file).is_file(), file
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in link or (folder / link).is_file(), link
        headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


# ------------------------------------------------------------------ what is not


@every_homework
@below
def test_no_line_of_a_solution_is_left(starters, homework, with_solutions):
    """Each line occurs no more often than outside of the marks, which are read here once more, on their own."""
    checked = 0
    for name, text in sources(homework).items():
        given, solution, where = Counter(), [], "given"
        for line in text.splitlines():
            word = line.strip()
            if word.startswith("# BEGIN SOLUTION"):
                where = "solution"
            elif word == "# INSTEAD":
                where = "instead"
            elif word == "# END SOLUTION":
                where = "given"
            elif where == "solution":
                solution.append(word)
            else:
                given[word.removeprefix("# ") if where == "instead" else word] += 1
        left = Counter(line.strip() for line in code(starters[homework.name, with_solutions] / name).splitlines())
        for line in filter(None, solution):
            assert left[line] <= given[line], (name, line)
            checked += 1
    assert checked > 3  # a small homework has few
    for path in code_files(starters[homework.name, with_solutions]):
        assert "SOLUTION" not in path.read_text(encoding="utf-8"), path


@every_homework
@below
def test_every_file_compiles(starters, homework, with_solutions):
    for path in starters[homework.name, with_solutions].rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")


def test_signatures_and_docstrings_stay(starters):
    """With the TODOs' code in place of the solutions, a file has the same public definitions."""
    pattern = re.compile(r'^ *(?:class (?:[A-Z]\w*)|def (?:[a-z]\w*|__\w+__))\b.*:\n(?: *""".*)?', re.MULTILINE)
    for homework in HOMEWORKS.values():
        for name, text in sources(homework).items():
            without_helpers = re.sub(r"# BEGIN SOLUTION\n.*?# END SOLUTION\n", "", text, flags=re.DOTALL)
            left = code(starters[homework.name, False] / name)
            assert pattern.findall(left) == pattern.findall(without_helpers), name


# ------------------------------------------------------------------ what a student reads


@every_homework
@below
def test_no_points_and_readable_messages(starters, run, homework, with_solutions):
    done = run(starters[homework.name, with_solutions], "./grade.sh", homework.grade)
    assert (done.returncode, done.stderr) == (0, "")
    scores = json.loads(done.stdout.splitlines()[-1])["scores"]
    assert set(scores.values()) == {0}
    text = " ".join(done.stdout.split())
    assert "Traceback" not in text
    if with_solutions or homework.upon is None:
        assert not re.search(r"(Name|Attribute|Import|ModuleNotFound|Syntax|Type|Value)Error", text)
        for number in scores:
            # These need something else first: the Conv2d of 1.2; the layers.
            if (homework.name, number) not in (("hw2", "1.3"), ("ffn", "7.1")):
                assert re.search(rf"TODO ([\d., ]+, )?{re.escape(number)}\b", text), number
    else:
        assert "there is no file mytorch/tensor.py" in text


def test_the_solutions_files_copied_in(starters, run, tmp_path):
    """As an instructor tries it: the files of course/hw1 over the starter."""
    folder = tmp_path / "hw1"
    for source in (starters["hw1", False], HOMEWORKS["hw1"].folder):
        run(tmp_path, "cp", "-R", f"{source}/.", folder)
    done = run(folder, "./grade.sh", "1")
    assert sum(json.loads(done.stdout.splitlines()[-1])["scores"].values()) == 100


# ------------------------------------------------------------------ the command


def test_help_explains_and_runs_nothing(run, tmp_path):
    done = run(tmp_path, "python", "-m", "course", "--help", PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    for name in COMMANDS:
        assert re.search(rf"^ +{name}\s+\w", done.stdout, re.MULTILINE)
        done_too = run(tmp_path, "python", "-m", "course", name, "--help", PYTHONPATH=str(ROOT))
        assert (done_too.returncode, done_too.stderr) == (0, "")
        assert len(done_too.stdout) > 300


def test_a_folder_is_made_once(tmp_path, capsys):
    target = tmp_path / "students"
    assert main(["starter", "hw1", "--output", str(target)]) == 0
    assert "README.md" in capsys.readouterr().out
    (target / "mine.txt").write_text("work")
    before = sorted(target.rglob("*"))
    assert main(["starter", "hw1b", "--output", str(target)]) == 2
    assert capsys.readouterr().err == f"course starter: error: {target} is not empty: name a new folder\n"
    assert sorted(target.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["students"]


def test_an_empty_folder_is_filled(tmp_path):
    target = tmp_path / "empty"
    target.mkdir()
    assert main(["starter", "hw1b", "--output", str(target)]) == 0
    assert (target / "mytorch/optim/adam.py").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_what_is_in_the_way_is_named(tmp_path, capsys):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("mine")
    link.symlink_to(tmp_path / "nowhere")
    for target, message in (
        (file, "is there already, and is no folder"),
        (link, "is there already, and is no folder"),
        (tmp_path / "no" / "such", f"there is no folder {tmp_path / 'no'} to make such in"),
    ):
        assert main(["starter", "hw2", "--output", str(target)]) == 2
        assert message in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]
    assert file.read_text() == "mine"


def test_a_failure_leaves_nothing(tmp_path, monkeypatch):
    """The disk is full after some files."""
    files = {f"{i}.txt": b"x" for i in range(5)}
    written, write_bytes = [], Path.write_bytes

    def full(path, data):
        written.append(path)
        if len(written) == 3:
            raise OSError(28, os.strerror(28))
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CourseError, match="cannot be made: No space left on device"):
        write_folder(tmp_path / "target", files)
    assert len(written) == 3
    assert list(tmp_path.iterdir()) == []


def test_wrong_arguments(capsys):
    for arguments in ([], ["starter"], ["starter", "hw9", "--output", "x"], ["starter", "hw1"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert capsys.readouterr().err

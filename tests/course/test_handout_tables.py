"""docs/handout_000.md, 001, 003 and 004: every demand has an answer, and what an answer names is there."""

import ast
import importlib
import re
import shlex

import pytest

from autograder.bioeng_autograder.runner import problems as bioeng
from autograder.checks.draw import Draw
from autograder.ffn_autograder.runner import problems as ffn
from course.commands import _parser
from course.homeworks import HOMEWORKS, ROOT

# How many demands each section of a handout has.
DEMANDS = {
    "000": {"0": 1, "1": 10, "2": 7, "2.1": 4, "2.2": 4, "3": 1},
    "001": {
        "F": 12, "1": 1, "2.1": 2, "2.2": 2, "2.3": 3, "2.4": 6, "3.1": 9, "3.2": 7, "3.3": 3, "3.4": 3, "3.5": 6,
        "4": 1, "4.1": 2, "4.2": 4, "4.3": 3, "4.4": 2, "5": 10, "6": 1, "6.1": 3, "6.2": 2, "6.3": 2, "6.4": 1, "7": 1,
        "7.1": 3, "7.2": 4, "C": 4,
    },
    "003": {
        "0": 2, "1": 1, "1.1": 2, "1.2": 2, "1.3": 2, "1.4": 1, "1.5": 2, "2": 1, "2.1": 4, "2.2": 4, "2.3": 3,
        "2.4": 2, "2.5": 3, "2.6": 1, "3.1": 3, "3.2": 2, "3.3": 2, "3.4": 2,
    },
    "004": {"0": 3, "1": 1, "1.1": 1, "1.2": 2, "2": 3, "2.1": 2, "2.2": 23, "3": 1},
}  # fmt: skip
HOMEWORK = {"000": "bioeng", "001": "layers", "003": "logistic", "004": "ffn"}
CHECKS = {
    f"{homework} {problem.number}: {check.title}"
    for homework, problems in (("bioeng", bioeng), ("ffn", ffn))
    for problem in problems(Draw(0))
    for check in problem.checks
}
every_handout = pytest.mark.parametrize("handout", DEMANDS)


def page(handout):
    return (ROOT / f"docs/handout_{handout}.md").read_text(encoding="utf-8")


def rows(handout):
    lines = re.findall(r"^\| ([\dA-Z][\d.]*/\d+) \| (.*) \| (.*) \|$", page(handout), re.MULTILINE)
    assert lines
    return lines


def definitions(file):
    """{"Class", "Class.method", "function", "CONSTANT"} of a Python file."""
    found = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def exists(name):
    """Whether the file, definition, check or command of this name is there; None if it is none of these."""
    if name in CHECKS:
        return True
    if name.startswith("python -m course "):
        _parser().parse_args(shlex.split(name)[3:])  # ends the test if it is none
        return True
    if name.startswith("python -m unittest "):
        return is_a_test(shlex.split(name)[-1])
    if name.startswith("python -m "):
        return (ROOT / name.split()[2].replace(".", "/") / "__main__.py").is_file()
    if name.startswith("./grade.sh "):
        return can_be_graded(*name.split()[1:])
    if name.startswith(("python ", "./")):
        script = name.removeprefix("python ").split()[0]
        return (ROOT / script).is_file() or any(ROOT.glob(f"course/*/{script}"))  # or in the homework's folder
    if re.match(r"(bioeng|ffn) \d", name):
        return False  # a check that there is not
    if re.fullmatch(r"[\w./]+\.(py|md|ipynb|png)(:[\w.]+)?", name):
        file, _, definition = name.partition(":")
        return (ROOT / file).is_file() and (not definition or definition in definitions(file))
    return None


def can_be_graded(homework, *options):
    """Of ./grade.sh HOMEWORK, perhaps with --problem N."""
    if homework not in HOMEWORKS:
        return False
    runner = importlib.import_module(f"autograder.{homework}_autograder.runner")
    numbers = {problem.number for problem in runner.problems(Draw(0))}
    return options == () or (len(options) == 2 and options[0] == "--problem" and options[1] in numbers)


def is_a_test(name):
    """Of homework layers: tests.FILE.Class.method, or -v for all."""
    if name == "-v":
        return True
    folder, file, *definition = name.split(".")
    path = f"course/layers/{folder}/{file}.py"
    return (ROOT / path).is_file() and ".".join(definition) in definitions(path)


@every_handout
def test_every_demand_has_a_row(handout):
    keys = [key for key, *_ in rows(handout)]
    assert keys == [f"{section}/{i}" for section, count in DEMANDS[handout].items() for i in range(1, count + 1)]


@every_handout
def test_every_answer_names_something_that_is_there(handout):
    for key, demand, answer in rows(handout):
        found = {name: exists(name) for name in re.findall(r"`([^`]+)`", answer)}
        assert True in found.values(), (key, answer)
        assert False not in found.values(), (key, found)
        assert len(demand) > 10
        assert "missing" not in answer


@pytest.mark.parametrize(("handout", "homework"), [("001", "layers"), ("003", "logistic")])
def test_every_problem_is_named(handout, homework):
    runner = importlib.import_module(f"autograder.{homework}_autograder.runner")
    for problem in runner.problems(Draw(0)):
        assert f"`./grade.sh {homework} --problem {problem.number}`" in page(handout), problem.number


def test_no_file_of_the_layers_is_forgotten():
    for path in (ROOT / "course/layers/neural_networks").glob("*.*"):
        assert f"`{path.relative_to(ROOT).as_posix()}`" in page("001"), path


def test_all_demands_of_the_five_handouts_have_rows():
    other = (ROOT / "docs/handout_002_checks.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\| [0-9A-C][\d.]*/\d+ \|", other, re.MULTILINE)) + sum(map(len, map(rows, DEMANDS))) >= 131


@pytest.mark.parametrize("handout", ["001", "003"])
def test_by_hand_and_by_autograd_side_by_side(handout, run, solved):
    """The page's program runs in the homework's folder, and agrees to 1e-10."""
    (program,) = re.findall(r"```python\n(.*?)```", page(handout), re.DOTALL)
    assert "< 1e-10" in program
    done = run(solved[HOMEWORK[handout]], "python", "-c", program, PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("handout", "homework"), [("000", "bioeng"), ("004", "ffn")])
def test_every_check_is_named(handout, homework):
    named = {name for *_, answer in rows(handout) for name in re.findall(r"`([^`]+)`", answer)}
    ours = {check for check in CHECKS if check.startswith(homework)}
    assert ours - named - {"bioeng 1.1: a node with one input", "bioeng 1.2: a matrix of any shape"} == set()


def test_what_is_not_there_is_found():
    assert exists("course/bioeng/q1.py:softmax") is False
    assert exists("course/bioeng/q9.py") is False
    assert exists("ffn 4.1: backwards") is False
    assert exists("./grade.sh bio") is False
    assert exists("./grade.sh layers --problem 9.9") is False
    assert exists("python -m unittest tests.test_layers.TestConv2D.test_sideways") is False
    assert exists("python -m mytorch.none FILE") is False
    assert exists("python tools/none.py") is False
    assert exists("missing") is None


@every_handout
def test_links_lead_somewhere(handout):
    text = page(handout)
    headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)}
    for link in re.findall(r"\]\(([^)]+)\)", text):
        file, _, heading = link.partition("#")
        assert (ROOT / "docs" / file).is_file() if file else heading in headings, link


@every_handout
def test_what_differs_is_listed(handout):
    section = page(handout).partition(f"## Coming from handout {handout}\n")[2].partition("\n## ")[0]
    table = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    assert len(table) >= 9
    assert all(len(row) == 3 and all(cell.strip("| ") for cell in row) for row in table)
    for words in ("(out, in)", "logits"):
        assert words in section

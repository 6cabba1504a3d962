"""The export of code for a write-up: nothing is run, and what is found is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.exported import NASTY, ROOT, export, write

from course.export.markdown import code_span, fenced
from course.export.sources import ExportError, find, find_all

STUDENT_SOLUTION = ROOT / "tests/autograder/student_solution"


# ------------------------------------------------------------------------------------ finding


def test_functions_classes_and_methods(nasty: Path) -> None:
    (function,) = find(nasty, "n_a.py", "tex_traps")
    assert function.code.startswith("@functools.cache\ndef tex_traps():\n    ")
    assert (function.file, function.line) == ("n_a.py", 7)
    (whole,) = find(nasty, "n_a.py", "Snake_Case_Name")
    assert whole.code.startswith("class Snake_Case_Name:\n    scale = 1\n")
    assert whole.code.endswith("        return x")
    getter, setter = find(nasty, "n_a.py", "Snake_Case_Name.value")
    assert getter.code.splitlines()[:2] == ["@property", "def value(self):"]
    assert setter.code.splitlines()[0] == "@value.setter"
    assert "\nleft of the margin\n" in setter.code
    assert find(nasty, "n_a.py", "Snake_Case_Name.forward")[0].code.startswith("async def forward(self")
    assert find(nasty, "n_a.py", "inside_if")[0].code == "def inside_if():\n    pass"
    names = [piece.name for piece in find_all(nasty, "n_a.py")]
    assert names == ["tex_traps", "Snake_Case_Name", "inside_if", "inside_else"]


def test_names_are_followed_through_imports(tmp_path: Path) -> None:
    files = {
        "lib/functional.py": "from lib.ops import *\nfrom .other import g as h\nfrom os import *\n",
        "lib/ops/__init__.py": "from lib.functional import *\nfrom lib.ops.add import Add\n",
        "lib/ops/add.py": "class Add:\n    def forward(self):\n        return 1\n",
        "lib/other.py": "def g():\n    pass\n",
    }
    root = write(tmp_path, files)
    (add,) = find(root, "lib/functional.py", "Add.forward")
    assert (add.file, add.line, add.code) == ("lib/ops/add.py", 2, "def forward(self):\n    return 1")
    assert find(root, "lib/functional.py", "h")[0].code == "def g():\n    pass"
    with pytest.raises(ExportError, match=r"lib/functional.py defines no 'Nothing'; it defines nothing"):
        find(root, "lib/functional.py", "Nothing")


def test_files_in_other_encodings_and_with_form_feeds(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(
        "# coding: latin-1\r\nx = 1\r\n\x0c\r\ndef f():\r\n    return 'é'\r\n".encode("latin-1")
    )
    assert find(tmp_path, "latin.py", "f")[0].code == "def f():\n    return 'é'"
    (tmp_path / "tabs.py").write_bytes(b"class C:\n\tdef f(self):\n\t\treturn 1\n")
    assert find(tmp_path, "tabs.py", "C.f")[0].code == "def f(self):\n\treturn 1"


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (NASTY, ["n.py:Snake_Case"], "n.py defines no 'Snake_Case'; it defines Snake_Case_Name"),
        (NASTY, ["n.py:Snake_Case_Name.foward"], "Snake_Case_Name in n.py defines no 'foward'; it defines forward"),
        (NASTY, ["n.py:tex_traps.x"], "tex_traps in n.py defines no 'x'; it defines nothing"),
        (NASTY, ["m.py:f"], "m.py: there is no such file in "),
        (NASTY, ["--section", "Title"], "--section 'Title' names no code"),
        (NASTY, [], "has none of a student's files"),
        ("def f():\n    pass\n\ndef g(:\n    pass\n", ["n.py:f"], "n.py, line 4: the file is not Python: "),
        (b"def f():\n    return '\xff'\n", ["n.py:f"], "n.py: the file is not text in UTF-8"),
        (b"# coding: nonsense\n", ["n.py:f"], "n.py"),
        (b"def f(): pass\n\0\n", ["n.py:f"], "n.py"),
        ("x = " + "-" * 100_000 + "1", ["n.py:f"], "n.py"),
    ],
    ids=range(11),
)
def test_what_cannot_be_exported(tmp_path: Path, content, arguments: list, message: str) -> None:
    (tmp_path / "n.py").write_bytes(content if isinstance(content, bytes) else content.encode())
    output = tmp_path / "out.md"
    output.write_text("as before")
    done = export(tmp_path, *arguments, "--output", str(output))
    assert done.returncode == 2
    assert done.stderr.startswith("export: error: ")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1, "one line, no traceback"
    assert output.read_text() == "as before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["n.py", "out.md"]


# ----------------------------------------------------------------------------------- Markdown


def blocks_of(markdown: str) -> list[str]:
    """The code between fences, by CommonMark's rule: a fence ends at one that is at least as long."""
    blocks: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        ticks = re.match("`{3,}", line)
        if fence and ticks and line.strip("`") == "" and len(line) >= len(fence):
            fence = ""
        elif fence:
            blocks[-1] += line + "\n"
        elif ticks:
            fence = ticks[0]
            blocks.append("")
    assert not fence
    return [block.rstrip("\n") for block in blocks]


def test_markdown_gives_back_the_code(nasty: Path) -> None:
    done = export(nasty, "n_a.py", "--heading-level", "2")
    assert done.returncode == 0, done.stderr
    assert blocks_of(done.stdout) == [piece.code for piece in find_all(nasty, "n_a.py")]
    headings = [line for line in done.stdout.split("\n") if re.match("#+ [^ ]", line) and "fence" not in line]
    assert headings == [
        r"## n\_a.py", "### `tex_traps`", "### `Snake_Case_Name`", "### `inside_if`", "### `inside_else`",
    ]  # fmt: skip
    assert "`n_a.py`, line 7" in done.stdout


def test_fences_and_spans() -> None:
    assert fenced("a").split("\n") == ["```python", "a", "```"]
    assert fenced("``` and `````").split("\n")[0] == "``````python"
    assert code_span("a_b") == "`a_b`"
    assert code_span("a`b``") == "``` a`b`` ```"


def test_sections_by_name_and_file(nasty: Path) -> None:
    write(nasty, {"b.py": "def f():\n    pass\n"})
    done = export(
        nasty, "n_a.py:inside_if", "b.py:f", "n_a.py:tex_traps", "--heading_level", "3",
        "--section", "My *own* layers", "n_a.py:Snake_Case_Name", "b.py",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    headings = [line for line in done.stdout.split("\n") if re.match("#{3,4} ", line)]
    assert headings == [
        r"### n\_a.py", "#### `inside_if`", "#### `tex_traps`", "### b.py", "#### `f`",
        r"### My \*own\* layers", "#### `Snake_Case_Name`", "#### `f`",
    ]  # fmt: skip


def test_the_default_is_what_a_student_implements() -> None:
    done = export(STUDENT_SOLUTION)
    assert done.returncode == 0, done.stderr
    titles = re.findall("^# (.*)$", done.stdout, re.MULTILINE)
    assert titles == ["Operations", "Autograd", "Layers", "Operations of your own", "Loss", "Optimizer"]
    names = re.findall("^## `(.*)`$", done.stdout, re.MULTILINE)
    assert len(names) == len(set(names)) + 1  # ReLU is a layer and an operation
    wanted = "Add Sub Mul Div unbroadcast Tensor.backward Function.apply backward Sequential.forward Linear ReLU"
    assert names[:11] == wanted.split()
    assert {"BatchNorm1d", "MatMul", "CrossEntropy", "cross_entropy", "CrossEntropyLoss", "SGD"} <= set(names)
    missing = [line for line in done.stderr.splitlines() if line.startswith("export: left out: hw1/mnist.py:")]
    assert len(missing) == 3
    ours = export(None)
    assert ours.returncode == 0
    assert ours.stderr == ""
    assert {"Add", "mnist", "train", "validate"} <= set(re.findall("^## `(.*)`$", ours.stdout, re.MULTILINE))


def test_helps_examples_name_code_that_is_there() -> None:
    examples = re.findall("^  python -m course.export (.*)$", export(None, "--help").stdout, re.MULTILINE)
    assert len(examples) == 3
    for line in examples[1:]:
        done = export(None, *shlex.split(line))
        assert (done.returncode, done.stderr) == (0, ""), line

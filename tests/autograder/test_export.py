"""The export of code for a write-up: nothing is run, nothing is lost, and the documents are well-formed."""

# ruff: noqa: RUF001 (strange characters are what is tested)
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from packages import ROOT, STUDENT_SOLUTION

from autograder.export.latex import TABLE, WIDTH, character, in_alltt, in_text, wrapped
from autograder.export.markdown import code_span, fenced
from autograder.export.sources import ExportError, find, find_all

NASTY = r'''
"""Runs if anybody imports it."""
raise SystemExit("the student's code was run")

import functools


@functools.cache
def tex_traps():
    """\end{alltt} \end{verbatim} \end{lstlisting} % $x^2_i$ & # ~ {open \n \\ \begin{document}"""
    return f"{1}{'single'} `back` ``two`` -- << >> ?` !` \t tab"


class Snake_Case_Name:
    scale = 1

    @property
    def value(self):
        """α² ≤ ∑ xᵢ · é ç ü Å – “quoted” 日本 😀 naïve"""
        return self._v

    @value.setter
    def value(self, new):
        # ``` a fence in a comment, ```` a longer one
        text = """
left of the margin
        """
        self._v = new

    async def forward(self, x, a_very_long_argument_name=0.123456789, another_argument_name="text", third_one=None):
        return x


if True:
    def inside_if():
        pass
else:
    def inside_else():
        pass
'''


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    return write(tmp_path / "student", {"n_a.py": NASTY})


def export(folder: Path | None, *arguments: str) -> subprocess.CompletedProcess:
    where = [] if folder is None else ["--student", str(folder)]
    line = [sys.executable, "-m", "autograder.export", *where, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60)


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


# -------------------------------------------------------------------------------------- LaTeX


def test_latex_headings_and_fragment(nasty: Path) -> None:
    texts = {level: export(nasty, "n_a.py:tex_traps", "--format", "latex", "--heading-level", level) for level in "123"}
    for level, heads in {
        "1": "section subsection",
        "2": "subsection subsubsection",
        "3": "subsubsection paragraph",
    }.items():
        text = texts[level].stdout
        assert re.findall(r"^\\(\w+)\{", text, re.MULTILINE)[:2] == heads.split()
        assert rf"\{heads.split()[0]}{{n\_a.py}}" in text
        assert rf"\{heads.split()[1]}{{\texttt{{tex\_traps}}}}" in text
        assert "documentclass" not in text
        assert r"\usepackage{alltt,textcomp}" in text.split("\n")[0]


ACCENT = re.compile(r"""\\[`'^~=u."rHvc]\{\\?[a-zA-Z]\}""")


def read_alltt(tex: str) -> list[str]:
    """The code in the alltt environments, every command turned back into its character (and accents
    into nothing): what a reader of the page sees. Fails on a backslash or brace that is left."""
    plain = {command: c for c, command in TABLE.items() if command[0] in "\\{"}
    commands = re.compile("|".join(map(re.escape, sorted(plain, key=len, reverse=True))))
    found = []
    for body in re.findall(r"\\begin\{alltt\}\n(.*?)\n\\end\{alltt\}", tex, re.DOTALL):
        assert not re.search(r"[\\{}]", commands.sub("", ACCENT.sub("", body)))
        found.append(commands.sub(lambda match: plain[match[0]], ACCENT.sub("", body)))
    return found


def test_latex_code_is_escaped_so_that_it_cannot_end_the_environment(nasty: Path) -> None:
    tex = export(nasty, "n_a.py:tex_traps", "--format", "latex").stdout
    assert tex.count(r"\end{alltt}") == 1
    assert tex.isascii()
    (shown,) = read_alltt(tex)
    code = find(nasty, "n_a.py", "tex_traps")[0].code.expandtabs(4)
    assert re.sub(r"\n +↪ ", " ", shown) == code


def test_latex_characters() -> None:
    assert [character(c) for c in "aé日😀\x0c"] == ["a", r"\'{e}", "[U+65E5]", "[U+1F600]", "[U+000C]"]
    assert in_alltt("α≤x² 'q' ï") == (
        r"\ensuremath{\alpha}\ensuremath{\leq}x\ensuremath{\sp{2}} \textquotesingle{}q\textquotesingle{} " + r"\"{\i}"
    )
    assert in_text("a_b & 100% #1 {x} ~^") == (r"a\_b \& 100\% \#1 \{x\} \textasciitilde{}\textasciicircum{}")
    assert all(command.isascii() for command in TABLE.values())


def test_latex_lines_fit_the_page() -> None:
    line = "    return " + ", ".join(f"argument_{i}" for i in range(20))
    parts = wrapped(line)
    assert len(parts) > 2
    assert max(map(len, parts)) <= WIDTH
    assert " ".join([parts[0], *[part.removeprefix("        ↪ ") for part in parts[1:]]]) == line
    assert wrapped("x" * (3 * WIDTH))[0] == "x" * WIDTH
    assert "".join(part.strip(" ↪") for part in wrapped("x" * (3 * WIDTH))) == "x" * (3 * WIDTH)
    assert wrapped("    short") == ["    short"]
    assert wrapped("") == [""]


def braces_match(tex: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


ALL_CHARACTERS = (
    'TEXT = """'
    + "\n".join("".join(list(TABLE)[i : i + 20]).replace("\\", "\\\\") for i in range(0, len(TABLE), 20))
    + '\n"""'
)


@pytest.mark.parametrize("level", ["1", "2", "3"])
def test_latex_compiles(nasty: Path, tmp_path: Path, level: str) -> None:
    """Standalone, and by \\input into a document. Where there is no TeX, what TeX would trip over is
    looked for; that is asserted in both cases."""
    write(nasty, {"every_character.py": f"def f():\n    {ALL_CHARACTERS}\n"})
    for standalone in ([], ["--standalone"]):
        arguments = ["n_a.py", "every_character.py", "--section", r"50% & #_\ ~ 'q' Æ α²", "n_a.py:tex_traps"]
        file = tmp_path / ("standalone.tex" if standalone else "part.tex")
        done = export(
            nasty, "--format", "latex", "--heading-level", level, "--output", str(file), *standalone, *arguments
        )
        assert done.returncode == 0, done.stderr
        text = file.read_text(encoding="ascii")
        assert braces_match(text)
        assert text.count(r"\begin{alltt}") == text.count(r"\end{alltt}") == 6
        assert len(read_alltt(text)) == 6
        assert text.count(r"\documentclass") == text.count(r"\end{document}") == len(standalone)
    (tmp_path / "whole.tex").write_text(
        "\\documentclass{article}\n\\usepackage{alltt,textcomp}\n\\begin{document}\n\\input{part}\n\\end{document}\n"
    )
    engine = shutil.which("pdflatex")
    for name in ("standalone", "whole") if engine else ():
        line = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=300)
        assert done.returncode == 0, done.stdout[-3000:]
        assert (tmp_path / f"{name}.pdf").stat().st_size > 5000
        log = (tmp_path / f"{name}.log").read_text(errors="replace")
        assert "Missing character" not in log
        assert not re.search("^!", log, re.MULTILINE)
        if name == "standalone":
            assert "Overfull" not in log, "a line runs off the page"


def test_output_is_written_whole_and_readable(nasty: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "submission.md"
    output.parent.mkdir()
    done = export(nasty, "n_a.py", "--output", str(output))
    assert done.returncode == 0
    assert done.stdout == ""
    assert output.read_text(encoding="utf-8") == export(nasty, "n_a.py").stdout
    assert [p.name for p in output.parent.iterdir()] == ["submission.md"]
    reference = tmp_path / "reference"
    reference.write_text("")
    assert output.stat().st_mode == reference.stat().st_mode
    done = export(nasty, "n_a.py", "--output", str(tmp_path / "none" / "x.md"))
    assert done.returncode == 2
    assert "x.md cannot be written: No such file or directory" in done.stderr


def test_mytorch_is_not_imported() -> None:
    code = (
        "import sys, autograder.export.command; "
        "print([m for m in sys.modules if m.split('.')[0] in ('mytorch', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr

"""The export of code as LaTeX: the documents are well-formed and compile."""

# ruff: noqa: RUF001 (strange characters are what is tested)
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.exported import ROOT, export, write

from course.export.latex import TABLE, WIDTH, character, in_alltt, in_text, wrapped
from course.export.sources import find

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
        "import sys, course.export.command; print([m for m in sys.modules if m.split('.')[0] in ('mytorch', 'numpy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr

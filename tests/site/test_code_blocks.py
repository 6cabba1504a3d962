"""The code on the site's pages: blocks of `python` run and print what they say, blocks of `py` are quotations.

Blocks of `{code-cell}` run when the site is built, the commands in the guides in .ci/course.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
PAGES = sorted((ROOT / "docs").glob("*.md"))
# Pages on a homework, whose blocks import its solution.
FOLDERS = {"handout_000": "bioeng", "handout_001": "layers", "handout_003": "logistic", "handout_004": "ffn"}
BLOCKS = [(page, *found) for page in PAGES for found in BLOCK.findall(page.read_text(encoding="utf-8"))]


def of(language: str) -> list:
    return [
        pytest.param(page, text, id=f"{page.stem}-{i}")
        for i, (page, kind, text) in enumerate(BLOCKS)
        if kind == language
    ]


def test_there_are_blocks_and_no_unknown_ones() -> None:
    kinds = {kind for _, kind, _ in BLOCKS}
    assert {"python", "py", "bash", "json"} <= kinds
    assert kinds <= {"python", "py", "bash", "json", "text"}


@pytest.mark.parametrize(("page", "text"), of("python"))
def test_python_prints_what_it_says(page, text, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    if page.stem in FOLDERS:
        monkeypatch.syspath_prepend(ROOT / "course" / FOLDERS[page.stem])
    before = set(sys.modules)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(text, page.name, "exec"), {})
    finally:
        for name in set(sys.modules) - before:  # homeworks have files of the same names
            if str(ROOT / "course") in (getattr(sys.modules[name], "__file__", None) or ""):
                del sys.modules[name]
    said = re.findall(r"^print\(.*\) +# (.*)$", text, flags=re.M)
    assert said or "assert " in text
    assert output.getvalue().splitlines() == said


@pytest.mark.parametrize(("page", "text"), of("py"))
def test_quotations_stand_in_the_source(page, text) -> None:
    named = re.findall(r"\]\(\.\./([\w/.]+\.py)\)", page.read_text(encoding="utf-8"))
    files = [ROOT / name for name in named] + sorted((ROOT / "docs/_static/live").glob("*.js"))
    assert any(_plain(text) in _plain(file.read_text(encoding="utf-8")) for file in files), text


def _plain(text: str) -> str:
    return "\n".join([line.strip() for line in text.splitlines() if line.strip()])


@pytest.mark.parametrize(("page", "text"), of("json"))
def test_json_is_json(page, text) -> None:
    json.loads(text)


@pytest.mark.parametrize(("page", "text"), of("bash"))
def test_commands_are_bash_and_their_files_are_here(page, text) -> None:
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    for script in re.findall(
        r"(?<![\w/.])(?:\./)?((?:autograder|course|docs|examples|tests|tools)/[\w/]+\.(?:py|sh))", text
    ):
        assert (ROOT / script).is_file(), script

"""The README's Python: every block runs, and prints what the comments beside its print() say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_block_prints_what_it_says(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # for blocks that write files
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(block, "README.md", "exec"), {})
    said = re.findall(r"^print\(.*\) +# (.*)$", block, flags=re.MULTILINE)
    assert len(said) == len(re.findall(r"^print\(", block, flags=re.MULTILINE)), "a print() without its output"
    lines = output.getvalue().splitlines()
    epochs = [line for line in lines if re.match(r"epoch \d+/\d+  lr ", line)]  # a Trainer's: their figures vary
    assert bool(epochs) == (".fit(" in block)
    assert [line for line in lines if line not in epochs] == said


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        if "://" not in link:
            assert (ROOT / link).exists(), link


def test_the_commands_for_a_new_machine() -> None:
    lines = README.splitlines()
    assert "pip install -e . && ./grade.sh m" in lines
    assert "pip install -e '.[test]' && pytest" in lines

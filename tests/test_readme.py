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
def test_block_prints_what_it_says(block: str) -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(block, "README.md", "exec"), {})
    said = re.findall(r"^print\(.*\) +# (.*)$", block, flags=re.MULTILINE)
    assert len(said) == len(re.findall(r"^print\(", block, flags=re.MULTILINE)), "a print() without its output"
    assert output.getvalue().splitlines() == said


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

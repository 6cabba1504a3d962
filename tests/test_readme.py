"""The README's Python: every block runs, and prints what the comments beside its print() say."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import readme_samples

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n((?:(?!```).)*)```(?!\n\n<!-- output of: the Python above)", README, flags=re.DOTALL)


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


def test_the_sample_outputs_are_todays() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/readme_samples.py", "--check"], capture_output=True, text=True, timeout=600
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_block_prints_is_a_sample(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(readme_samples, "README", tmp_path / "README.md")
    text = (
        "```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n\n<!-- output of: the Python above -->\n\n```\n3\n```\n"
    )
    (tmp_path / "README.md").write_text(text)
    assert readme_samples.main([]) == 0
    assert (tmp_path / "README.md").read_text() == text.replace("3", "2")


def test_a_stale_sample_is_named(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(readme_samples, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text("<!-- output of: echo new -->\n\n```\nold 1.5 s\n```\n")
    assert readme_samples.main(["--check"]) == 1
    assert "README.md does not show what this prints now: echo new" in capsys.readouterr().err
    assert readme_samples.main([]) == 0
    assert "new\n```" in (tmp_path / "README.md").read_text()
    assert readme_samples.main(["--check"]) == 0

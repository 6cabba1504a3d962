"""Code that is hard to export."""

# ruff: noqa: RUF001 (strange characters are what is tested)
from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

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


def export(folder: Path | None, *arguments: str) -> subprocess.CompletedProcess:
    where = [] if folder is None else ["--student", str(folder)]
    line = [sys.executable, "-m", "course.export", *where, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60)

"""Grading in a process of its own, for those who need what was found and not a report: course servers, a class."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["run_runner", "without_result"]

_GRACE = 120.0  # seconds for the checks that have begun within the time limit


def run_runner(
    runner: Path, student: Path, time_limit: float, arguments: Sequence[str] = ()
) -> tuple[dict[str, Any], str]:
    """The record (see `autograder.grading.record`) of what the homework's runner.py finds in `student`, a folder
    or an archive, and the report that it prints. Whatever goes wrong is the record's "error"."""
    with tempfile.TemporaryDirectory(prefix="grade-") as place:
        result = Path(place) / "result.json"
        command = [sys.executable, "-I", str(runner), "--student", str(student.absolute()), "--json", str(result)]
        command += ["--time-limit", str(time_limit), *arguments]
        try:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=time_limit + _GRACE,
            )
        except subprocess.TimeoutExpired:
            return without_result(f"grading took more than {time_limit + _GRACE:g} seconds"), ""
        if not result.exists():
            lines = ended.stderr.strip().splitlines() or ended.stdout.strip().splitlines()[:-1]
            last = lines[-1] if lines else f"the grader ended with exit status {ended.returncode}"
            reason = (last.partition("error: ")[2] or last).removeprefix("not graded: ")
            return without_result(reason), ""
        return json.loads(result.read_text(encoding="ascii")), ended.stdout


def without_result(reason: str) -> dict[str, Any]:
    """The record of a submission that cannot be graded."""
    return {"error": reason, "score": 0, "max_score": 0, "seconds": 0.0, "broken": [], "problems": []}

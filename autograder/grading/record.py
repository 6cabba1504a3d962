"""A grading as JSON, for programs: all that is known, what hidden checks found included. Not for students."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from autograder.checks.snippets import with_imports
from autograder.grading.grade import Grading, Outcome

__all__ = ["as_record", "write_record"]


def as_record(grading: Grading, seed: int) -> dict[str, Any]:
    """{"score", "max_score", "seed", "seconds", "broken": [reason], "left_out": ["file: why it was not looked at"],
    "layers": [of the sandbox], "problems": [{"number", "title", "score", "max_score", "bonus", "checks": [{"title",
    "score", "max_score", "hidden", "beyond", "passed", "hint", "output", "with", "snippet", "findings":
    [{"expression", "what", "diagnosis"}]}]}]}

    beyond: a warning without points (see `Check`). with: the name of what must lie in the folder where the snippet is
    tried."""
    problems = [
        {
            "number": result.problem.number,
            "title": result.problem.title,
            "score": result.points,
            "max_score": result.problem.points,
            "bonus": result.problem.bonus,
            "checks": [_check(outcome, result.problem.hint, grading.handin.name) for outcome in result.outcomes],
        }
        for result in grading.results
    ]
    return {
        "score": round(grading.points, 6),
        "max_score": round(sum(result.problem.points for result in grading.results), 6),
        "seed": seed,
        "seconds": round(grading.seconds, 3),
        "broken": list(grading.broken.values()),
        "left_out": [f"{file}: {reason}" for file, reason in grading.left_out.items()],
        "layers": list(grading.layers),
        "problems": problems,
    }


def _check(outcome: Outcome, hint: str, handin: str) -> dict[str, Any]:
    return {
        "title": outcome.check.title,
        "score": round(outcome.points, 6),
        "max_score": round(outcome.check.points, 6),
        "hidden": outcome.check.hidden,
        "beyond": outcome.check.beyond,
        "hint": outcome.check.hint or hint,
        "passed": not outcome.findings,
        "output": outcome.output,
        "with": handin,
        "snippet": with_imports(outcome.check.snippet),
        "findings": [
            {"expression": f.expression, "what": f.what, "diagnosis": f.diagnosis or f.guess} for f in outcome.findings
        ],
    }


def write_record(record: dict[str, Any], file: Path) -> None:
    """Whole or not at all."""
    handle, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            json.dump(record, stream, indent=1)
            stream.write("\n")
        os.chmod(part, 0o644)
        os.replace(part, file)
    except BaseException:
        os.unlink(part)
        raise

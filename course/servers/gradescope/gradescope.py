"""Grade the submission that Gradescope has laid into BASE/submission; the result is BASE/results/results.json.

settings.json, beside this file, is what the instructor has chosen when the package was made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent
sys.path.insert(0, str(SOURCE))

from place import find_submission

from autograder.grading.process import run_runner
from autograder.grading.record import write_record
from autograder.grading.shown import BEYOND, counted, shown, text_of_check, warnings_of


def main() -> int:
    base = Path(sys.argv[1])
    settings = json.loads((SOURCE / "settings.json").read_text(encoding="utf-8"))
    runner = SOURCE / settings["runner"]
    record, report = run_runner(
        runner, find_submission(base / "submission", settings["handin"], settings["loose"]), settings["time_limit"]
    )
    (base / "results").mkdir(exist_ok=True)
    write_record(results(record, settings), base / "results/results.json")
    print(report or record.get("error"))  # for the instructor
    return 0


def results(record: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The record as Gradescope's results.json. A warning without points is a line of text and no test of 0 points."""
    warnings = warnings_of(record)
    lines = [f"Not graded: {record['error']}"] if "error" in record else list(record["broken"])
    lines += [f"Not looked at: {line}" for line in record.get("left_out", [])]
    output = "\n".join([*lines, *([f"{BEYOND}:"] if warnings else []), *(f"! {line}" for line in warnings)])
    return {
        "score": record["score"],
        "execution_time": record["seconds"],
        "output": shown(output),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(problem, f"{problem['number']}.{n}", check, settings["hidden"])
            for problem in record["problems"]
            for n, check in enumerate(counted(problem), 1)
        ],
    }


def _test(problem: dict[str, Any], number: str, check: dict[str, Any], hidden: str) -> dict[str, Any]:
    return {
        "name": f"{problem['number']} {problem['title']}: {check['title']}",
        "number": number,
        "score": check["score"],
        "max_score": check["max_score"],
        "status": "passed" if check["passed"] else "failed",
        "output": text_of_check(check),
        "output_format": "text",
        "visibility": hidden if check["hidden"] else "visible",
    }


if __name__ == "__main__":
    sys.exit(main())

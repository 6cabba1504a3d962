"""Grade a hand-in as Autolab wants it: the report, a line for its table of checks, and last the line of scores."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent
sys.path.insert(0, str(SOURCE))

from place import find_submission

from autograder.grading.process import run_runner
from autograder.grading.shown import counted, shown, text_of_check


def main() -> int:
    handin = Path(sys.argv[1])
    settings = json.loads((SOURCE / "settings.json").read_text(encoding="utf-8"))
    student = handin if handin.is_file() else find_submission(Path.cwd(), settings["handin"], settings["loose"])
    record, report = run_runner(SOURCE / settings["runner"], student, settings["time_limit"])
    text = f"Not graded: {shown(record['error'])}" if "error" in record else report.rsplit("\n", 2)[0]
    print(text.encode("ascii", "backslashreplace").decode())
    print(json.dumps(presentation(record)))
    scores = dict.fromkeys(settings["problems"], 0)
    scores.update({problem["number"]: problem["score"] for problem in record["problems"]})
    print(json.dumps({"scores": scores}))
    return 0


def presentation(record: dict[str, Any]) -> dict[str, Any]:
    """Autolab's formatted feedback: a stage per problem, a row per check with points (warnings are in the report)."""
    stages = {
        f"{problem['number']} {problem['title']}": {
            check["title"]: {"passed": check["passed"], "hint": text_of_check(check)} for check in counted(problem)
        }
        for problem in record["problems"]
    }
    return {"_presentation": "semantic", "stages": list(stages), **stages}


if __name__ == "__main__":
    sys.exit(main())

"""One check, in the process that may be broken by it: run the snippet, send back the values.

This process knows the snippet and the expressions, never what is expected of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import traceback
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from autograder.common import imports
from autograder.common.values import encode

__all__ = ["run_job"]

SNIPPET = "<snippet>"
_GRADER = Path(__file__).resolve().parent.parent
_MEMORY = 4 << 30
_FILE_SIZE = 64 << 20


def run_job(job: dict[str, Any]) -> None:
    """Run `job["snippet"]`, write the values of `job["expressions"]` to the file `job["result"]`,
    and end the process, whatever threads and exit handlers the student's code has left."""
    # References of our own: the student's code may replace those of the modules.
    write, end, dump = open, os._exit, json.dumps
    limit_resources()
    limit_time(job["limit"])
    folder = job["folder"]
    sys.path[:] = [folder, *(p for p in sys.path if p not in ("", os.getcwd(), str(_GRADER.parent), folder))]
    finder = imports.StudentImports(folder, job["broken"], _progress_file(job.get("progress")))
    imports.install(finder)
    random.seed(0)
    np.random.seed(0)

    answer: dict[str, Any] = {"values": {}}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        code = compile(job["snippet"], SNIPPET, "exec")
        exec(code, namespace)
    except BaseException as error:  # also SystemExit and KeyboardInterrupt: nothing may escape
        answer["error"] = describe(error, job)
    else:
        for expression in job["expressions"]:
            answer["values"][expression] = evaluate(expression, namespace, job)
    limit_time(0)
    answer["broken"] = finder.broken
    with write(job["result"], "w", encoding="utf-8") as file:
        file.write(dump(answer))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student's code may have replaced or closed it
            stream.flush()
    end(0)


def limit_time(seconds: float) -> None:
    """Raise TimeLimitError in the code that runs after `seconds` (0: never), which tells where it
    was. Code that holds out against the exception is killed from outside a little later."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _time_is_up)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _time_is_up(*_: Any) -> None:
    raise imports.TimeLimitError("time is up")


def limit_resources() -> None:
    """Memory, size of written files, and no core dumps, where the system can limit them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, wanted in (("RLIMIT_AS", _MEMORY), ("RLIMIT_FSIZE", _FILE_SIZE), ("RLIMIT_CORE", 0)):
        _, hard = resource.getrlimit(getattr(resource, kind))
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(getattr(resource, kind), (wanted, hard))


def evaluate(expression: str, namespace: dict[str, Any], job: dict[str, Any]) -> Any:
    """The encoded value. `x.grad.data` counts as None where `x.grad` is None: that says more than
    "NoneType has no attribute data"."""
    try:
        return encode(eval(_compiled(expression), namespace))
    except BaseException as error:
        description = describe(error, job)
    with contextlib.suppress(BaseException):
        if expression.endswith(".data") and eval(_compiled(expression[: -len(".data")]), namespace) is None:
            return None
    return {"error": description}


def _compiled(expression: str) -> CodeType:
    return compile(expression, "<expression>", "eval")


def describe(error: BaseException, job: dict[str, Any]) -> dict[str, Any]:
    """What was raised and where: the line of the snippet, and the last line of the student's files."""
    description: dict[str, Any] = {"name": type(error).__name__, "message": _message(error)}
    snippet_lines = job["snippet"].splitlines()
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file == SNIPPET and line is not None:
            description["snippet_line"] = snippet_lines[line - 1].strip()
        elif Path(file).is_relative_to(job["folder"]) and not Path(file).is_relative_to(_GRADER):
            place = Path(file).relative_to(job["folder"]).as_posix()
            description["place"] = f"{place}, line {line}, in {frame.f_code.co_name}"
    return description


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:  # an exception class of the student, with an error of its own
        return "(no message)"


def _progress_file(path: str | None) -> Any:
    """A function that notes in the file which module is being imported."""
    if path is None:
        return lambda event, module: None

    def tell(event: str, module: str) -> None:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{event} {module}\n")

    return tell

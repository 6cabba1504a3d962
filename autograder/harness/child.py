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
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from autograder.harness import imports
from autograder.harness.limits import PATIENCE, is_starved
from autograder.harness.search_path import search_path
from autograder.harness.values import encode

__all__ = ["describe", "limit_time", "run_job", "use_package"]

SNIPPET = "<snippet>"
_ASK_AGAIN = 0.1  # seconds; sooner than the keeper's overtime ends, or nobody says where the code was
# References of our own: the student's code may replace those of the modules.
_write, _end, _dump, _getcwd = os.write, os._exit, json.dumps, os.getcwd
_seed, _numpy_seed = random.seed, np.random.seed
_wall, _cpu, _timer = time.monotonic, time.process_time, getattr(signal, "setitimer", None)


def use_package(
    folder: str, packages: Sequence[str], broken: dict[str, str], shown: str, tell: Any = lambda *_: None
) -> imports.StudentImports:
    """Let this process import the packages in `folder`."""
    sys.path[:] = search_path(folder)
    finder = imports.StudentImports(folder, broken, tell, shown, packages)
    imports.install(finder)
    return finder


def run_job(job: dict[str, Any], folder: str, finder: imports.StudentImports, answer_to: int) -> None:
    """Run `job["snippet"]`, write the values of `job["expressions"]` to the file descriptor `answer_to`,
    and end the process, whatever threads and exit handlers the student's code has left."""
    limit_time(job["limit"])
    _seed(0)
    _numpy_seed(0)
    answer: dict[str, Any] = {"values": {}}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        code = compile(job["snippet"], SNIPPET, "exec")
        exec(code, namespace)
    except BaseException as error:  # also SystemExit and KeyboardInterrupt: nothing may escape
        answer["error"] = describe(error, job["snippet"], folder)
    else:
        for expression in job["expressions"]:
            answer["values"][expression] = evaluate(expression, namespace, job["snippet"], folder)
    limit_time(0)
    answer["broken"] = finder.broken
    data = _dump(answer).encode()
    while data:
        data = data[_write(answer_to, data) :]
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student's code may have replaced or closed it
            stream.flush()
    _end(0)


def limit_time(seconds: float) -> None:
    """Raise TimeLimitError in the code that runs after `seconds` (0: never), which tells where it
    was. Code that holds out against the exception is killed from outside a little later.

    Where other programs leave this one too little of a processor, it gets up to PATIENCE times as long."""
    if _timer is None:
        return
    begin, used = _wall(), _cpu()

    def time_is_up(*_: Any) -> None:
        wall = _wall() - begin
        if is_starved(_cpu() - used, wall, seconds) and wall < PATIENCE * seconds:
            _timer(signal.ITIMER_REAL, _ASK_AGAIN)
            return
        raise imports.TimeLimitError("time is up")

    signal.signal(signal.SIGALRM, time_is_up)
    _timer(signal.ITIMER_REAL, seconds)


def evaluate(expression: str, namespace: dict[str, Any], snippet: str, folder: str) -> Any:
    """The encoded value. `x.grad.data` counts as None where `x.grad` is None: that says more than
    "NoneType has no attribute data"."""
    try:
        return encode(eval(_compiled(expression), namespace))
    except BaseException as error:
        description = describe(error, snippet, folder)
    with contextlib.suppress(BaseException):
        if expression.endswith(".data") and eval(_compiled(expression[: -len(".data")]), namespace) is None:
            return None
    return {"error": description}


def _compiled(expression: str) -> CodeType:
    return compile(expression, "<expression>", "eval")


def describe(error: BaseException, snippet: str, folder: str) -> dict[str, Any]:
    """What was raised and where: the line of the snippet, and the last line of the student's files."""
    description: dict[str, Any] = {"name": type(error).__name__, "message": _message(error)}
    snippet_lines = snippet.splitlines()
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file == SNIPPET and line is not None:
            description["snippet_line"] = snippet_lines[line - 1].strip()
        elif Path(file).is_relative_to(folder):
            place = Path(file).relative_to(folder).as_posix()
            at = f", line {line}" if line else ""  # no line: interrupted between two, when the time was up
            description["place"] = f"{place}{at}, in {frame.f_code.co_name}"
    return description


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:  # an exception class of the student, with an error of its own
        return "(no message)"

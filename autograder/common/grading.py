"""From problems and a student's folder to points: run every check, judge what comes back."""

from __future__ import annotations

import functools
import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.common.check import Check, Problem
from autograder.common.compare import difference, sentence
from autograder.common.diagnose import diagnose
from autograder.common.imports import TimeLimitError
from autograder.common.pool import Job, Pool, Reply
from autograder.common.snippets import module_names, with_imports
from autograder.common.values import BadAnswerError, decode

__all__ = ["Finding", "Grading", "Outcome", "ProblemResult", "grade"]

_IMPORT_LIMIT = 10.0
_SHORT_LIMIT = 1.0
_TIMEOUTS_BEFORE_SHORT_LIMIT = 3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: of an expression, or ('') of the check as a whole."""

    expression: str
    what: str
    diagnosis: str = ""


@dataclass(frozen=True)
class Outcome:
    """A check that was run: passed when there are no findings."""

    check: Check
    findings: tuple[Finding, ...]
    output: str = ""

    @property
    def points(self) -> float:
        return 0 if self.findings else self.check.points


@dataclass(frozen=True)
class ProblemResult:
    problem: Problem
    outcomes: tuple[Outcome, ...]

    @property
    def points(self) -> float:
        return sum(outcome.points for outcome in self.outcomes)


@dataclass(frozen=True)
class Grading:
    """All results. broken: {module: why it cannot be imported}."""

    results: tuple[ProblemResult, ...]
    broken: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def points(self) -> float:
        return sum(result.points for result in self.results)


def grade(
    problems: Sequence[Problem], folder: Path, pool: Pool, progress: Callable[[int], None] = lambda _: None
) -> Grading:
    """Grade the `mytorch` in `folder`. `progress` is called with the number of checks done."""
    start = time.monotonic()
    run = _Run(folder.resolve(), pool, progress)
    broken = run.find_broken_files()
    checks = [check for problem in problems for check in problem.checks]
    outcomes = iter(pool.run_all([functools.partial(run.outcome, check) for check in checks]))
    results = [ProblemResult(problem, tuple(next(outcomes) for _ in problem.checks)) for problem in problems]
    return Grading(tuple(results), broken, time.monotonic() - start)


class _Run:
    """What the checks of one grading share: the files not to import, and how patient to be."""

    def __init__(self, folder: Path, pool: Pool, progress: Callable[[int], None]) -> None:
        self.folder = folder
        self.pool = pool
        self.progress = progress
        self.fatal: dict[str, str] = {}  # modules whose import hangs or ends the process
        self.import_seconds = 0.0
        self.timeouts = 0
        self.done = 0
        self.lock = threading.Lock()

    def find_broken_files(self) -> dict[str, str]:
        """Import every module that checks need, once. What fails with an exception, each later
        process finds out for itself; what hangs or crashes is noted in `fatal`, so that it costs
        the time only once."""
        snippet = "import importlib\nimport importlib.util\n" + "\n".join(
            f"if importlib.util.find_spec({name.rpartition('.')[0]!r}) and importlib.util.find_spec({name!r}):\n"
            f"    importlib.import_module({name!r})"
            for name in module_names()
        )
        while True:
            progress = self.pool.new_file()
            start = time.monotonic()
            reply = self.pool.run(Job(self.folder, snippet, ["0"], _IMPORT_LIMIT, self.fatal, progress))
            self.import_seconds = time.monotonic() - start
            culprit = _being_imported(progress)
            answer = _parsed(reply)
            if answer is not None and not _error(reply):
                broken = answer.get("broken")
                return {str(k): str(v) for k, v in broken.items()} if isinstance(broken, dict) else {}
            if culprit is None or culprit in self.fatal:
                return dict(self.fatal)
            file = culprit.replace(".", "/")
            file += "/__init__.py" if (self.folder / file).is_dir() else ".py"
            self.fatal = {**self.fatal, culprit: f"{file} cannot be imported: {_how_it_ended(reply)}"}

    def outcome(self, check: Check) -> Outcome:
        """Run one check and judge it."""
        expectations = check.expectations()
        limit = min(check.limit, _SHORT_LIMIT) if self.timeouts >= _TIMEOUTS_BEFORE_SHORT_LIMIT else check.limit
        limit += 3 * self.import_seconds  # the slower the machine, the longer
        reply = self.pool.run(Job(self.folder, with_imports(check.snippet), list(expectations), limit, self.fatal))
        with self.lock:
            self.timeouts += _ran_out_of_time(reply)
            self.done += 1
            self.progress(self.done)
        return Outcome(check, tuple(_findings(check, reply)), reply.output)


def _findings(check: Check, reply: Reply) -> list[Finding]:
    """All that is wrong with the reply to a check."""
    answer, error = _parsed(reply), _error(reply)
    if answer is None or _ran_out_of_time(reply):
        cause = "timeout" if _ran_out_of_time(reply) else f"{reply.ended} {reply.code}"
        place = f" ({error['place']:.200})" if isinstance(error.get("place"), str) else ""
        return [Finding("", _how_it_ended(reply) + place, check.failures.get(cause, ""))]
    if error:
        line = str(error.get("snippet_line", ""))[:200]
        return [Finding(line, sentence(error), check.failures.get(str(error.get("name")), ""))]
    findings = []
    for expression, expected in check.expectations().items():
        try:
            actual = decode(answer["values"][expression])
        except (KeyError, TypeError, BadAnswerError) as error:
            findings.append(Finding(expression, f"the answer cannot be read: {error!r:.100}"))
            continue
        what = difference(expected, actual)
        if what is not None:
            findings.append(Finding(expression, what, diagnose(expected, actual, expression)))
    return findings


def _parsed(reply: Reply) -> dict | None:
    """The child's answer; None unless it ended as it should and wrote a JSON object."""
    if reply.ended != "exit" or reply.code != 0 or reply.answer is None:
        return None
    try:
        answer = json.loads(reply.answer)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _error(reply: Reply) -> dict:
    """The exception that ended the snippet; empty if none did."""
    error = (_parsed(reply) or {}).get("error")
    return error if isinstance(error, dict) else {}


def _ran_out_of_time(reply: Reply) -> bool:
    return reply.ended == "timeout" or _error(reply).get("name") == TimeLimitError.__name__


def _how_it_ended(reply: Reply) -> str:
    """Why there is no answer."""
    if _ran_out_of_time(reply):
        return "not finished in time: an infinite loop?"
    if reply.ended == "signal":
        names = {6: "was aborted", 9: "was killed, perhaps for its use of memory", 11: "crashed (segmentation fault)"}
        return f"the process {names.get(reply.code, f'was ended by signal {reply.code}')}"
    if reply.ended == "worker":
        return "the code ended the process that watches it"
    if reply.answer is None:
        return f"the code ended the process, with exit status {reply.code}"
    return "the answer of the process cannot be read"


def _being_imported(progress: Path) -> str | None:
    """The innermost module whose import began and did not end."""
    if not progress.exists():
        return None
    stack: list[str] = []
    for event, module in re.findall(r"^(begin|end) ([\w.]+)$", progress.read_text(encoding="utf-8"), re.MULTILINE):
        if event == "begin":
            stack.append(module)
        elif module in stack:
            stack.remove(module)
    return stack[-1] if stack else None

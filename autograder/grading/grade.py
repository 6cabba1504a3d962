"""From problems and a student's folder to points: run every check, judge what comes back."""

from __future__ import annotations

import functools
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.checks.check import Check, Problem
from autograder.checks.compare import difference, is_number, sentence
from autograder.checks.diagnose import diagnose, known_mistake
from autograder.checks.reading import reading
from autograder.checks.snippets import module_names, with_imports
from autograder.grading.explained import (
    FORM_ALONE,
    Finding,
    explained,
    missing_file,
    needs_no_explanation,
    probe_snippet,
)
from autograder.harness.handin import MYTORCH, Handin
from autograder.harness.imports import TimeLimitError
from autograder.harness.pool import Job, Pool, Reply
from autograder.harness.submission import Submission
from autograder.harness.values import BadAnswerError, decode

__all__ = ["TIME_LIMIT", "Finding", "Grading", "Outcome", "ProblemResult", "grade"]

_IMPORT_LIMIT = 10.0
_SHORT_LIMIT = 1.0
_TIMEOUTS_BEFORE_SHORT_LIMIT = 3
_MOST_FATAL_FILES = 6  # that hang or crash; then grading goes on without another try
_MOST_REASONS = 50  # lines of the report about files that cannot be imported
TIME_LIMIT = 600.0  # seconds


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
        return round(sum(outcome.points for outcome in self.outcomes), 6)  # a check's may be a scaled 0.1


@dataclass(frozen=True)
class Grading:
    """All results. broken: {module: why it cannot be imported}. left_out: {file: why it was not looked at}.
    layers: the walls that the code ran behind. handin: what was graded."""

    results: tuple[ProblemResult, ...]
    broken: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    handin: Handin = MYTORCH

    @property
    def points(self) -> float:
        return sum(result.points for result in self.results)


def grade(
    problems: Sequence[Problem],
    folder: Path,
    pool: Pool,
    progress: Callable[[int], None] = lambda _: None,
    time_limit: float = TIME_LIMIT,
    handin: Handin = MYTORCH,
) -> Grading:
    """Grade the hand-in in `folder`. `progress` is called with the number of checks done. Checks that have
    not begun after `time_limit` seconds fail."""
    start = time.monotonic()
    run = _Run(pool.take(folder.absolute(), handin), pool, progress, start + time_limit)
    broken = run.find_broken_files()
    checks = [(check, problem.number) for problem in problems for check in problem.checks]
    outcomes = iter(pool.run_all([functools.partial(run.outcome, check, number) for check, number in checks]))
    results = [
        ProblemResult(problem, _with_substance([next(outcomes) for _ in problem.checks])) for problem in problems
    ]
    left_out = run.submission.left_out
    return Grading(tuple(results), broken, time.monotonic() - start, left_out, tuple(pool.layers), handin)


def _with_substance(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Where no result of a problem is right, the form of it earns nothing."""
    # Not the hidden ones: a form that has its points in the student's folder has them on the server too.
    results = [o for o in outcomes if not (o.check.is_form or o.check.beyond or o.check.hidden)]
    if not results or any(outcome.points for outcome in results):
        return tuple(outcomes)
    alone = (Finding("", FORM_ALONE),)
    right_form = [outcome for outcome in outcomes if not outcome.findings and not outcome.check.beyond]
    rest = [outcome for outcome in outcomes if outcome not in right_form]
    # Last, because what is wrong with the results must be read first.
    return (*rest, *(replace(outcome, findings=alone) for outcome in right_form))


class _Run:
    """What the checks of one grading share: the files not to import, and how patient to be."""

    def __init__(self, submission: Submission, pool: Pool, progress: Callable[[int], None], deadline: float) -> None:
        self.submission = submission
        self.is_mytorch = MYTORCH.name in submission.handin.entries
        self.deadline = deadline
        self.pool = pool
        self.progress = progress
        self.fatal: dict[str, str] = {}  # modules whose import hangs or ends the process
        self.hopeless: Reply | None = None  # how the import ends in spite of all: then no check is run
        self.import_seconds = 0.0
        self.timeouts = 0
        self.done = 0
        self.lock = threading.Lock()

    def find_broken_files(self) -> dict[str, str]:
        """Import every module that checks need, once. What fails with an exception, each later
        process finds out for itself; what hangs or crashes is noted in `fatal`, so that it costs
        the time only once."""
        while True:
            start = time.monotonic()
            reply = self.pool.run(self._job("", ["0"], _IMPORT_LIMIT))
            self.import_seconds = time.monotonic() - start
            answer = _parsed(reply)
            if answer is not None and not _error(reply):
                broken = answer.get("broken")
                reasons = list(broken.items())[:_MOST_REASONS] if isinstance(broken, dict) else []
                return {str(k)[:200]: str(v)[:500] for k, v in reasons}
            culprit = reply.culprit
            file = None if culprit is None else self._file_of(culprit)
            if culprit is None or file is None or culprit in self.fatal or len(self.fatal) >= _MOST_FATAL_FILES:
                self.hopeless = reply
                return dict(self.fatal)
            self.fatal = {**self.fatal, culprit: f"{file} cannot be imported: {_how_it_ended(reply)}"}

    def _file_of(self, module: str) -> str | None:
        """The file of a module; None if there is none: the name comes from the student's process."""
        path = module.replace(".", "/")
        # os.path: a Path raises OSError for too long a name.
        names = (f"{path}.py", f"{path}/__init__.py")
        found = (name for name in names if os.path.isfile(self.submission.folder / name))
        return next(found, None)

    def _job(self, snippet: str, expressions: list[str], limit: float) -> Job:
        modules = tuple(module_names()) if self.is_mytorch else self.submission.handin.modules
        return Job(self.submission, snippet, expressions, limit, self.fatal, modules, _IMPORT_LIMIT)

    def outcome(self, check: Check, number: str = "") -> Outcome:
        """Run one check of the problem `number`, judge it, and find out why it failed."""
        expectations = check.expectations()
        limit = min(check.limit, _SHORT_LIMIT) if self.timeouts >= _TIMEOUTS_BEFORE_SHORT_LIMIT else check.limit
        if not self.pool.forks:  # then each check imports anew
            limit += min(self.import_seconds, check.limit)
        if time.monotonic() > self.deadline:
            return Outcome(check, (Finding("", "not run: the time for the whole grading is over"),))
        if self.hopeless is None:
            reply = self.pool.run(
                self._job(with_imports(check.snippet, expectations), list(map(reading, expectations)), limit)
            )
        else:
            reply = self.hopeless
        with self.lock:
            self.timeouts += _ran_out_of_time(reply)
            self.done += 1
            self.progress(self.done)
        findings = tuple(_findings(check, reply))
        # The probe knows how a mytorch is built, and no other package.
        if self.is_mytorch and not (
            needs_no_explanation(findings) or _ran_out_of_time(reply) or time.monotonic() > self.deadline
        ):
            probe = self.pool.run(self._job(probe_snippet(check), ["facts"], limit))
            facts = (_parsed(probe) or {}).get("values", {})
            findings = explained(findings, facts, bool(_error(reply)), None if check.beyond else number)
        return Outcome(check, findings, reply.output)


def _findings(check: Check, reply: Reply) -> list[Finding]:
    """All that is wrong with the reply to a check."""
    answer, error = _parsed(reply), _error(reply)
    if answer is None or _ran_out_of_time(reply):
        cause = "timeout" if _ran_out_of_time(reply) else f"{reply.ended} {reply.code}"
        place = f" ({error['place']:.200})" if isinstance(error.get("place"), str) else ""
        return [Finding("", _how_it_ended(reply) + place, check.failures.get(cause, ""))]
    if error:
        line = str(error.get("snippet_line", ""))[:200].rstrip(":")
        what = missing_file(line, str(error.get("name")), str(error.get("message"))) or sentence(error)
        return [Finding(line, what, check.failures.get(str(error.get("name")), ""))]
    findings = []
    for expression, expected in check.expectations().items():
        try:
            actual = decode(answer["values"][reading(expression)])
            if expected.like:
                expected = replace(expected, value=decode(answer["values"][reading(expected.like)]))
        except (KeyError, TypeError, BadAnswerError) as error:
            findings.append(Finding(expression, f"the answer cannot be read: {error!r:.100}"))
            continue
        if expected.like and not is_number(expected.value):
            continue  # its own expectation tells what is wrong with it
        what = difference(expected, actual)
        if what is not None:
            guess = diagnose(expected, actual, expression)
            findings.append(Finding(expression, what, known_mistake(expected, actual), guess, actual is None))
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

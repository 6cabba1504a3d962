"""What a student reads first about a failed check: the sentence that says most of all that is known."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.checks.check import Check
from autograder.checks.snippets import with_imports
from autograder.explain.blame import blame
from autograder.explain.families import PROBLEM_OF
from autograder.explain.sentence import FORMULA, GRAPH, SHAPE, Blame
from autograder.harness.values import BadAnswerError, decode

__all__ = [
    "ELSEWHERE",
    "FORM_ALONE",
    "Finding",
    "explained",
    "is_broken",
    "missing_file",
    "needs_no_explanation",
    "not_written",
    "probe_snippet",
]

FORM_ALONE = "counts only together with results, and no check of this problem that compares results has passed"
ELSEWHERE = " (homework 1, problem "  # before the problem's number, at the end of a sentence
PROBE = ("probe_operations", "probe_graph", "probe")
_ABOUT_GRADIENTS = re.compile(r"grad|weight|bias|w\.data|v\.data")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: of an expression, or ('') of the check as a whole.

    what: what was expected and what came.   diagnosis: the mistake behind it, for sure.
    guess: what the value alone suggests.   absent: the value is None.
    """

    expression: str
    what: str
    diagnosis: str = ""
    guess: str = ""
    absent: bool = False

    @property
    def message(self) -> str:
        """What the student reads first of it."""
        return self.diagnosis or self.guess or self.what


def missing_file(line: str, error: str, message: str) -> str:
    """What to say of a snippet's line that imports one of the handout's files, where the student has no such file."""
    module = re.match(r"(?:from|import) (mytorch\.[\w.]+)", line)
    missing = re.match(r"No module named '(mytorch\.[\w.]+)'", message)
    if error != "ModuleNotFoundError" or not (module and missing) or not f"{module[1]}.".startswith(f"{missing[1]}."):
        return ""
    return f"there is no file {module[1].replace('.', '/')}.py"


def not_written(finding: Finding) -> bool:
    """Whether the student has not come to this yet: a file that is not there, or says TODO."""
    missing = finding.diagnosis.startswith("there is no ") and "FileNotFoundError" in finding.what
    return missing or any(word in finding.what for word in ("NotImplementedError", "TODO", "there is no file"))


def is_broken(finding: Finding) -> bool:
    """Whether it is only that a file cannot be imported, which stands at the top of the report."""
    return "cannot be imported" in finding.what


def needs_no_explanation(findings: tuple[Finding, ...]) -> bool:
    """Whether the check has passed, or what is wrong is already clear."""
    return all(not_written(f) or is_broken(f) for f in findings)


@functools.cache
def _probe() -> str:
    """The files of the probe as one text, without their imports from the grader, which is not there."""
    folder = Path(__file__).resolve().parents[1] / "explain"
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in PROBE]
    return "\n".join(re.sub(r"^from autograder\..*\n", "", text, flags=re.MULTILINE) for text in texts)


def probe_snippet(check: Check) -> str:
    """The check's snippet, watched; afterwards `facts` holds what was seen."""
    return f"{_probe()}\n\nfacts = watch({with_imports(check.snippet)!r})\n"


def explained(findings: tuple[Finding, ...], answer: Any, raised: bool, number: str | None) -> tuple[Finding, ...]:
    """The findings, the first with the explanation that the facts of the probe allow.

    answer: {"facts": what the probe saw, encoded}.   raised: the check ended with an exception.
    number: of the check's problem; a mistake in an operation of another one is told with its number. None: of what is
        beyond the handout, where nothing must be mended, and what the check itself says is enough.
    """
    if number is None and findings[0].diagnosis:
        return findings
    try:
        facts = decode(answer["facts"]) if isinstance(answer, Mapping) else []
    except (KeyError, BadAnswerError):
        facts = []
    first, rest = findings[0], findings[1:]
    about_gradient = raised or bool(_ABOUT_GRADIENTS.search(first.expression))
    found = blame(facts if isinstance(facts, list) else [], raised, about_gradient, not any(f.absent for f in findings))
    if found is None:
        return findings
    text = _sentence(found, first, number)
    return findings if text is None else (replace(first, diagnosis=text), *rest)


def _sentence(found: Blame, first: Finding, number: str | None) -> str | None:
    """The explanation; None if what the check itself knows says more."""
    problem = PROBLEM_OF.get(found.operation, "")
    elsewhere = bool(problem) and number is not None and problem != number
    suffix = f"{ELSEWHERE}{problem}: mend it there)" if elsewhere else ""
    if found.rank <= SHAPE:
        return found.text + suffix
    if found.rank == FORMULA:
        if first.diagnosis and not elsewhere and first.diagnosis not in found.text:
            return f"{found.text}: {first.diagnosis}"  # the numbers agree with what the check itself knows
        return found.text + suffix
    if found.rank == GRAPH and found.reason:
        return found.text + suffix
    return None if first.diagnosis or (first.guess and not found.reason) else found.text + suffix

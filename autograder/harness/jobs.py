"""What the grader asks of the harness, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.harness.submission import Submission

__all__ = ["Job", "Reply"]


@dataclass(frozen=True)
class Job:
    """A snippet to run with the `mytorch` in `folder`, and the expressions to evaluate after it.

    folder: a student's folder, which is copied for this job alone, or a copy from `Pool.take`.
    broken: {module: reason} of modules not to import. modules: what to import beforehand, once for all
    jobs of one copy. import_limit: seconds for that.
    """

    folder: Path | Submission
    snippet: str
    expressions: list[str]
    limit: float
    broken: dict[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    import_limit: float = 10.0


@dataclass(frozen=True)
class Reply:
    """How a job ended. ended: "exit", "signal" or "timeout" (code: which exit status or signal), or
    "worker" when the process that starts the children is gone, or "import" when the package could not
    be imported at all (culprit: the module that was being imported). answer: the JSON text that it wrote,
    None if none. output: the last characters that it printed."""

    ended: str
    code: int = 0
    output: str = ""
    answer: str | None = None
    culprit: str | None = None

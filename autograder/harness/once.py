"""A Python process per job, where the system cannot fork (Windows): slower, and with fewer walls."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from autograder.harness.jobs import Job, Reply
from autograder.harness.keeper import being_imported, environment
from autograder.harness.submission import Submission
from autograder.start import command

__all__ = ["OneShot"]

_START = 5.0  # seconds that a process needs at most to import NumPy
_MAX_ANSWER = 4 << 20


class OneShot:
    """Has the interface of a `Keeper`."""

    layers: tuple[str, ...] = ()

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch

    def run(self, job: Job, submission: Submission) -> Reply:
        self.scratch.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder, tempfile.TemporaryFile() as output:
            answer, progress = Path(folder, "answer"), Path(folder, "progress")
            content = {
                "package": str(submission.folder),
                "shown": str(submission.origin),
                "packages": submission.handin.packages,
                "has_results": submission.handin.has_results,
                "snippet": job.snippet,
                "expressions": job.expressions,
                "limit": job.limit,
                "broken": job.broken,
                "modules": list(job.modules),
                "answer": str(answer),
                "progress": str(progress),
            }
            try:
                ended = subprocess.run(
                    command("harness.nursery", "--once"),
                    input=json.dumps(content).encode() + b"\n",
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment(),
                    cwd=folder,
                    timeout=job.limit + _START,
                )
                how, code = ("exit", ended.returncode) if ended.returncode >= 0 else ("signal", -ended.returncode)
            except subprocess.TimeoutExpired:
                how, code = "timeout", 0
            output.seek(max(0, output.seek(0, os.SEEK_END) - 2000))
            text = output.read().decode("utf-8", "replace")
            culprit = being_imported(_read(progress) or "") if not job.snippet and (how, code) != ("exit", 0) else None
            return Reply(how, code, text, _read(answer) or None, culprit)

    def stop(self) -> None:
        """Nothing to stop: the process has ended when `run` returns."""


def _read(file: Path) -> str | None:
    """The text of what should be a file; whoever wrote it may have made something else of it."""
    if not file.is_file() or file.is_symlink():
        return None
    with file.open("rb") as stream:
        return stream.read(_MAX_ANSWER).decode("utf-8", "replace")

"""Starting a child process that cannot spoil more than its own result."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "answer_of", "child_environment"]

ROOT = Path(__file__).resolve().parent.parent
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def child_environment(threads: int) -> dict[str, str]:
    """Ours, with the number of threads where the libraries read it when they are loaded."""
    return {**os.environ, **dict.fromkeys(_THREAD_VARIABLES, str(threads))}


def answer_of(job: dict[str, Any], time_limit: float) -> dict[str, Any]:
    """What `benchmarks.child` answers to `job`, or {"failed": why} if it crashes, answers nothing
    or takes longer than `time_limit` seconds."""
    command = [sys.executable, "-m", "benchmarks.child", json.dumps(job)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=child_environment(job["threads"]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that what it started can be ended with it
    ) as process:
        try:
            output, errors = process.communicate(timeout=time_limit)
        except subprocess.TimeoutExpired:
            return {"failed": f"no result within {time_limit:g} s"}
        finally:
            _end(process)
    if process.returncode:
        return {"failed": _last_line(errors) or _exit_code(process.returncode)}
    try:
        return json.loads(output.splitlines()[-1])
    except (IndexError, ValueError):
        return {"failed": f"no result in its output {output[-200:]!r}"}


def _end(process: subprocess.Popen) -> None:
    """End the child, on timeout, on Ctrl-C, and whatever it has started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _exit_code(code: int) -> str:
    return f"ended by signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

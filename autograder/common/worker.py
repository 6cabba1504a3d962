"""The process that starts a process per check: `python -m autograder.common.worker`.

It has imported NumPy, so that the checks start at once, and nothing of the student's. For each
line (a job as JSON) on its stdin it forks a child, which runs the check, and answers with a line
that says how the child ended. With `--once` it runs the one job itself, for systems without fork.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import Any

from autograder.common.child import run_job

_TAIL = 2000  # characters of the student's output that are kept
_OVERTIME = 0.5  # seconds to react to the TimeLimitError in the child
_HARNESS_FAILED = 70


def main() -> None:
    if "--once" in sys.argv:
        job = json.loads(sys.stdin.readline())
        run_job(job)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # through the `finally` that ends the child
    for line in sys.stdin.buffer:
        print(json.dumps(_run_in_child(json.loads(line))), flush=True)


def _run_in_child(job: dict[str, Any]) -> dict[str, Any]:
    """Fork, run the job, and report how the child ended and the end of what it printed."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _enter_child(write_end)
            run_job(job)  # does not return
        except BaseException:
            sys.excepthook(*sys.exc_info())  # into the output that the report shows
        finally:
            os._exit(_HARNESS_FAILED)
    os.close(write_end)
    status, output = _watch(pid, read_end, time.monotonic() + job["limit"] + _OVERTIME)
    os.close(read_end)
    text = output.decode("utf-8", "replace")
    if status is None:
        return {"ended": "timeout", "output": text}
    if os.WIFSIGNALED(status):
        return {"ended": "signal", "code": os.WTERMSIG(status), "output": text}
    return {"ended": "exit", "code": os.WEXITSTATUS(status), "output": text}


def _enter_child(output: int) -> None:
    """Give the child a process group of its own and no way to reach our stdin and stdout."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 256)


def _watch(pid: int, output: int, deadline: float) -> tuple[int | None, bytes]:
    """Wait for the child until the deadline; its status (None: too late) and the tail of its output.

    Its process group is killed in any case: it may have left background processes, which would
    also keep the pipe open, so the end of the pipe is not waited for."""
    tail = b""
    status = None
    pause = 0.001
    try:
        while status is None and time.monotonic() < deadline:
            chunk = _read(output, pause)
            tail = (tail + chunk)[-_TAIL:]
            if not chunk:
                time.sleep(pause)  # without this a closed pipe, which is always readable, makes us spin
            pause = min(pause * 1.5, 0.02)
            done, code = os.waitpid(pid, os.WNOHANG)
            status = code if done else None
    finally:
        _kill_group(pid)
        if status is None:
            os.waitpid(pid, 0)
    # What is still in the pipe; not more, because a process that left the group may go on writing.
    return status, (tail + _read(output, 0))[-_TAIL:]


def _read(pipe: int, patience: float) -> bytes:
    """What the pipe has, or nothing after `patience` seconds."""
    return os.read(pipe, 1 << 16) if select.select([pipe], [], [], patience)[0] else b""


def _kill_group(group: int) -> None:
    # ProcessLookupError: nobody is left in the group; macOS says PermissionError when zombies are.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""The grader's side of one nursery: starts it, gives it jobs, waits no longer than agreed, ends what is left."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from autograder.harness import sandbox
from autograder.harness.folders import empty
from autograder.harness.jobs import Job, Reply
from autograder.harness.limits import PATIENCE, is_starved
from autograder.harness.submission import Submission
from autograder.harness.tree import cpu_seconds, descendants, kill_descendants
from autograder.start import command

__all__ = ["Keeper", "being_imported", "environment"]

_TAIL = 2000  # characters of the student's output that are kept
_OVERTIME = 0.5  # seconds to react to the TimeLimitError in the child
_START = 30.0  # seconds for a nursery to import NumPy and shut itself in
_MAX_ANSWER = 4 << 20
_MAX_MESSAGE = 1 << 16
_HUNG = -1  # the code of a nursery that does not answer


class Keeper:
    """Runs one job at a time. The nursery is started when it is first needed, and anew for another package or
    when it has died.

    scratch: a folder of its own, yet to be made, the only one that the code may write to. mode: "off" for
    no sandbox, else "auto". user: whom the nursery becomes, or None."""

    def __init__(self, scratch: Path, mode: str, user: int | None) -> None:
        self.scratch = scratch
        self.mode = mode
        self.user = user
        self.layers: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._serves: tuple | None = None
        self._spare: frozenset[int] = frozenset()

    def run(self, job: Job, submission: Submission) -> Reply:
        serves = (submission.folder, tuple(job.broken.items()), job.modules)
        if self._process is None or self._process.poll() is not None or self._serves != serves:
            self.stop()
            failure = self._start(job, submission)
            if failure is not None:
                self.stop()
                return failure
            self._serves = serves
        self._clean_scratch()
        message = {"snippet": job.snippet, "expressions": job.expressions, "limit": job.limit}
        reply = self._exchange(message, job.limit)
        if reply.ended == "worker":
            self.stop()
        else:
            kill_descendants(self._process.pid, self._spare)
        return reply

    def stop(self) -> None:
        """End the nursery and all that has come of it."""
        if self._process is None:
            return
        process, self._process, self._serves = self._process, None, None
        kill_descendants(process.pid)
        process.kill()
        process.wait()
        self._socket.close()
        self._clean_scratch()

    # --------------------------------------------------------------------- start

    def _start(self, job: Job, submission: Submission) -> Reply | None:
        """Start the nursery and let it import the package; None if it is ready."""
        self.scratch.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(self.scratch, self.user, self.user)
        self._socket, theirs = socket.socketpair()
        line = command("harness.nursery", str(theirs.fileno()))
        if self.mode != "off" and os.geteuid() != 0:
            line = sandbox.bubblewrap(line, str(self.scratch)) or line
        self._process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd=self.scratch,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for the grader, which then stops the nurseries
        )
        theirs.close()
        setup = {
            "package": str(submission.folder),
            "scratch": str(self.scratch),
            "broken": job.broken,
            "shown": str(submission.origin),
            "packages": submission.handin.packages,
            "has_results": submission.handin.has_results,
            "hidden": sandbox.secrets_in(str(submission.origin)),
            "user": self.user,
            "mode": self.mode,
        }
        message = self._tell(setup) and self._hear(time.monotonic() + _START)
        if not message or not isinstance(message.get("layers"), list):
            return Reply("worker")
        self.layers = message["layers"]
        # Nothing of the student's has run yet, so these are the processes that must stay.
        self._spare = frozenset(descendants(self._process.pid))
        return self._let_import(job)

    def _let_import(self, job: Job) -> Reply | None:
        message = {"modules": list(job.modules), "limit": job.import_limit}
        reply = self._exchange(message, job.import_limit)
        if reply.ended == "exit" and reply.code == 0 and reply.answer is not None:
            kill_descendants(self._process.pid, self._spare)
            return None
        ended, code = reply.ended, reply.code
        if ended == "worker" and code == _HUNG:
            ended, code = "timeout", 0
        elif ended == "worker":  # the import has ended the whole nursery
            kill_descendants(self._process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(1.0)
                ended, code = ("signal", -status) if status < 0 else ("exit", status)
        return Reply(ended, code, reply.output, None, being_imported(reply.answer or ""))

    # -------------------------------------------------------------------- messages

    def _exchange(self, message: dict[str, Any], limit: float) -> Reply:
        """Send a message with the ends of two pipes, and read these until the nursery says that it is over."""
        answer, answer_end = os.pipe()
        output, output_end = os.pipe()
        try:
            sent = self._tell(message, [answer_end, output_end])
            os.close(answer_end)
            os.close(output_end)
            return self._listen(answer, output, limit) if sent else Reply("worker")
        finally:
            os.close(answer)
            os.close(output)

    def _listen(self, answer: int, output: int, limit: float) -> Reply:
        """What comes out of both pipes until the end of the job or the end of its time. Others may hold the pipes
        open, so their end is not waited for."""
        begin, used = time.monotonic(), self._cpu_seconds()
        deadline = begin + limit + _OVERTIME
        got = {answer: b"", output: b""}
        late = starved = False
        line = b""
        ends = [answer, output, self._socket.fileno()]
        while b"\n" not in line:
            wait = deadline - time.monotonic()
            if wait <= 0 and not late:
                before, starved = starved, self._is_starved(begin, used, limit)
                if before or starved:  # before: the child has yet to see that its time is up, and to say where it is
                    deadline = time.monotonic() + _OVERTIME
                    continue
            if wait <= 0 or len(got[answer]) > _MAX_ANSWER:
                if late:
                    return Reply("worker", _HUNG, _text(got[output])[-_TAIL:], _text(got[answer]))
                # The nursery then reports the end of its child, unless it is no nursery any more.
                late, deadline = True, time.monotonic() + 1.0
                kill_descendants(self._process.pid, self._spare)
                if len(got[answer]) > _MAX_ANSWER:
                    got[answer] = b""
                continue
            ready = select.select(ends, [], [], wait)[0]
            for end in ready:
                if end == self._socket.fileno():
                    chunk = _receive(self._socket)
                    if not chunk or len(line) > _MAX_MESSAGE:
                        _drain(got, ends, answer)
                        return Reply("worker", output=_text(got[output]), answer=_text(got[answer]))
                    line += chunk
                else:
                    chunk = os.read(end, 1 << 16)
                    got[end] = (got[end] + chunk)[-_TAIL * 4 :] if end == output else got[end] + chunk
                    if not chunk:
                        ends.remove(end)
        _drain(got, ends, answer)
        text = _text(got[output])[-_TAIL:]
        ended = _ending(line)
        if ended is None:
            return Reply("worker", output=text)
        if late or ended[0] == "timeout":
            return Reply("timeout", output=text, answer=_text(got[answer]))
        return Reply(*ended, text, _text(got[answer]) if got[answer] else None)

    def _cpu_seconds(self) -> float:
        return cpu_seconds([self._process.pid, *descendants(self._process.pid)])

    def _is_starved(self, begin: float, used: float, limit: float) -> bool:
        """Whether the job, which has not ended in time, waits for a processor and may go on (see child.limit_time)."""
        wall = time.monotonic() - begin
        return wall < PATIENCE * limit and is_starved(self._cpu_seconds() - used, wall, limit)

    def _tell(self, message: dict[str, Any], descriptors: list[int] | None = None) -> bool:
        try:
            if descriptors:
                socket.send_fds(self._socket, [b"J"], descriptors)
            self._socket.settimeout(_START)
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return False
        return True

    def _hear(self, deadline: float) -> dict[str, Any] | None:
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            chunk = _receive(self._socket)
            if not chunk or len(line) > _MAX_MESSAGE:
                return None
            line += chunk
        message = json.loads(line)
        return message if isinstance(message, dict) else None

    def _clean_scratch(self) -> None:
        """Nothing of one check is there for the next."""
        os.chmod(self.scratch, 0o700)  # the code may have changed that
        empty(self.scratch)


def _drain(got: dict[int, bytes], ends: list[int], answer: int) -> None:
    """Read what is still in the pipes; of the output one piece, because somebody may go on writing."""
    for end in got:
        while end in ends and select.select([end], [], [], 0)[0] and len(got[end]) <= _MAX_ANSWER:
            chunk = os.read(end, 1 << 16)
            got[end] += chunk
            if not chunk or end != answer:
                break


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 12)
    except OSError:
        return b""


def _ending(line: bytes) -> tuple[str, int] | None:
    """("exit" or "signal" or "timeout", its number); None if the message is not of our making."""
    try:
        message = json.loads(line)
        ended, code = message["ended"], message["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (ended, code) if ended in ("exit", "signal", "timeout") and type(code) is int else None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def being_imported(events: str) -> str | None:
    """The innermost module whose import began and did not end."""
    stack: list[str] = []
    for event, module in re.findall(r"^(begin|end) ([\w.]{1,200})$", events, re.MULTILINE):
        if event == "begin":
            stack.append(module)
        elif module in stack:
            stack.remove(module)
    return stack[-1] if stack else None


def environment() -> dict[str, str]:
    """One BLAS thread (a forked child has no others), and nothing that is none of the student's business."""
    kept = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONPATH")
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **threads}

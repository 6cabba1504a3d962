"""The grader's side of the isolation: workers, jobs for them, and how each job ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["HAS_FORK", "Job", "Pool", "Reply"]

HAS_FORK = hasattr(os, "fork")
_ROOT = Path(__file__).resolve().parents[2]
_MAX_ANSWER = 4 << 20
_GRACE = 10.0  # seconds that a worker gets beyond the limit of its child before it is given up
_START = 5.0  # seconds that a process without a forking parent needs at most to import NumPy


@dataclass(frozen=True)
class Job:
    """A snippet to run with the `mytorch` in `folder`, and the expressions to evaluate after it.

    broken: {module: reason} of modules not to import. progress: a file that notes the imports.
    """

    folder: Path
    snippet: str
    expressions: list[str]
    limit: float
    broken: dict[str, str] = field(default_factory=dict)
    progress: Path | None = None


@dataclass(frozen=True)
class Reply:
    """How a job ended. ended: "exit", "signal" or "timeout" (code: which exit status or signal), or
    "worker" when the child killed the process that watches it. answer: the JSON text that it
    wrote, None if none. output: the last characters that it printed."""

    ended: str
    code: int = 0
    output: str = ""
    answer: str | None = None


class Pool:
    """Runs jobs, a few at a time. Use it in a `with` block: at the end no process is left.

    fork: whether workers may fork; otherwise every job is a Python process of its own (slower).
    """

    def __init__(self, size: int | None = None, fork: bool = HAS_FORK) -> None:
        self.size = size or min(4, os.cpu_count() or 1)
        self._idle: queue.Queue[_Worker | _OneShot] = queue.Queue()
        self._workers = [(_Worker if fork else _OneShot)() for _ in range(self.size)]
        for worker in self._workers:
            self._idle.put(worker)
        self._folder = tempfile.TemporaryDirectory(prefix="grade-")
        self._count = 0
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop_workers()
        self._folder.cleanup()

    def _stop_workers(self) -> None:
        self._closed = True
        for worker in self._workers:
            worker.stop()

    def run(self, job: Job) -> Reply:
        """Run one job now. May be called from several threads."""
        result = self.new_file()
        worker = self._idle.get()
        try:
            # After an interruption a thread may come here with its next job, or because its worker was stopped.
            reply = Reply("worker") if self._closed else worker.run(job, result)
        finally:
            self._idle.put(worker)
        return Reply(reply.ended, reply.code, reply.output, _read_answer(result))

    def new_file(self) -> Path:
        """The name of a file that does not exist yet and will not outlive the pool."""
        with self._lock:
            self._count += 1
            return Path(self._folder.name) / str(self._count)

    def run_all(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """Call the functions, which call `run`, in threads; their results in order."""
        with ThreadPoolExecutor(self.size) as executor:
            try:  # from the first submit on: jobs may be running before the last one is submitted
                futures = [executor.submit(call) for call in calls]
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()  # a failure at once, even while calls before it are still running
                return [future.result() for future in futures]
            except BaseException:  # also Ctrl-C: the threads must not wait for their workers
                executor.shutdown(wait=False, cancel_futures=True)
                self._stop_workers()
                raise


def _read_answer(file: Path) -> str | None:
    if not file.exists():
        return None
    with file.open("rb") as stream:
        data = stream.read(_MAX_ANSWER)
    file.unlink()
    return data.decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    """One BLAS thread (a forked child has no others), and the grader importable from anywhere."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **threads, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _command(*options: str) -> list[str]:
    return [sys.executable, "-m", "autograder.common.worker", *options]


def _message(job: Job, result: Path) -> bytes:
    content = {
        "folder": str(job.folder),
        "snippet": job.snippet,
        "expressions": job.expressions,
        "limit": job.limit,
        "broken": job.broken,
        "progress": None if job.progress is None else str(job.progress),
        "result": str(result),
    }
    return json.dumps(content).encode() + b"\n"


class _Worker:
    """A worker process, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, job: Job, result: Path) -> Reply:
        process = self._running()
        timer = threading.Timer(job.limit + _GRACE, process.kill)
        timer.start()
        try:
            process.stdin.write(_message(job, result))  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            line = process.stdout.readline()  # type: ignore[union-attr]
        except BrokenPipeError:
            line = b""
        finally:
            timer.cancel()
        try:
            return Reply(**json.loads(line))
        except (ValueError, TypeError):
            self.stop()
            return Reply("worker")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the grader, which then stops the workers
            )
        return self._process

    def stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        with contextlib.suppress(BrokenPipeError):  # closing flushes what a dead worker has not read
            process.stdin.close()  # type: ignore[union-attr]


class _OneShot:
    """A Python process per job, where the system cannot fork."""

    def run(self, job: Job, result: Path) -> Reply:
        with tempfile.TemporaryFile() as output:
            try:
                ended = subprocess.run(
                    _command("--once"),
                    input=_message(job, result),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=_environment(),
                    timeout=job.limit + _START,
                )
                reply = Reply("exit", ended.returncode) if ended.returncode >= 0 else Reply("signal", -ended.returncode)
            except subprocess.TimeoutExpired:
                reply = Reply("timeout")
            output.seek(max(0, output.seek(0, os.SEEK_END) - 2000))
            text = output.read().decode("utf-8", "replace")
        return Reply(reply.ended, reply.code, text)

    def stop(self) -> None:
        """Nothing to stop: the process has ended when `run` returns."""

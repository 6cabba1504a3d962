"""A few keepers at a time, copies of submissions for them, and one folder for all of it."""

from __future__ import annotations

import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from autograder.harness.handin import MYTORCH, Handin
from autograder.harness.jobs import Job, Reply
from autograder.harness.keeper import Keeper
from autograder.harness.once import OneShot
from autograder.harness.sandbox import user_for
from autograder.harness.submission import Submission, take
from autograder.harness.tree import become_subreaper

__all__ = ["HAS_FORK", "Job", "Pool", "Reply"]

HAS_FORK = hasattr(os, "fork")


class Pool:
    """Runs jobs, a few at a time. Use it in a `with` block: at the end no process is left.

    fork: whether processes may fork; otherwise every job is a Python process of its own (slower).
    sandbox: "auto" for all the walls that the system allows, "off" for none.
    """

    def __init__(self, size: int | None = None, fork: bool = HAS_FORK, sandbox: str = "auto") -> None:
        self.size = size or min(4, os.cpu_count() or 1)
        self.forks = fork
        become_subreaper()
        self._folder = Path(tempfile.mkdtemp(prefix="grade-"))
        self._folder.chmod(0o711)  # another user must come to his own folder, and see no others
        self._idle: queue.Queue[Keeper | OneShot] = queue.Queue()
        self._keepers: list[Keeper | OneShot] = []
        for number in range(self.size):
            scratch = self._folder / f"scratch{number}"
            self._keepers.append(Keeper(scratch, sandbox, user_for(number, sandbox)) if fork else OneShot(scratch))
            self._idle.put(self._keepers[-1])
        self._count = 0
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop_keepers()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stop_keepers(self) -> None:
        self._closed = True
        for keeper in self._keepers:
            keeper.stop()

    @property
    def layers(self) -> list[str]:
        """The names of the walls that hold for every process so far."""
        started = [keeper.layers for keeper in self._keepers if keeper.layers]
        return [layer for layer in started[0] if all(layer in others for others in started)] if started else []

    @classmethod
    def try_out(cls) -> list[str]:
        """The walls that this system allows."""
        with cls(1) as pool, tempfile.TemporaryDirectory() as empty:
            pool.run(Job(Path(empty), "", [], 5.0))
            return pool.layers

    def take(self, folder: Path, handin: Handin = MYTORCH) -> Submission:
        """A private copy of the hand-in in `folder`; it lives as long as the pool."""
        with self._lock:
            self._count += 1
            target = self._folder / f"submission{self._count}"
        return take(folder, target, handin)

    def run(self, job: Job) -> Reply:
        """Run one job now. May be called from several threads."""
        submission = job.folder if isinstance(job.folder, Submission) else self.take(job.folder)
        keeper = self._idle.get()
        try:
            # After an interruption a thread may come here with its next job, or because its keeper was stopped.
            return Reply("worker") if self._closed else keeper.run(job, submission)
        finally:
            self._idle.put(keeper)
            if submission is not job.folder:
                shutil.rmtree(submission.folder, ignore_errors=True)

    def run_all(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """Call the functions, which call `run`, in threads; their results in order."""
        with ThreadPoolExecutor(self.size) as executor:
            try:  # from the first submit on: jobs may be running before the last one is submitted
                futures = [executor.submit(call) for call in calls]
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()  # a failure at once, even while calls before it are still running
                return [future.result() for future in futures]
            except BaseException:  # also Ctrl-C: the threads must not wait for their nurseries
                executor.shutdown(wait=False, cancel_futures=True)
                self._stop_keepers()
                raise

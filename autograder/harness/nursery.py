"""The process that imports a student's package once and forks a child for each check:
start.py harness.nursery DESCRIPTOR

It shuts itself in before it imports anything of the student's; from then on it is as little to be trusted as they
are. The grader (`keeper`) holds the other end of the socket DESCRIPTOR, judges what comes out of it, and ends the
processes. Messages are lines of JSON; with each job come two file descriptors, for the answer and for what is printed.

    from the grader                                  from here
    {"package": ..., "user": ..., ...}               {"layers": [...]}             the walls stand
    {"modules": [...], "limit": ...}  + 2 fds        {"ended": "exit", "code": 0}  the package is imported
    {"snippet": ..., "limit": ...}    + 2 fds        {"ended": ..., "code": ...}   a child has ended so

With --once it reads one job from stdin and runs it itself, for systems without fork.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
from typing import Any

from autograder.harness import imports, sandbox
from autograder.harness.child import limit_time, run_job, use_package
from autograder.harness.limits import limit_resources

__all__ = ["main"]

_FAILED = 70
# References of our own: the student's code may replace those of the modules.
_fork, _wait, _end, _close, _dup2, _open = os.fork, os.waitpid, os._exit, os.close, os.dup2, os.open
_loads, _dumps, _urandom = json.loads, json.dumps, os.urandom


def main() -> None:
    if sys.argv[1] == "--once":
        _run_once(json.loads(sys.stdin.readline()))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the grader has gone
        _Nursery(int(sys.argv[1])).serve()


class _Nursery:
    def __init__(self, descriptor: int) -> None:
        # Far up, where a program that closes "all" its files does not reach it.
        self.socket = socket.socket(fileno=_moved_up(descriptor))
        self.buffer = b""
        self.setup: dict[str, Any] = {}

    def serve(self) -> None:
        self.setup, _ = self._receive(0)
        layers = sandbox.shut_in(self.setup, lambda: os.close(self.socket.detach()))
        self._send({"layers": layers})
        request, (answer, output) = self._receive(2)
        finder = self._import_package(request, answer, output)
        while True:
            job, (answer, output) = self._receive(2)
            self._send(self._run(job, finder, answer, output))

    def _import_package(self, request: dict[str, Any], answer: int, output: int) -> imports.StudentImports:
        """Import the modules, and tell on `answer` which one is being imported, so that the grader knows the culprit
        if this process ends; then that this is done, and the reasons of those that failed with an exception."""

        def tell(event: str, module: str) -> None:
            os.write(answer, f"{event} {module}\n".encode())

        _use_as_output(output)
        folder = self.setup["package"]
        finder = use_package(folder, self.setup["packages"], self.setup["broken"], self.setup["shown"], tell)
        result: dict[str, Any] = {"ended": "exit", "code": 0}
        try:
            limit_time(request["limit"])
            _import_all(request["modules"])
            limit_time(0)
        except imports.TimeLimitError:
            result = {"ended": "timeout", "code": 0}
        except BaseException:  # the exception of an endless loop may come a moment too late
            result = {"ended": "exit", "code": _FAILED}
        finder.tell = lambda *_: None
        data = ("\n" + _dumps({"broken": finder.broken}) + "\n").encode()
        while data:
            data = data[os.write(answer, data) :]
        _close(answer)
        self._send(result)
        return finder

    def _run(self, job: dict[str, Any], finder: imports.StudentImports, answer: int, output: int) -> dict[str, Any]:
        """Fork, run the job, and report how the child ended."""
        pid = _fork()
        if pid == 0:
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.setsid()
                self.socket.close()
                _use_as_output(output)
                folder = self.setup["package"]
                if self.setup["has_results"]:  # the snippets open them by name
                    os.chdir(folder)
                run_job(job, folder, finder, _moved_up(answer))  # does not return
            except BaseException:
                sys.excepthook(*sys.exc_info())  # into the output that the report shows
            finally:
                _end(_FAILED)
        _close(answer)
        _close(output)
        while True:  # process 1 of a namespace inherits the orphans: they too must be waited for
            ended, status = _wait(-1, 0)
            if ended == pid:
                break
        if os.WIFSIGNALED(status):
            return {"ended": "signal", "code": os.WTERMSIG(status)}
        return {"ended": "exit", "code": os.WEXITSTATUS(status)}

    def _receive(self, count: int) -> tuple[dict[str, Any], list[int]]:
        """The next message, and the file descriptors that came with its first byte."""
        descriptors: list[int] = []
        if count:
            mark, descriptors, _, _ = socket.recv_fds(self.socket, 1, count)
            if not mark:
                _end(0)
        while b"\n" not in self.buffer:
            chunk = self.socket.recv(1 << 16)
            if not chunk:
                _end(0)
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        return _loads(line), descriptors

    def _send(self, message: dict[str, Any]) -> None:
        self.socket.sendall(_dumps(message).encode() + b"\n")


def _import_all(modules: list[str]) -> None:
    for name in modules:
        with contextlib.suppress(Exception):  # a check that needs the module says what is wrong
            package = name.rpartition(".")[0]
            if (not package or importlib.util.find_spec(package)) and importlib.util.find_spec(name):
                importlib.import_module(name)


def _moved_up(descriptor: int) -> int:
    import fcntl  # not on Windows, where only _run_once is used

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 300 + int.from_bytes(_urandom(1), "big"))
    _close(descriptor)
    return moved


def _use_as_output(descriptor: int) -> None:
    """stdin is empty, stdout and stderr go to the descriptor."""
    null = _open(os.devnull, os.O_RDONLY)
    _dup2(null, 0)
    _dup2(descriptor, 1)
    _dup2(descriptor, 2)
    for number in (null, descriptor):
        if number > 2:
            _close(number)


def _run_once(job: dict[str, Any]) -> None:
    limit_resources()
    tell = _progress_file(job["progress"])
    finder = use_package(job["package"], job["packages"], job["broken"], job["shown"], tell)
    if not job["snippet"]:
        limit_time(job["limit"])
        _import_all(job["modules"])
    if job["has_results"]:
        os.chdir(job["package"])
    run_job(job, job["package"], finder, os.open(job["answer"], os.O_WRONLY | os.O_CREAT, 0o600))


def _progress_file(path: str) -> Any:
    """A function that notes in the file which module is being imported."""

    def tell(event: str, module: str) -> None:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{event} {module}\n")

    return tell

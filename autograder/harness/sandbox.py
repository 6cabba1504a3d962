"""The walls around the process that runs a student's code, in layers, because no system has them all.

namespaces   no other processes to signal or look into, no network, a read-only file system    (namespaces.py)
user         where the grader runs as root, the code does not
Landlock     files by name: NumPy, the standard library, the submission, one empty folder      (landlock.py)
limits       memory, files, processes                                                          (limits.py)

bubblewrap makes the namespaces where the system lets it, but not us. Whatever the system refuses is left out;
the report names what there is.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.harness import landlock, namespaces
from autograder.harness.imports import FORBIDDEN, PACKAGE
from autograder.harness.limits import limit_resources
from autograder.harness.search_path import clones, search_path
from autograder.harness.tree import become_subreaper, die_with_parent

__all__ = ["bubblewrap", "is_strict", "secrets_in", "shut_in", "user_for"]

ROOT = Path(__file__).resolve().parents[2]
_SYSTEM = ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/opt", "/etc/ld.so.cache", "/etc/localtime"]
_FIRST_USER = 61184  # numbers that no account has; up to 65519 (systemd keeps them for such uses)
_DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"]


def shut_in(setup: dict[str, Any], before_waiting: Callable[[], None] = lambda: None) -> list[str]:
    """Shut this process in, for good, or a copy of it that does the rest. Returns the names of the layers that hold.

    setup: package and scratch, the folders to read and to write; hidden, more folders not to read; user, the
    number of a user to become, or None; mode, "off" for limits alone. A namespace of processes begins with a child:
    this process then calls `before_waiting`, waits, and ends as the child did; only the child returns.
    """
    os.environ.update(HOME=setup["scratch"], TMPDIR=setup["scratch"])
    become_subreaper()  # whoever leaves his parent stays below this process
    die_with_parent()
    if setup["mode"] == "off":
        return ["limits"] if limit_resources() else []
    separated = namespaces.separate()
    if separated:
        pid = os.fork()
        if pid:
            before_waiting()
            _end_like(os.waitpid(pid, 0)[1])
    return _enter(setup, separated)


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status))


def user_for(number: int, mode: str) -> int | None:
    """Another user for the code to run as, where the grader is root. number: of those that run at a time."""
    as_root = mode != "off" and hasattr(os, "geteuid") and os.geteuid() == 0
    return _FIRST_USER + (os.getpid() * 8 + number) % 4000 if as_root else None


def _enter(setup: dict[str, Any], separated: bool) -> list[str]:
    """The walls; separated: this is process 1 of a namespace."""
    layers = []
    secrets = [*_secrets(), *setup["hidden"]]
    sys.path[:] = search_path()  # now: a clone whose parts are hidden looks like any folder
    hidden = _outermost(os.path.realpath(path) for path in secrets if os.path.isdir(path))
    if separated and _hide(hidden, setup):
        layers.append("namespaces")
    os.chdir(setup["scratch"])  # as the namespace shows it
    own_user = setup["user"] is not None and _can_live_as(setup["user"], setup)
    if own_user:
        _become(setup["user"])
        layers.append("user")
    die_with_parent()
    become_subreaper()
    reading = _without([*_SYSTEM, *_DEVICES, sys.prefix, sys.base_prefix, *sys.path, setup["package"]], hidden)
    files, folders = [], []
    for path, is_whole in reading:
        (files if is_whole else folders).append(path)
    version = landlock.restrict(files, [setup["scratch"], "/dev/null"], folders)
    layers += [f"Landlock ({', '.join(landlock.names_of(version))})"] if version else []
    if limit_resources(own_user):
        layers.append("limits")
    return layers


def bubblewrap(command: list[str], scratch: str) -> list[str] | None:
    """The command, run by bubblewrap in namespaces, or None where that does not work."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    line = [program, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", scratch, scratch]
    line += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--"]
    works = subprocess.run([*line, "true"], capture_output=True, timeout=10).returncode == 0
    return [*line, *command] if works else None


def is_strict(layers: Iterable[str]) -> bool:
    """Whether the student's code can neither read what is not its own nor signal the grader."""
    signals = any("signals" in layer for layer in layers)
    reads = any(layer.startswith("Landlock") for layer in layers)
    return "namespaces" in layers or (reads and (signals or "user" in layers))


def _hide(hidden: list[str], setup: dict[str, Any]) -> bool:
    needed = [os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, *sys.path, setup["package"])]
    covered = [path for path in hidden if not any(_is_below(place, path) for place in needed)]
    return namespaces.hide(covered, setup["scratch"])


def secrets_in(folder: str) -> list[str]:
    """What in a course's or a student's folder a check has no business to read. (Not the whole folder: the
    virtual environment may be in there.)"""
    return [os.path.join(folder, name) for name in ("autograder", "course", PACKAGE, "tests", "hw1", ".git")]


def _secrets() -> Iterator[str]:
    """The grader's checks, the course and its solutions, and other libraries that could do the homework."""
    for clone in (str(ROOT), *clones()):
        yield from secrets_in(clone)
    for place in sys.path:
        if os.path.isdir(place):
            with os.scandir(place) as entries:
                yield from (e.path for e in entries if e.name.split("-")[0].lower() in (PACKAGE, *FORBIDDEN))


def _outermost(paths: Iterable[str]) -> list[str]:
    """Without those that lie in another one."""
    found: list[str] = []
    for path in sorted(paths):
        if not any(_is_below(path, other) for other in found):
            found.append(path)
    return found


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _without(paths: Iterable[str], hidden: list[str]) -> Iterator[tuple[str, bool]]:
    """(path, True) to be read with all below it, (folder, False) only to be listed: all of `paths` without
    what is hidden."""
    for given in paths:
        path = os.path.realpath(given)
        if not os.path.exists(path) or any(_is_below(path, secret) for secret in hidden):
            continue
        if not any(_is_below(secret, path) for secret in hidden):
            yield path, True
            continue
        yield path, False
        with os.scandir(path) as entries:
            yield from _without([entry.path for entry in entries], hidden)


def _can_live_as(user: int, setup: dict[str, Any]) -> bool:
    """Whether this user can read what Python needs; tried out in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            _become(user)
            needed = (os.__file__, np.__file__, setup["package"])
            os._exit(not (all(os.access(path, os.R_OK) for path in needed) and os.access(setup["scratch"], os.W_OK)))
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)

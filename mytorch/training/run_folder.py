"""class RunFolder: the folder of one training run, experiments/<name>/<number>."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mytorch.runtime.atomic import atomic_write, new_folder, remove_leftovers
from mytorch.runtime.locks import OPEN_FILES_MAY_MOVE, try_lock
from mytorch.serialization import LoadError, load, save

__all__ = ["RunFolder", "RunInUseError"]

MOST_BYTES = 1 << 24  # of hyperparameters.json


class RunInUseError(RuntimeError):
    """Another process is writing into the folder of a run. The message says which one, and on which host."""


class RunFolder:
    """The files of one run. Every file appears in one piece: after a kill each is the old one or the new one.

    hyperparameters.json   what was trained, and how
    history.csv            a line per epoch          steps.csv   a line per step
    extremes.csv           a line per epoch and parameter
    *.png                  curves of the loss and of each metric
    last.npz               all that is needed to go on          best.npz   the weights of the best epoch
    """

    def __init__(self, path: str | os.PathLike) -> None:
        """A run that exists. FileNotFoundError if there is none at `path`."""
        self.path = Path(path)
        if not (self.path / "hyperparameters.json").is_file():
            raise FileNotFoundError(f"{self.path} is not the folder of a run: it has no hyperparameters.json")

    @classmethod
    def create(
        cls,
        name: str,
        root: str | os.PathLike,
        hyperparameters: dict[str, Any],
        state: dict[str, Any] | None = None,
    ) -> RunFolder:
        """A new folder root/name/number, with the first number that is free: no run overwrites another.

        It appears with its hyperparameters.json and, of `state`, its last.npz: a kill leaves it whole or not there.
        """
        if not name or name in (".", "..") or any(separator in name for separator in "/\\\0"):
            raise ValueError(f"name must be the name of a folder, without separators, got {name!r}")
        text = json.dumps(hyperparameters, indent=2)  # fails, if it must, before there is a folder
        parent = Path(root) / name
        parent.mkdir(parents=True, exist_ok=True)
        # Not among the runs, where one that is not finished could be taken for one; but it must be the same disk.
        same_disk = os.stat(root).st_dev == os.stat(parent).st_dev
        with new_folder(Path(root) if same_disk else parent) as folder:
            with atomic_write(folder / "hyperparameters.json") as file:
                file.write(text.encode() + b"\n")
            if state is not None:
                save(state, folder / "last.npz")
            number = max(_numbers(parent), default=0) + 1
            while not _renamed(folder, parent / str(number)):
                number += 1
        return cls(parent / str(number))

    @classmethod
    def latest(cls, name: str, root: str | os.PathLike = "experiments") -> RunFolder:
        """The newest run of this name. FileNotFoundError if there is none.

        A folder without hyperparameters.json is no run.
        """
        parent = Path(root) / name
        numbers = sorted(_numbers(parent), reverse=True) if parent.is_dir() else []
        for number in numbers:
            if (parent / str(number) / "hyperparameters.json").is_file():
                return cls(parent / str(number))
        raise FileNotFoundError(f"there is no run in {parent}")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """`with folder.lock():` no other process writes into this run. However this one ends, its lock ends with it.

        Raises RunInUseError, which names the host and the process that has the lock. (Windows has no such locks.)
        """
        path = self.path / ".lock"
        while True:
            file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)  # noqa: SIM115 (it is kept)
            if try_lock(file.fileno()) is False:
                with file:
                    owner = file.read(1000).decode("utf-8", "replace").strip() or "another process"
                raise RunInUseError(f"the run in {self.path} is in use by {owner}; wait for it, or end it")
            if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
                break
            file.close()  # its owner deleted it while we opened it: another one may be there by now
        with file:
            file.truncate(0)
            file.write(f"host {socket.gethostname()}, process {os.getpid()}\n".encode())
            try:
                yield
            finally:
                if OPEN_FILES_MAY_MOVE:  # else it stays, and nobody minds
                    path.unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Delete what a kill left half written."""
        remove_leftovers(self.path)

    def hyperparameters(self) -> dict[str, Any]:
        """What hyperparameters.json says. LoadError, which names the file, if it is damaged."""
        path = self.path / "hyperparameters.json"
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(f"it has more than {MOST_BYTES} bytes")
            contents = json.loads(path.read_bytes().decode("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise LoadError(f"{path}: cannot be read as JSON: {error}") from error
        if not isinstance(contents, dict):
            raise LoadError(f"{path}: must hold a JSON object, got a {type(contents).__name__}")
        return contents

    def write(self, file: str, contents: str | bytes) -> None:
        with atomic_write(self.path / file) as stream:
            stream.write(contents.encode() if isinstance(contents, str) else contents)

    def save(self, file: str, state: dict[str, Any]) -> None:
        save(state, self.path / file)

    def load(self, file: str) -> dict[str, Any]:
        return load(self.path / file)


def _renamed(folder: Path, target: Path) -> bool:
    """Whether `folder` became `target`. Not if that is there: another process was quicker."""
    try:
        os.rename(folder, target)  # what is there and not empty it does not replace
    except OSError:
        if os.path.lexists(target):
            return False
        raise
    return True


def _numbers(parent: Path) -> list[int]:
    """Of the runs in the folder."""
    return [int(path.name) for path in parent.iterdir() if path.name.isdecimal()]

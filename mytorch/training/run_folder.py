"""class RunFolder: the folder of one training run, experiments/<name>/<number>."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from mytorch.atomic import atomic_write
from mytorch.serialization import load, save

__all__ = ["RunFolder"]


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
    def create(cls, name: str, root: str | os.PathLike, hyperparameters: dict[str, Any]) -> RunFolder:
        """A new folder root/name/number, with the first number that is free: no run overwrites another."""
        if not name or name in (".", "..") or any(separator in name for separator in "/\\\0"):
            raise ValueError(f"name must be the name of a folder, without separators, got {name!r}")
        text = json.dumps(hyperparameters, indent=2)  # fails, if it must, before there is a folder
        parent = Path(root) / name
        parent.mkdir(parents=True, exist_ok=True)
        number = max(_numbers(parent), default=0)
        while True:
            number += 1
            try:
                (parent / str(number)).mkdir()
                break
            except FileExistsError:  # another process was quicker
                continue
        with atomic_write(parent / str(number) / "hyperparameters.json") as file:
            file.write(text.encode() + b"\n")
        return cls(parent / str(number))

    @classmethod
    def latest(cls, name: str, root: str | os.PathLike = "experiments") -> RunFolder:
        """The newest run of this name. FileNotFoundError if there is none."""
        parent = Path(root) / name
        numbers = _numbers(parent) if parent.is_dir() else []
        if not numbers:
            raise FileNotFoundError(f"there is no run in {parent}")
        return cls(parent / str(max(numbers)))

    def remove_leftovers(self) -> None:
        """Delete what a kill left half written. (No other process may be writing into this run.)"""
        for path in self.path.glob(".*.tmp"):
            path.unlink()

    def hyperparameters(self) -> dict[str, Any]:
        return json.loads((self.path / "hyperparameters.json").read_text())

    def write(self, file: str, contents: str | bytes) -> None:
        with atomic_write(self.path / file) as stream:
            stream.write(contents.encode() if isinstance(contents, str) else contents)

    def save(self, file: str, state: dict[str, Any]) -> None:
        save(state, self.path / file)

    def load(self, file: str) -> dict[str, Any]:
        return load(self.path / file)


def _numbers(parent: Path) -> list[int]:
    """Of the runs in the folder."""
    return [int(path.name) for path in parent.iterdir() if path.name.isdecimal()]

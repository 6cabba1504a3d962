"""Calls the student's `mnist()` in a process of its own: `python -m ...mnist_training JOB`.

JOB is JSON: folder (of the student), data (folder or null), options (for mnist(), by name), result
(the file that the outcome is written to, as JSON). What the training prints goes to the terminal.
"""

from __future__ import annotations

import importlib
import inspect
import json
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from autograder.common.child import describe
from autograder.common.imports import StudentImports, install
from autograder.common.values import encode

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    job = json.loads(sys.argv[1])
    outcome: dict[str, Any] = {}
    try:
        data = _load_data(job["data"], outcome)
        if data is not None:
            _train(data, job, outcome)
    except BaseException as error:  # also sys.exit() in the student's code
        traceback.print_exc()
        outcome["error"] = describe(error, {"folder": job["folder"], "snippet": ""})
    Path(job["result"]).write_text(json.dumps(outcome), encoding="utf-8")


def _load_data(root: str | None, outcome: dict[str, Any]) -> Any:
    """The images, from the loader that comes with the grader: a student's mytorch need not have one.
    That mytorch, of which the loader needs little, is forgotten afterwards."""
    _use_folder(_ROOT)
    from mytorch.datasets import DatasetError, load_mnist

    try:
        data = load_mnist(root)
    except DatasetError as error:
        outcome["no_data"] = str(error)
        return None
    outcome.update(source=data.source, bundled=data.bundled, train=len(data.train_x), val=len(data.val_x))
    print(f"Data      {data.source}: {len(data.train_x):,} images train, {len(data.val_x):,} validate", flush=True)
    return tuple(data)


def _use_folder(folder: Path) -> None:
    """Let `mytorch` and `hw1` come from this folder."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, StudentImports)]
    install(StudentImports(str(folder), {}))
    for name in [name for name in sys.modules if name.split(".")[0] == "hw1"]:
        del sys.modules[name]
    sys.path[:] = [str(folder), *(path for path in sys.path if path not in ("", str(_ROOT), str(folder)))]


def _train(data: tuple, job: dict[str, Any], outcome: dict[str, Any]) -> None:
    _use_folder(Path(job["folder"]))
    random.seed(0)
    np.random.seed(0)
    mnist = importlib.import_module("hw1.mnist").mnist
    options = dict(job["options"])
    known = inspect.signature(mnist).parameters
    unknown = [name for name in options if name not in known]
    if unknown:
        raise TypeError(f"mnist() of {job['folder']} has no argument {unknown[0]}, so --{unknown[0]} cannot be used")
    if "seed" in known:
        options.setdefault("seed", 0)
    start = time.perf_counter()
    accuracies = mnist(*data, **options)
    outcome["seconds"] = time.perf_counter() - start
    outcome["accuracies"] = encode(accuracies)


if __name__ == "__main__":
    main()

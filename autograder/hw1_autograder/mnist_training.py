"""Calls the student's `mnist()` in a process of its own: start.py hw1_autograder.mnist_training JOB

JOB is JSON: setup (for the sandbox; its package is the copy of the student's folder), layers (a file descriptor, which
is told what holds before any code of the student's runs), data (a folder with train_x.npy and so on), options (for
mnist(), by name), seed, record (the file for what was seen, see `mnist_record`), beat (a file to touch while the
training goes on).
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.harness import sandbox
from autograder.harness.child import describe
from autograder.harness.imports import StudentImports, install
from autograder.harness.search_path import search_path
from autograder.harness.values import encode
from autograder.hw1_autograder import (
    mnist_record,
    plot,  # noqa: F401  what draws the curve may be imported by mnist.py too; behind the walls it cannot be read
)
from autograder.hw1_autograder.mnist_recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
BEAT_SECONDS = 0.5


def main() -> None:
    job = json.loads(sys.argv[1])
    train_x, train_y, val_x, val_y = [
        np.load(Path(job["data"]) / f"{name}.npy", allow_pickle=False)
        for name in ("train_x", "train_y", "val_x", "val_y")
    ]
    layers = sandbox.shut_in(job["setup"], lambda: os.close(job["layers"]))
    os.write(job["layers"], json.dumps(layers).encode())
    os.close(job["layers"])
    beat = _beat(Path(job["beat"]))
    recorder = Recorder(train_x, val_x, beat)
    beat()
    facts: dict[str, Any] = {}
    try:
        facts.update(_train((_floats(train_x), train_y, _floats(val_x), val_y), recorder, job))
    except BaseException as error:  # also sys.exit() in the student's code
        _print_from_the_students_code_on(error)
        facts["error"] = describe(error, "", job["setup"]["package"])
    recorder.finish()
    mnist_record.write(Path(job["record"]), {**recorder.facts, **facts}, recorder.arrays)


def _print_from_the_students_code_on(error: BaseException) -> None:
    """The traceback without the frames of the grader and of Python's import that lead to it."""
    rest = error.__traceback__
    while rest is not None and (
        Path(rest.tb_frame.f_code.co_filename).is_relative_to(ROOT / "autograder")
        or "importlib" in rest.tb_frame.f_code.co_filename
    ):
        rest = rest.tb_next
    traceback.print_exception(type(error), error, rest)


def _floats(images: np.ndarray) -> np.ndarray:
    return images / 255.0 if images.dtype == np.uint8 else images


def _beat(file: Path) -> Callable[[], None]:
    """A function that touches the file, not more often than it helps."""
    last = 0.0

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last > BEAT_SECONDS:
            last = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(file)

    return beat


def _train(data: tuple[np.ndarray, ...], recorder: Recorder, job: dict[str, Any]) -> dict[str, Any]:
    folder = job["setup"]["package"]
    install(StudentImports(folder, {}, shown=job["shown"]))
    # `python3 hw1/mnist.py` finds what lies beside it, and the course's runner what lies in the folder above.
    sys.path[:] = search_path(folder, str(Path(folder) / "hw1"))
    module = importlib.import_module("hw1.mnist")
    recorder.install()
    random.seed(job["seed"])
    np.random.seed(job["seed"] % 2**32)
    options = dict(job["options"])
    known = inspect.signature(module.mnist).parameters
    unknown = [name for name in options if name not in known]
    if unknown:
        raise TypeError(f"mnist() of {folder} has no argument {unknown[0]}, so --{unknown[0]} cannot be used")
    if "seed" in known:
        options["seed"] = job["seed"]
    start = time.perf_counter()
    accuracies = module.mnist(*data, **options)
    return {"seconds": time.perf_counter() - start, "accuracies": encode(accuracies)}

"""The student's training in a process of its own: started, watched, ended, and its record read."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from autograder.harness import sandbox
from autograder.harness.folders import empty
from autograder.harness.handin import Handin
from autograder.harness.keeper import environment
from autograder.harness.submission import take
from autograder.harness.tree import become_subreaper, kill_descendants
from autograder.hw1_autograder import mnist_record
from autograder.hw1_autograder.mnist_split import Split
from autograder.start import command

__all__ = ["Ended", "train"]

SILENCE = 10.0  # seconds without a layer, a loss or a step: nothing is being trained
MOST_OUTPUT = 64 << 10  # characters of the student's output that are shown
LONGEST_LINE = 500


@dataclass(frozen=True)
class Ended:
    """facts, arrays: of the record (see `mnist_record`); where there is none, facts["ended"] says how the process
    ended. layers: the walls that it ran behind. left_out: {file: why it was not looked at}."""

    facts: dict[str, Any]
    arrays: dict[str, np.ndarray]
    layers: list[str]
    left_out: dict[str, str]


def train(folder: Path, split: Split, options: Mapping[str, Any], seed: int, limit: float, mode: str) -> Ended:
    """Run mnist() of the student in `folder`, behind the walls of `mode`, "auto" or "off". What it prints is shown,
    marked as the student's."""
    with tempfile.TemporaryDirectory(prefix="grade-") as work:
        place = Path(work)
        place.chmod(0o711)  # another user must come to his folder
        data, scratch, record, beat = (
            place / "data",
            place / "scratch",
            place / "scratch/record",
            place / "scratch/beat",
        )
        data.mkdir(mode=0o755)
        for name in ("train_x", "train_y", "val_x", "val_y"):
            np.save(data / f"{name}.npy", getattr(split, name))
        submission = take(folder, place / "submission", Handin(("mytorch", "hw1")))
        scratch.mkdir(mode=0o700)
        beat.touch()
        user = sandbox.user_for(0, mode)
        if user is not None:
            for path in (scratch, beat):
                os.chown(path, user, user)
        ours, theirs = os.pipe()
        setup = {
            "package": str(submission.folder), "scratch": str(scratch), "hidden": sandbox.secrets_in(str(folder)),
            "user": user, "mode": mode,
        }  # fmt: skip
        job = {
            "setup": setup, "shown": str(folder), "layers": theirs, "data": str(data), "options": dict(options),
            "seed": seed, "record": str(record), "beat": str(beat),
        }  # fmt: skip
        python, *rest = command("hw1_autograder.mnist_training", json.dumps(job))
        line = [python, "-X", "utf8", *rest]  # whatever the terminal's encoding is: sources are UTF-8
        if mode != "off" and hasattr(os, "geteuid") and os.geteuid() != 0:
            line = sandbox.bubblewrap(line, str(scratch)) or line
        ended = _run(line, scratch, theirs, beat, limit)
        layers = _layers(ours)
        try:
            facts, arrays = mnist_record.read(record)
        except mnist_record.BadRecordError as error:
            facts, arrays = {"ended": f"{ended} {error}" if os.path.lexists(record) else ended}, {}
        empty(scratch)
        return Ended(facts, arrays, layers, submission.left_out)


def _layers(pipe: int) -> list[str]:
    """What the process said of its walls before any code of the student's ran."""
    with os.fdopen(pipe, "rb") as stream:
        text = stream.read(4096)
    return json.loads(text) if text else []


def _run(line: list[str], folder: Path, pipe: int, beat: Path, limit: float) -> str:
    """Run the command until it ends or is ended; how it ended, as a sentence. pipe: an end of one for it."""
    become_subreaper()
    process = subprocess.Popen(
        line, cwd=folder, env={**environment(), "MPLBACKEND": "Agg"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[pipe], start_new_session=True,
    )  # fmt: skip
    os.close(pipe)
    echo = threading.Thread(target=_show, args=(process.stdout,), daemon=True)
    echo.start()
    start = time.monotonic()
    try:
        while process.poll() is None:
            time.sleep(0.05)
            if time.monotonic() - start > limit:
                return f"mnist() was ended after {limit:g} s (--limit)."
            if time.time() - _time_of(beat) > SILENCE:
                return f"mnist() was ended: for {SILENCE:g} s nothing was trained. Is it in an endless loop?"
        return f"the training ended its process, with exit status {process.returncode}."
    finally:
        kill_descendants(os.getpid())  # also those that left its session, or outlived it
        process.kill()  # where there is no /proc to find them by
        process.wait()
        echo.join(1)


def _time_of(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # the student's code has removed it
        return 0.0


def _show(stream: IO[bytes]) -> None:
    """Print what comes, each line marked, so that nobody takes it for the grader's; not more than is of use."""
    left, line = MOST_OUTPUT, b""
    while chunk := os.read(stream.fileno(), 1 << 16):
        *lines, line = (line + chunk).replace(b"\r", b"\n").split(b"\n")
        for text in lines if left > 0 else []:
            _print(text)
            left -= len(text) + 1
            if left <= 0:
                print("  | (more output is not shown)", flush=True)
                break
        line = line[-LONGEST_LINE:]
    if line and left > 0:
        _print(line)


def _print(line: bytes) -> None:
    text = line[:LONGEST_LINE].decode("utf-8", "replace").rstrip()
    if text:
        print("  | " + "".join(c if c.isprintable() else "?" for c in text), flush=True)

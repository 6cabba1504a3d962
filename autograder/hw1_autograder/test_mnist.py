#!/usr/bin/env python3
"""Runs problem 3 of homework 1: trains with the student's hw1/mnist.py and makes the plot.

Calls mnist(train_x, train_y, val_x, val_y) on a fresh split of the digits, whose classes are numbered
anew, watches the training, applies the network's weights to images that were kept back, and draws
hw1/validation_accuracy.png from the accuracies that mnist() returned, unless they are not the network's.
People grade the result; the exit status says whether it is what a correct solution gives: 0 yes, 1 no,
2 wrong arguments or no data.

The data are looked for in the folder given by --data, else in the one that the environment variable
MYTORCH_DATA names, else in autograder/hw1_autograder/data, the cache (~/.cache/mytorch) and the
system's folders; else MNIST is downloaded. Without a network 5,000 digits that come with the grader do.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

if missing := [name for name in ("numpy", "matplotlib") if find_spec(name) is None]:
    sys.exit(f"test_mnist.py needs {' and '.join(missing)}: python3 -m pip install {' '.join(missing)}")
if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("hw1_autograder.test_mnist")

import argparse
import math
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from autograder.checks.compare import is_number, sentence
from autograder.grading.shown import shown
from autograder.harness.pool import Pool
from autograder.harness.sandbox import is_strict
from autograder.harness.values import BadAnswerError, Other, decode
from autograder.hw1_autograder.mnist_data import DataError, Digits, load
from autograder.hw1_autograder.mnist_judge import (
    Trained,
    accuracy_of,
    gradients_of_data,
    misreported,
    mistakes,
    too_short,
)
from autograder.hw1_autograder.mnist_parts import cannot_have_trained
from autograder.hw1_autograder.mnist_process import train
from autograder.hw1_autograder.mnist_split import Split, fresh_split
from autograder.hw1_autograder.plot import plot_validation_accuracy

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, BATCH_SIZE, VALIDATE_EVERY = 3, 100, 100  # the handout's settings
# What three epochs of a correct solution reach in any split (93.7% and 85% at the least, in 8), and a margin.
GOOD = {"MNIST": 0.92, "bundled": 0.80}
KEPT_MARGIN = 0.03  # the images that were kept back are few
LIMIT = 900.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        return run(parse_arguments(arguments))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def run(options: argparse.Namespace) -> int:
    try:
        digits = load(options.data)
    except DataError as error:
        print(f"test_mnist.py: error: {error}", file=sys.stderr)
        return 2
    split = fresh_split(digits, options.seed)
    print(
        f"Data      {digits.source}: {len(split.train_y):,} images train, {len(split.val_y):,} validate, "
        f"{len(split.kept_y):,} kept back"
    )
    print(f"Split     fresh, with the classes numbered anew: seed {options.seed}", flush=True)
    keywords = {} if options.epochs is None else {"epochs": options.epochs}
    ended = train(options.student, split, keywords, options.seed, options.limit, options.sandbox)
    facts, trained = ended.facts, Trained(ended.facts, ended.arrays, split.train_y)
    for file, reason in ended.left_out.items():
        print(f"Not read  {shown(f'{file}: {reason}')}")
    print(f"Sandbox   {', '.join(ended.layers) or 'none'}")
    if "accuracies" not in facts:
        error = facts.get("error")
        print(
            f"Failed    {shown(sentence(error) if isinstance(error, dict) else str(facts.get('ended', 'no result')))}"
        )
        missing = re.search(r"No module named '(numpy|matplotlib|tqdm)\b", str(error))
        if missing:
            print(f"Install   python3 -m pip install {missing[1]}")
        for problem in gradients_of_data(trained):
            print(f"Wrong     {problem}")
        return 1
    return judge(trained, split, digits, options)


def judge(trained: Trained, split: Split, digits: Digits, options: argparse.Namespace) -> int:
    """Print what is to be said of the training, draw the plot; the exit status."""
    seconds = trained.facts.get("seconds")
    if isinstance(seconds, float):
        print(f"Time      {seconds:.1f} s")
    batches = trained.batches_per_epoch() or math.ceil(len(split.train_y) / BATCH_SIZE)
    problems, accuracies = check_form(trained.facts["accuracies"], batches, options.epochs)
    found = mistakes(trained)
    invented = [] if not accuracies else misreported(trained, accuracies, _floats(split.val_x), split.val_y)
    forged = []
    if accuracies and not (problems or found or invented):
        forged = cannot_have_trained(options.student, options.seed, "off" if options.sandbox == "off" else "auto")
    for problem in (*problems, *found, *invented, *forged):
        print(f"Wrong     {shown(problem)}")
    if forged or not accuracies:
        return 1
    good = report_accuracy(accuracies, trained, split, digits, options.epochs)
    short = [] if good or found or invented else too_short(trained, options.epochs or EPOCHS)
    for problem in short:
        print(f"Wrong     {problem}")
    if invented:
        print("Plot      none: the accuracies that mnist() returned are not those of its network")
        return 1
    plotted = plot(accuracies, batches, digits.source, options.plot)
    return 0 if good and plotted and not problems and not found else 1


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="test_mnist.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="folder with the MNIST files (see above)")
    parser.add_argument("--epochs", type=int, metavar="N", help="handed to mnist(), if it has such an argument")
    parser.add_argument(
        "--seed", type=int, metavar="N",
        help="repeats a split and its numbers; also handed to mnist(), if it has such an argument (default: a new one)",
    )  # fmt: skip
    parser.add_argument("--limit", type=float, metavar="S", default=LIMIT, help="seconds to train (%(default)g)")
    parser.add_argument(
        "--student", type=Path, metavar="DIR", default=ROOT, help="folder that contains mytorch and hw1"
    )
    parser.add_argument(
        "--sandbox", choices=("require", "auto", "off"), default="auto",
        help="auto: train behind all the walls that this system allows; require: and refuse where they are too few; "
        "off: behind none (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--plot", type=Path, metavar="FILE", help="default: hw1/validation_accuracy.png")
    options = parser.parse_args(arguments)
    options.student = options.student.resolve()
    for name in ("hw1/mnist.py", "mytorch"):
        if not (options.student / name).exists():
            parser.error(f"there is no {name} in {options.student}")
    if options.sandbox == "require" and not is_strict(Pool.try_out()):
        parser.error(
            "--sandbox require: this system lets the grader neither make namespaces nor use Landlock with signals"
        )
    if options.epochs is not None and options.epochs < 1:
        parser.error("--epochs must be at least 1")
    if options.seed is None:
        options.seed = secrets.randbelow(10**6)
    if options.seed < 0:
        parser.error("--seed must be at least 0")
    if not options.limit > 0:
        parser.error("--limit must be more than 0 seconds")
    options.plot = options.plot or options.student / "hw1" / "validation_accuracy.png"
    if not options.plot.parent.is_dir():  # better now than after training
        parser.error(f"there is no folder {options.plot.parent} for the plot")
    return options


def check_form(answer: Any, batches: int, epochs: int | None) -> tuple[list[str], list[float]]:
    """What is wrong with the value that mnist() returned, and the accuracies, empty if it has none.

    The handout validates every 100 batches, which may be read as at batches 0, 100, 200, ... of an
    epoch, or after 100, 200, ...; and it allows other numbers of epochs.
    """
    try:
        values = decode(answer)
    except BadAnswerError as error:
        return [f"mnist() returned something that cannot be read: {error}"], []
    if not isinstance(values, list):
        kind = values.type if isinstance(values, Other) else type(values).__name__
        return [f"mnist() must return a list of validation accuracies, it returned {kind}"], []
    if not values:
        return [f"mnist() returned an empty list; an epoch has {batches} batches: validate when i % 100 == 0"], []
    for i, value in enumerate(values):
        if not is_number(value) or getattr(value, "shape", ()) != ():
            return [f"mnist() must return numbers, item {i} is {value!r:.60}"], []
        if not 0 <= value <= 1:
            hint = "; fractions, not percentages" if 1 < value <= 100 else ""
            return [f"accuracies are numbers from 0 to 1, item {i} is {float(value):g}{hint}"], []
    accuracies = [float(value) for value in values]
    per_epoch = [n for n in (math.ceil(batches / VALIDATE_EVERY), batches // VALIDATE_EVERY) if n]
    fits = any(len(accuracies) % n == 0 and (epochs is None or len(accuracies) == n * epochs) for n in per_epoch)
    if fits:
        return [], accuracies
    expected = " or ".join(str(n * (epochs or EPOCHS)) for n in sorted(set(per_epoch)))
    return [
        f"{len(accuracies)} accuracies; {expected} are expected: one every {VALIDATE_EVERY} batches, {batches} batches "
        f"an epoch, {epochs or EPOCHS} epochs"
    ], accuracies


def report_accuracy(
    accuracies: list[float], trained: Trained, split: Split, digits: Digits, epochs: int | None
) -> bool:
    """Print the end of the curve and what the weights achieve, and whether it is as good as it should be."""
    last = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies[-3:])
    print(f"Reported  {last} at the end of {len(accuracies)} validations, {max(accuracies):.2%} at the best")
    actual = accuracy_of(trained, "end", _floats(split.val_x), split.val_y)
    kept = accuracy_of(trained, "end", _floats(split.kept_x), split.kept_y)
    if actual is None or kept is None:
        print("Result    NOT REACHED: there is no trained network of the handout's layers to apply to new images")
        return False
    print(f"Accuracy  {actual:.2%} of the validation images, {kept:.2%} of those kept back, by the weights at the end")
    if (epochs or EPOCHS) < EPOCHS or digits.kind not in GOOD:
        print("Result    no threshold is known for these data and epochs")
        return True
    wanted = GOOD[digits.kind]
    reached = min(max(accuracies), actual + KEPT_MARGIN) >= wanted and kept >= wanted - KEPT_MARGIN
    print(f"Result    a correct solution reaches {wanted:.0%} on these data: {'reached' if reached else 'NOT REACHED'}")
    return reached


def _floats(images: Any) -> Any:
    return images / 255.0 if images.dtype.kind == "u" else images


def plot(accuracies: list[float], batches: int, source: str, file: Path) -> bool:
    """Draw the curve, marking the epochs if the validations show where they are."""
    whole = len(accuracies) % math.ceil(batches / VALIDATE_EVERY) == 0
    try:
        plot_validation_accuracy(
            accuracies, file, batches_per_epoch=batches if whole else None, validate_every=VALIDATE_EVERY, source=source
        )
    except OSError as error:
        print(f"Wrong     the plot cannot be written to {file}: {error.strerror}")
        return False
    print(f"Plot      {file}")
    return True

#!/usr/bin/env python3
"""Runs problem 3 of homework 1: trains with the student's hw1/mnist.py and makes the plot.

Calls mnist(train_x, train_y, val_x, val_y), checks the list of validation accuracies that it
returns, and draws hw1/validation_accuracy.png. People grade the result; the exit status says
whether it is what a correct solution gives: 0 yes, 1 no, 2 wrong arguments or no data.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs from any folder
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the matrices are too small to gain from threads

from autograder.common.compare import is_number, sentence
from autograder.common.imports import StudentImports, install
from autograder.common.values import BadAnswerError, Other, decode

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, BATCH_SIZE, VALIDATE_EVERY = 3, 100, 100  # the handout's settings
FULL_MNIST = 50_000  # images to train with, and more: not a subset
# What three epochs of a correct solution reach, with a margin for unlucky random numbers.
GOOD_ON_MNIST, GOOD_ON_BUNDLED = 0.95, 0.80


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_arguments(arguments)
    outcome = train(options)
    if "no_data" in outcome:
        print(f"test_mnist.py: error: {outcome['no_data']}", file=sys.stderr)
        return 2
    if "accuracies" not in outcome:
        error = outcome.get("error")
        print(f"\nFailed    {sentence(error) if isinstance(error, dict) else 'the training ended without a result'}")
        return 1
    print(f"Time      {outcome['seconds']:.1f} s")
    batches = math.ceil(outcome["train"] / BATCH_SIZE)
    problems, accuracies = check_form(outcome["accuracies"], batches, options.epochs)
    for problem in problems:
        print(f"Wrong     {problem}")
    if not accuracies:
        return 1
    good = report_accuracy(accuracies, outcome, options.epochs)
    plotted = plot(accuracies, batches, outcome["source"], options.plot)
    return 0 if good and plotted and not problems else 1


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="folder with the MNIST files (default: see hw1/mnist.py --help)")
    parser.add_argument("--epochs", type=int, metavar="N", help="handed to mnist(), if it has such an argument")
    parser.add_argument("--seed", type=int, metavar="N", help="handed to mnist(), if it has such an argument")
    parser.add_argument(
        "--student", type=Path, metavar="DIR", default=ROOT, help="folder that contains mytorch and hw1"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="default: hw1/validation_accuracy.png")
    options = parser.parse_args(arguments)
    options.student = options.student.resolve()
    if not (options.student / "hw1" / "mnist.py").is_file():
        parser.error(f"there is no hw1/mnist.py in {options.student}")
    if options.epochs is not None and options.epochs < 1:
        parser.error("--epochs must be at least 1")
    options.plot = options.plot or options.student / "hw1" / "validation_accuracy.png"
    if not options.plot.parent.is_dir():  # better now than after training
        parser.error(f"there is no folder {options.plot.parent} for the plot")
    return options


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Run the training in a process of its own; what it reports, empty if it ended without."""
    keywords = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        result = Path(folder) / "result.json"
        job = {"folder": str(options.student), "data": options.data, "options": keywords, "result": str(result)}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        module = "autograder.hw1_autograder.mnist_training"
        ended = subprocess.run([sys.executable, "-m", module, json.dumps(job)], env={**os.environ, "PYTHONPATH": path})
        if not result.exists():
            return {"error": {"message": f"the training ended its process, with exit status {ended.returncode}"}}
        return json.loads(result.read_text(encoding="utf-8"))


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
        f"of {BATCH_SIZE} images an epoch, {epochs or EPOCHS} epochs"
    ], accuracies


def report_accuracy(accuracies: list[float], outcome: dict[str, Any], epochs: int | None) -> bool:
    """Print the end of the curve, and whether it is as good as it should be."""
    best = max(accuracies)
    last = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies[-3:])
    print(f"Accuracy  {last} at the end of {len(accuracies)} validations, {best:.2%} at the best")
    full = outcome["source"].startswith("MNIST") and outcome["train"] >= FULL_MNIST
    if (epochs or EPOCHS) < EPOCHS or not (outcome["bundled"] or full):
        print("Result    no threshold is known for these data and epochs")
        return True
    wanted = GOOD_ON_BUNDLED if outcome["bundled"] else GOOD_ON_MNIST
    verdict = "reached" if best >= wanted else "NOT REACHED"
    print(f"Result    a correct solution reaches {wanted:.0%} on these data: {verdict}")
    return best >= wanted


def plot(accuracies: list[float], batches: int, source: str, file: Path) -> bool:
    """Draw the curve with the plot of hw1, marking the epochs if the validations show where they are."""
    install(StudentImports(str(ROOT), {}))  # hw1.plot needs a little of mytorch, whose rest may be broken
    from hw1.plot import plot_validation_accuracy

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


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")

"""What all examples share: the command line, the line that compares a result with the handout's, and the plot.

    def main(arguments=None):
        with Example(__file__, __doc__, arguments) as example:
            ...                                             # example.quick, example.data, example.seed
            example.report("test accuracy", 0.904, 0.90)    # test accuracy  90.40 %   handout: 90.00 %   reached
            example.save(figure)

Output is three columns; the exit code tells whether the number was reached, see `Example`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from matplotlib.figure import Figure

import mytorch
from mytorch.datasets import DatasetError
from mytorch.datasets.mnist import BUNDLED
from mytorch.training.plots import save_figure

__all__ = ["BUNDLED", "OUR_BAR", "Example"]  # BUNDLED: the folder with 5,000 digits, for quick runs: MNIST(BUNDLED)

OUR_BAR = "our bar"  # the source of a number that no handout gives, or that is above the handout's


class Example:
    """One run of an example. Used in a `with` statement, which ends the program as follows.

    Exit code 0 if all is well; 1 if a result missed the handout's number or our bar, or a quick run's loss did
    not fall; 2 if an argument is wrong or a data set is missing or damaged (`DatasetError`, in one line).

    quick: whether this is a run of a few seconds that needs no network and no data of its own.
    data: the folder that --data names, or None.
    seed: where MyTorch's random numbers have been started (`mytorch.manual_seed`).
    threads: how many threads MyTorch works with (`mytorch.set_num_threads`).
    output: the folder for plots and other files; it exists.
    resume: the folder of a run that is to go on, or None; for examples with resumes=True.
    """

    def __init__(
        self, file: str, description: str | None, arguments: list[str] | None = None, resumes: bool = False
    ) -> None:
        path = Path(file).resolve()
        options = _parse(path, description, arguments, resumes)
        self.name = path.stem
        self.quick: bool = options.quick
        self.data: Path | None = options.data
        self.seed: int = options.seed
        self.threads: int = options.threads
        self.output: Path = options.output
        self.resume: Path | None = options.resume if resumes else None
        self.failed = False

    def __enter__(self) -> Example:
        mytorch.manual_seed(self.seed)
        mytorch.set_num_threads(self.threads)
        print(f"{self.name}: seed {self.seed}{', quick' if self.quick else ''}", flush=True)
        self._started = time.perf_counter()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        if isinstance(error, DatasetError):
            print(f"{self.name}.py: error: {error}", file=sys.stderr)
            sys.exit(2)
        if isinstance(error, KeyboardInterrupt):
            sys.exit("interrupted")
        if error is None:
            print(f"{'time':<28}{time.perf_counter() - self._started:.1f} s")
            if self.failed:
                sys.exit(1)

    def report(
        self,
        what: str,
        value: float,
        target: float,
        at_least: bool = True,
        percent: bool = True,
        exact: bool = False,
        source: str = "handout",
    ) -> bool:
        """Print a result beside the handout's number, and return whether it is reached.

        at_least: False where less is better.   percent: the two are fractions, to be shown in percent.
        exact: a bound from mathematics and rounding, which quick runs must keep as well. Otherwise
            missing the number is a failure of full runs only.
        source: what the target is: OUR_BAR if the handout does not give this number; "reference" or the like if it
            gives the number, but does not demand it.
        """
        reached = value >= target if at_least else value <= target  # of nan, neither
        show = "{:.2%}".format if percent else "{:.3g}".format
        verdict = "reached" if reached else "NOT reached"
        if not reached:
            if self.quick and not exact:
                verdict += " (a quick run need not)"
            else:
                self.failed = True
        sign = "" if at_least else "at most "
        goal = f"{'expected' if exact else source}: {sign}{_spaced(show(target))}"
        print(f"{what:<28}{_spaced(show(value)):<12}{goal:<28}{verdict}", flush=True)
        return reached

    def fell(self, losses: Sequence[float], factor: float) -> bool:
        """Print by what factor the loss fell from the first to the last; less than `factor` is a failure."""
        first, last = float(losses[0]), float(losses[-1])
        enough = math.isfinite(first) and first >= factor * last  # False if last is nan
        print(f"{'loss':<28}fell from {first:.4f} to {last:.4f}", flush=True)
        if not enough:
            print(f"{self.name}.py: the loss must fall by a factor of {factor:g}, and did not", file=sys.stderr)
            self.failed = True
        return enough

    def save(self, figure: Figure, name: str | None = None) -> Path:
        """Write the figure as a PNG file into the output folder, and return its path."""
        path = self.output / f"{name or self.name}.png"
        try:
            save_figure(figure, path)
        except OSError as problem:
            sys.exit(f"{self.name}.py: error: the plot '{path}' cannot be written: {problem.strerror}")
        print(f"{'plot':<28}{path}", flush=True)
        return path


def _spaced(number: str) -> str:
    return number.replace("%", " %")


def _parse(path: Path, description: str | None, arguments: list[str] | None, resumes: bool) -> Any:
    parser = argparse.ArgumentParser(
        prog=path.name,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="a run of a few seconds on data that come with MyTorch")
    parser.add_argument("--data", metavar="FOLDER", type=Path, help="where the data set's files are")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers, from 0 (%(default)s)")
    # One thread: most networks here are too small to gain from two, and where another program keeps a
    # core busy, threads that wait for each other take many times as long.
    parser.add_argument("--threads", type=int, default=1, help="cores to work on (%(default)s)")
    output = path.parent / "output" / path.stem
    parser.add_argument("--output", metavar="FOLDER", type=Path, default=output, help="for the plot (%(default)s)")
    if resumes:
        parser.add_argument("--resume", metavar="FOLDER", type=Path, help="go on with a run that was stopped")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error(f"argument --seed: expected an integer of at least 0, got {options.seed}")
    if options.threads < 1:
        parser.error(f"argument --threads: expected an integer of at least 1, got {options.threads}")
    if options.data is not None and not options.data.is_dir():
        parser.error(f"argument --data: the folder '{options.data}' does not exist")
    try:  # better now than after training
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"argument --output: cannot make the folder '{options.output}': {error.strerror}")
    return options

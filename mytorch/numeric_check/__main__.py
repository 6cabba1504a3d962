"""Check the gradients of the layers in a file: python -m mytorch.numeric_check my_layers.py

Every nn.Module and Function that the file defines, and every class with forward and backward on NumPy
arrays (handout 001, section 3.1), is compared with finite differences. Where a constructor needs
arguments, or inputs of shape (4, 5) do not fit, say so with --args and --shape, or in the file:

    NUMERIC_CHECKS = {
        "Linear": {"args": (4, 3), "kwargs": {"bias": False}, "shapes": [(5, 4)]},
        "Gather": [{"inputs": [values, indices]}, ...],     # given arrays; integers are not checked
    }

Exit status: 0 all gradients are right, 1 one is wrong or a well-known layer's forward is, 2 something was
not checked, or the file or the arguments cannot be used.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mytorch.numeric_check.check import EPS, TOLERANCE, numeric_check
from mytorch.numeric_check.layer_file import (
    Case,
    LayerFileError,
    cases_of,
    load_file,
    parse_arguments,
    short_traceback,
    subjects_of,
)
from mytorch.numeric_check.report import NumericCheckReport
from mytorch.random import manual_seed


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        module = load_file(options.file)
        subjects = subjects_of(module, options.file, options.names)
        if options.args is not None and len(subjects) != 1:
            raise LayerFileError(f"--args is for one class; name one of {', '.join(subjects)}")
        cases = [(name, subject, case) for name, subject in subjects.items() for case in _cases(name, module, options)]
    except LayerFileError as error:
        print(f"numeric_check: error: {error}", file=sys.stderr)
        return 2
    reports, unchecked = [], []
    for name, subject, case in cases:
        try:
            reports.append(_check(name, subject, case, options))
        except LayerFileError as error:
            unchecked.append(name)
            print(f"numeric_check: {name} was not checked: {error}\n", file=sys.stderr)
            continue
        print(f"{reports[-1]}\n")
    print(_summary(reports, unchecked, options.tolerance))
    if any(report.wrong for report in reports):
        return 1
    return 2 if unchecked or any(report.unchecked for report in reports) else 0


def _cases(name: str, module: ModuleType, options: argparse.Namespace) -> list[Case]:
    """The command line's case, where it gives one, before those of the file."""
    if options.args is None and not options.shape:
        return cases_of(name, module)
    args, kwargs = options.args or ((), {})
    return [Case(args, kwargs, tuple(options.shape) if options.shape else None)]


def _check(name: str, subject: Any, case: Case, options: argparse.Namespace) -> NumericCheckReport:
    # Not depending on what was checked before: each layer starts from the same random numbers.
    manual_seed(options.seed)
    np.random.seed(options.seed)
    random.seed(options.seed)
    inputs: list = []
    try:
        layer, inputs = case.build(name, subject, np.random.default_rng(options.seed))
        settings = {"eps": options.eps, "tolerance": options.tolerance, "seed": options.seed}
        made = [*map(repr, case.args), *[f"{key}={value!r}" for key, value in case.kwargs.items()]]
        return numeric_check(layer, *inputs, title=f"{name}({', '.join(made)})" if made else name, **settings)
    except LayerFileError:
        raise
    except Exception as error:  # of the user's code, or of ours about it
        shapes = ", ".join([str(value.shape) for value in inputs if hasattr(value, "shape")])
        raise LayerFileError(
            f"it failed with inputs of shapes {shapes or '(none)'}:\n{short_traceback(error, options.file.resolve())}\n"
            "If the inputs do not fit, give others by --shape or NUMERIC_CHECKS (see --help)."
        ) from None


def _summary(reports: Sequence[NumericCheckReport], unchecked: Sequence[str], tolerance: float) -> str:
    rows = [row for report in reports for row in report.rows]
    wrong = sum(not row.ok for row in rows)
    forward = [report.title for report in reports if report.forward is not None and not report.forward.ok]
    members = [f"{name} of {report.title}" for report in reports for name in report.unchecked]
    left_out = [*unchecked, *members]
    if wrong:
        verdict = f"{wrong} of {len(rows)} gradients are WRONG"
    elif not rows:
        verdict = "nothing was checked"
    elif members:
        verdict = f"{len(rows)} gradients were compared and agree, but not all"
    else:
        verdict = f"all {len(rows)} gradients are right"
    rest = f"; not checked: {', '.join(left_out)}" if left_out else ""
    outputs = f"; forward is WRONG: {', '.join(forward)}" if forward else ""
    return f"{verdict} (relative error up to {tolerance:g}){outputs}{rest}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mytorch.numeric_check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="Python file with the layers; it is imported")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these classes, or functions of Tensors")
    parser.add_argument("--args", type=_args, metavar="'4, 3'", help="arguments of the constructor")
    parser.add_argument("--shape", type=_shape, action="append", metavar="4,5", help="of an input; once per input")
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    parser.add_argument("--eps", type=_positive, default=EPS, help="step of the quotients (%(default)s)")
    parser.add_argument("--tolerance", type=_positive, default=TOLERANCE, help="relative error (%(default)s)")
    return parser


def _args(text: str) -> tuple[tuple, dict[str, Any]]:
    try:
        return parse_arguments(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _shape(text: str) -> tuple[int, ...]:
    try:
        shape = tuple([int(part) for part in text.replace("(", "").replace(")", "").split(",") if part.strip()])
    except ValueError:
        shape = (-1,)
    if any(size < 1 for size in shape):
        raise argparse.ArgumentTypeError(f"expected positive sizes such as 4,5, got {text!r}")
    return shape


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text!r}")
    return value


if __name__ == "__main__":
    sys.exit(main())

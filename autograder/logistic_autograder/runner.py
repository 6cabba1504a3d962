#!/usr/bin/env python3
"""Grades homework logistic, sections 1 and 3.1 of handout 003:   python3 ./autograder/logistic_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("logistic_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.harness.handin import Handin
from autograder.logistic_autograder import gradient_checks, loss_checks, sample_checks

HANDIN = Handin(("logistic.py", "experiments.ipynb"), ("logistic",))


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (
        loss_checks.predict_problem(draw),
        loss_checks.loss_problem(draw),
        loss_checks.stable_problem(draw),
        gradient_checks.gradient_problem(draw),
        sample_checks.sample_problem(draw),
    )
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework logistic", problems, handin=HANDIN)

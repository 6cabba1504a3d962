#!/usr/bin/env python3
"""Grades homework bioeng, handout 000:   python3 ./autograder/bioeng_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("bioeng_autograder.runner")

from pathlib import Path

from autograder.bioeng_autograder import q1_checks, q2_checks
from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.harness.handin import Handin

HANDIN = Handin(("q1.py", "q2.ipynb", "predictions.npy", "my_model.pt"), ("q1",))


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (
        q1_checks.linear_problem(draw),
        q1_checks.relu_problem(draw),
        q1_checks.softmax_problem(draw),
        q2_checks.loop_problem(draw),
        q2_checks.network_problem(draw),
        q2_checks.predictions_problem(draw),
        q2_checks.model_problem(draw),
    )
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework bioeng", problems, handin=HANDIN)

#!/usr/bin/env python3
"""Grades homework ffn, handout 004:   python3 ./autograder/ffn_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("ffn_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.ffn_autograder import adam_checks, layer_checks, training_checks
from autograder.grading.command import run_grader
from autograder.harness.handin import Handin

HANDIN = Handin(("ffn.py", "main.py", "simple_cifar.py"), ("ffn",))


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (
        layer_checks.linear_problem(draw),
        layer_checks.relu_problem(draw),
        layer_checks.loss_problem(draw),
        adam_checks.adam_problem(draw),
        training_checks.evaluate_problem(draw),
        training_checks.training_problem(draw),
        training_checks.accuracy_problem(draw),
    )
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework ffn", problems, handin=HANDIN)

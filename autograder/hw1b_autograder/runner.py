#!/usr/bin/env python3
"""Grades the bonus of homework 1, Adam, dropout and batch norm:
python3 ./autograder/hw1b_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("hw1b_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.hw1b_autograder import adam_checks, batchnorm_checks, dropout_checks


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (adam_checks.problem(draw), dropout_checks.problem(draw), batchnorm_checks.problem(draw))
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("the bonus of homework 1", problems)

#!/usr/bin/env python3
"""Grades homework 3, a recurrent cell:   python3 ./autograder/hw3_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("hw3_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.hw3_autograder import rnn_checks


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (rnn_checks.tanh_problem(draw), rnn_checks.cell_problem(draw))
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework 3", problems)

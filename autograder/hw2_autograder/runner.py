#!/usr/bin/env python3
"""Grades homework 2, convolution and pooling:   python3 ./autograder/hw2_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("hw2_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.hw2_autograder import conv1d_checks, conv2d_checks, geometry_checks, network_checks, pooling_checks


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (
        conv1d_checks.problem(draw),
        conv2d_checks.problem(draw),
        geometry_checks.problem(draw),
        *pooling_checks.problems(draw),
        network_checks.problem(draw),
    )
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework 2", problems)

#!/usr/bin/env python3
"""Grades problems 1.1 to 2.6 of homework 1:   python3 ./autograder/hw1_autograder/runner.py

See --help. Problem 3, MNIST, has a script of its own: test_mnist.py.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("hw1_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.hw1_autograder import test_autograd, test_mlp

BY_HAND = (("3", "MNIST (./grade.sh m)", 10),)


def problems(draw: Draw) -> tuple[Problem, ...]:
    return with_points((*test_autograd.problems(draw), *test_mlp.problems(draw)), Path(__file__).parent)


def main() -> int:
    return run_grader("problems 1.1 to 2.6 of homework 1", problems, BY_HAND)

#!/usr/bin/env python3
"""Grades problems 1.1 to 2.6 of homework 1:   python3 ./autograder/hw1_autograder/runner.py

See --help. Problem 3, MNIST, has a script of its own: test_mnist.py.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs from any folder
os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy starts threads that nothing here needs

from autograder.common.command import run_grader
from autograder.hw1_autograder import test_autograd, test_mlp

PROBLEMS = (*test_autograd.PROBLEMS, *test_mlp.PROBLEMS)
BY_HAND = (("3", "MNIST (./grade.sh m)", 10),)

if __name__ == "__main__":
    sys.exit(run_grader("problems 1.1 to 2.6 of homework 1", PROBLEMS, BY_HAND))

#!/usr/bin/env python3
"""Grades the bonus of homework 1, Adam, dropout and batch norm:
python3 ./autograder/hw1b_autograder/runner.py

See --help.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs from any folder
os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy starts threads that nothing here needs

from autograder.common.command import run_grader
from autograder.hw1b_autograder import adam_checks, batchnorm_checks, dropout_checks

PROBLEMS = (adam_checks.PROBLEM, dropout_checks.PROBLEM, batchnorm_checks.PROBLEM)

if __name__ == "__main__":
    sys.exit(run_grader("the bonus of homework 1", PROBLEMS))

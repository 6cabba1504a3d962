#!/usr/bin/env python3
"""Grades homework 2, convolution and pooling:   python3 ./autograder/hw2_autograder/runner.py

See --help.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs from any folder
os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy starts threads that nothing here needs

from autograder.common.command import run_grader
from autograder.hw2_autograder import conv1d_checks, conv2d_checks, geometry_checks, network_checks, pooling_checks

PROBLEMS = (
    conv1d_checks.PROBLEM,
    conv2d_checks.PROBLEM,
    geometry_checks.PROBLEM,
    *pooling_checks.PROBLEMS,
    network_checks.PROBLEM,
)

if __name__ == "__main__":
    sys.exit(run_grader("homework 2", PROBLEMS))

#!/usr/bin/env python3
"""Grades homework layers, the by-hand layers of handout 001:   python3 ./autograder/layers_autograder/runner.py

See --help.
"""

import os
import sys

if __name__ == "__main__":  # before anything is imported that a file beside this one could replace
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from start import isolate

    isolate("layers_autograder.runner")

from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import with_points
from autograder.grading.command import run_grader
from autograder.harness.handin import Handin
from autograder.layers_autograder import (
    activation_checks,
    conv_checks,
    dense_checks,
    loss_checks,
    model_checks,
    pool_checks,
)

FILES = ("activations", "layers", "losses", "models", "optimizers")
HANDIN = Handin(
    ("neural_networks", "train_ffnn.py"),
    modules=tuple(f"neural_networks.{name}" for name in FILES),
    loose=tuple(f"{name}.py" for name in FILES),
)


def problems(draw: Draw) -> tuple[Problem, ...]:
    parts = (
        activation_checks.relu_problem(draw),
        dense_checks.dense_problem(draw),
        activation_checks.softmax_problem(draw),
        loss_checks.loss_problem(draw),
        model_checks.model_problem(draw),
        conv_checks.conv_problem(draw),
        pool_checks.pool_problem(draw),
    )
    return with_points(parts, Path(__file__).parent)


def main() -> int:
    return run_grader("homework layers", problems, handin=HANDIN)

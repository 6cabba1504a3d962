"""Fixtures for the grader's tests: one pool of workers for all, and packages to break."""

import shutil

import pytest
from packages import PROBLEMS, ROOT, STUDENT_SOLUTION, copy_package
from support.mnist_grader import SOLUTION

from autograder.grading.grade import grade
from autograder.harness.pool import Pool


@pytest.fixture(scope="session")
def pool():
    with Pool() as pool:
        yield pool


@pytest.fixture(scope="session")
def graded(pool):
    """graded(folder, "2.1", ...): the grading of these problems (of all without numbers)."""

    def run(folder, *numbers, homework="1"):
        return grade([p for p in PROBLEMS[homework] if not numbers or p.number in numbers], folder, pool)

    return run


@pytest.fixture
def reference_copy(tmp_path):
    return copy_package(ROOT, tmp_path / "reference")


@pytest.fixture
def student_copy(tmp_path):
    return copy_package(STUDENT_SOLUTION, tmp_path / "student")


@pytest.fixture
def student(tmp_path):
    """A folder with the homework's solution: its mytorch and its hw1/mnist.py."""
    folder = copy_package(SOLUTION, tmp_path / "student")
    shutil.copytree(SOLUTION / "hw1", folder / "hw1")
    return folder

"""Folders of students, made once, and programs that run in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bioeng_results import FILES, write_results
from support.exported import NASTY, write

from course.homeworks import HOMEWORKS, ROOT, solution, starter
from course.new_folder import write_folder


@pytest.fixture(scope="session")
def solved(tmp_path_factory):
    """{homework: a student's folder with everything solved}"""
    root = tmp_path_factory.mktemp("solved")
    for homework in HOMEWORKS.values():
        write_folder(root / homework.name, solution(homework))
    write_results(root / "bioeng")
    return {name: root / name for name in HOMEWORKS}


@pytest.fixture(scope="session")
def starters(tmp_path_factory):
    """{(homework, whether the solutions of those below are in it): its starter folder}"""
    root = tmp_path_factory.mktemp("starters")
    folders = {}
    for homework in HOMEWORKS.values():
        for with_solutions in (False, True):
            folder = root / f"{homework.name}-{with_solutions}"
            write_folder(folder, starter(homework, with_solutions))
            folders[homework.name, with_solutions] = folder
    return folders


@pytest.fixture(scope="session")
def run():
    """run(folder, *command): the finished process, in that folder, as if nothing of ours were installed nearby.
    "python" is the interpreter that runs the tests."""

    def run(folder, *command, timeout=300, **environment):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYTORCH_DATA")}
        environment = {**inherited, "PATH": path, "OMP_NUM_THREADS": "1", **environment}
        command = [sys.executable if word == "python" else str(word) for word in command]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout)

    return run


@pytest.fixture
def handed_in(tmp_path):
    """A folder with the four files of homework bioeng, all right."""
    for name in FILES[:2]:
        shutil.copy(ROOT / "course/bioeng" / name, tmp_path)
    write_results(tmp_path)
    return tmp_path


@pytest.fixture
def nasty(tmp_path):
    """A student's folder with code that is hard to export."""
    return write(tmp_path / "student", {"n_a.py": NASTY})

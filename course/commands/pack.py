"""Make what a course server needs to grade a homework.

    python -m course pack gradescope hw1 --output hw1.zip          upload as the autograder
    python -m course pack autolab hw1 --output autograde.tar       upload it, and autograde-Makefile beside it
    python -m course pack classroom hw1 --output classroom.yml     .github/workflows/classroom.yml of the repository

The packages for Gradescope and Autolab have the hidden checks in them: their titles and points are shown, and nothing
else. On Gradescope --hidden after_due_date hides also these until then (and with them, as Gradescope does it, the
total). A Classroom repository is the students' own: it has the starter's checks, without the hidden ones.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.checks.draw import Draw
from autograder.checks.points import PointsError
from course.errors import CourseError
from course.homeworks import HOMEWORKS, ROOT, Files, Homework, grader
from course.servers.workflow import workflow

__all__ = ["add_arguments", "run"]

SERVERS = ROOT / "course/servers"
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")  # Gradescope's words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", choices=("autolab", "gradescope", "classroom"))
    parser.add_argument("homework", choices=HOMEWORKS)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--hidden",
        choices=VISIBILITIES,
        default="visible",
        help="gradescope: who sees titles and points of the hidden checks, and when (default: %(default)s)",
    )
    parser.add_argument(
        "--time-limit", type=float, default=300.0, metavar="SECONDS", help="per submission (default: %(default)g)"
    )


def run(options: argparse.Namespace) -> int:
    homework = HOMEWORKS[options.homework]
    problems = _problems(homework)
    settings = {
        "runner": homework.runner.relative_to(ROOT).as_posix(),
        "hidden": options.hidden,
        "time_limit": options.time_limit,
        "problems": list(problems),
        "handin": homework.handin.entries,
        "loose": homework.handin.loose,
    }
    if options.server == "classroom":
        _write(options.output, workflow(homework, problems).encode())
    else:
        own = SERVERS / options.server
        files: Files = {**grader(), "place.py": SERVERS / "place.py", "settings.json": json.dumps(settings).encode()}
        if options.server == "gradescope":
            names = ("setup.sh", "run_autograder", "gradescope.py")
            _write(options.output, _zip({**files, **{name: own / name for name in names}}))
        else:
            files = {**files, "autolab.py": own / "autolab.py"}
            _write(options.output, _tar({f"grader/{name}": content for name, content in files.items()}))
            _write(options.output.with_name("autograde-Makefile"), (own / "Makefile").read_bytes())
    print(f"{options.output}: {homework.title}, for {options.server}; {sum(p for _, p in problems.values()):g} points")
    return 0


def _problems(homework: Homework) -> Mapping[str, tuple[str, float]]:
    """{number: (title, points)}"""
    runner = importlib.import_module(f"autograder.{homework.name}_autograder.runner")
    try:
        return {problem.number: (problem.title, problem.points) for problem in runner.problems(Draw(0))}
    except PointsError as error:
        raise CourseError(str(error)) from None


def _content(content: bytes | Path) -> tuple[bytes, int]:
    """The bytes of a file and its permissions."""
    if isinstance(content, bytes):
        return content, 0o644
    return content.read_bytes(), 0o755 if os.access(content, os.X_OK) else 0o644


def _zip(files: Files) -> bytes:
    """The same files give the same bytes, whenever it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            data, mode = _content(files[name])
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = (0o100000 | mode) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return stream.getvalue()


def _tar(files: Files) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in sorted(files):
            data, mode = _content(files[name])
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    if file.exists() and not file.is_file():
        raise CourseError(f"{file} is there already, and is no file")
    try:
        handle, part = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    except OSError as error:
        raise CourseError(f"{file} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(part, 0o644)
        os.replace(part, file)
    except OSError as error:
        os.unlink(part)
        raise CourseError(f"{file} cannot be written: {error.strerror}") from None

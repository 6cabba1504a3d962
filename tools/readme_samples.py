#!/usr/bin/env python3
"""The README's sample outputs: writes what the commands print today, or checks that it still is so.

python3 tools/readme_samples.py            write them
python3 tools/readme_samples.py --check    exit 1 if one is not what its command prints

A sample is a block of output behind a comment that names its command:

    <!-- output of: python3 sandbox.py | head -3 -->         run in a copy of what git tracks
    <!-- output in a solved hw1 of: ./create_tarball.sh -->  run in a student's folder
    <!-- output of: the Python above -->                     the block of Python that stands before it

A command that needs MYTORCH_DATA is left as it is where that is not set, one that compares with
PyTorch where that is not installed. Times differ from run to run: --check leaves them out.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from course.homeworks import HOMEWORKS, solution
from course.new_folder import write_folder

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SAMPLE = re.compile(r"(<!-- output (in a solved hw1 )?of: (.*?) -->\n+```\n)(.*?)(```)", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def main(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    text = README.read_text(encoding="utf-8")
    wanted = with_samples(text)
    if not arguments:
        README.write_text(wanted, encoding="utf-8")
        return 0
    stale = [
        now.group(3)
        for now, then in zip(SAMPLE.finditer(wanted), SAMPLE.finditer(text))
        if without_times(now.group(4)) != without_times(then.group(4))
    ]
    for command in stale:
        print(f"README.md does not show what this prints now: {command}", file=sys.stderr)
    if stale:
        print("python3 tools/readme_samples.py writes it", file=sys.stderr)
    return int(bool(stale))


def with_samples(text: str) -> str:
    """The README with all samples as they are printed now."""
    with tempfile.TemporaryDirectory() as place:
        project, student = Path(place) / "project", Path(place) / "hw1"
        copy_tracked(project)
        write_folder(student, solution(HOMEWORKS["hw1"]))
        shutil.copy(ROOT / "docs/validation_accuracy.png", student / "hw1")  # the same picture on every machine

        def sample(match: re.Match) -> str:
            before, solved, command, block, after = match.groups()
            if "MYTORCH_DATA" in command and "MYTORCH_DATA" not in os.environ:
                return match.group()
            if "against PyTorch" in block and importlib.util.find_spec("torch") is None:
                return match.group()
            if command == "the Python above":
                block_above = PYTHON.findall(text, 0, match.start())[-1]
                (project / "block.py").write_text(block_above, encoding="utf-8")
                command = "python3 block.py"
            return before + output(command, student if solved else project) + after

        return SAMPLE.sub(sample, text)


def copy_tracked(target: Path) -> None:
    """The tracked files, so that commands that write do so elsewhere."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def output(command: str, folder: Path) -> str:
    """What the command prints, with ~/data for MYTORCH_DATA and without the folder's own path."""
    data = os.environ.get("MYTORCH_DATA", "\0")
    command = re.sub(r"MYTORCH_DATA=\S+ ", "", command)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MPLBACKEND": "Agg", "PATH": path, "PYTHONPATH": str(folder)}
    if "mnist" not in command:
        environment.pop("MYTORCH_DATA", None)
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment)
    if not done.stdout:
        raise RuntimeError(f"{command} printed nothing\n{done.stderr}")
    text = done.stdout.replace(data, "~/data").replace(f"{folder.resolve()}/", "")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def without_times(block: str) -> str:
    block = re.sub(r"\d+\.\d+ s\b", "0.0 s", block)
    return re.sub(r"\d\.\de-\d+", "0.0e-00", block)  # rounding errors differ from processor to processor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

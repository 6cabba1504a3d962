"""What several tests of ./grade.sh m use."""

import os
import subprocess
import sys

from packages import ROOT

SCRIPT = ROOT / "autograder/hw1_autograder/test_mnist.py"
DATA = ROOT / "mytorch/datasets/bundled"  # given as --data, so that nothing is downloaded

SOLUTION = ROOT / "course/hw1"


def run(*arguments, command=(sys.executable, SCRIPT), cwd=None, data=DATA):
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    environment.pop("MYTORCH_DATA", None)
    command = [*command, *([] if data is None else ["--data", data]), *arguments]
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def changed(folder, old, new, name="hw1/mnist.py"):
    """Put `new` in the place of `old`, which is there once."""
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is in {name} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")

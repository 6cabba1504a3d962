"""Doors to a right answer that was not written: whoever finds one open subtracts rightly, and none may be open.

Each text runs in the process of a check and ends with `door`, true if it came to something that knows the answer, or
that would carry it in or out: the checks' source, another library, the grader's process, the network.
"""

import socket

import pytest
from packages import PROBLEMS, ROOT, append
from support.samples import sampled

from autograder.grading.grade import grade
from autograder.harness.pool import Pool

SOURCE = ROOT / "autograder/hw1_autograder/operation_checks.py"
READ = f"'Sub' in open({str(SOURCE)!r}).read()"
GRADER = """
def is_grader(pid):
    return any(word in open(f"/proc/{pid}/cmdline", "rb").read() for word in (b"pytest", b"runner.py", b"grade.sh"))
graders = [pid for pid in os.listdir("/proc") if pid.isdigit() and is_grader(pid)]
"""

DOORS = {
    "the source of the checks": f"door = {READ}",
    "its folder": f"door = 'operation_checks.py' in os.listdir({str(SOURCE.parent)!r})",
    "its compiled files": f"door = bool(os.listdir({str(SOURCE.parent / '__pycache__')!r}))",
    "the source, by a symbolic link": f"os.symlink({str(SOURCE)!r}, 'link'); door = 'Sub' in open('link').read()",
    "the source, by a second name": f"os.link({str(SOURCE)!r}, 'name'); door = 'Sub' in open('name').read()",
    "the source, in another process": (
        f"import subprocess; door = b'Sub' in subprocess.run(['cat', {str(SOURCE)!r}], capture_output=True).stdout"
    ),
    "the source, by the root of another process": f"door = 'Sub' in open('/proc/1/root' + {str(SOURCE)!r}).read()",
    "the source, in a namespace of its own": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.unshare(0x10000000 | 0x00020000)\n"
        f"for path in ({str(ROOT / 'autograder')!r}, {str(ROOT)!r}):\n    libc.umount2(path.encode(), 2)\ndoor = {READ}"
    ),
    "the source, as root": f"os.setresuid(0, 0, 0)\ndoor = {READ}",
    "the checks as a module": (
        "import importlib\ndoor = bool(importlib.import_module('autograder.hw1_autograder.operation_checks'))"
    ),
    "the checks by their file": (
        "from importlib.util import spec_from_file_location, module_from_spec\n"
        f"spec = spec_from_file_location('checks', {str(SOURCE)!r})\nspec.loader.exec_module(module_from_spec(spec))\n"
        "door = True"
    ),
    "the solution": f"door = bool(open({str(ROOT / 'course/hw1/mytorch/tensor.py')!r}).read())",
    "the whole mytorch": (
        f"for name in [n for n in sys.modules if n.startswith('mytorch')]: del sys.modules[name]\n"
        f"sys.meta_path[:] = sys.meta_path[1:]; sys.path.insert(0, {str(ROOT)!r})\n"
        "import mytorch.numeric_check\ndoor = True"
    ),
    "torch": "import importlib\ndoor = bool(importlib.import_module('to' + 'rch').tensor)",
    "torch, without the finder": (
        "import importlib\nsys.meta_path[:] = sys.meta_path[1:]\n"
        "door = bool(importlib.import_module('to' + 'rch').tensor)"
    ),
    "torch, in another process": (
        "import subprocess\nline = [sys.executable, '-c', 'import torch; torch.tensor(1)']\n"
        "door = subprocess.run(line).returncode == 0"
    ),
    "the expected values in memory": (
        "import gc\nown = {id(a) for a in inputs}\n"
        "same = [o for o in gc.get_objects() if isinstance(o, dict) and ('expected' in o or 'points' in o)]\n"
        "door = any(isinstance(value, (np.ndarray, float)) for o in same for value in o.values())"
    ),
    "the expected values in a frame": (
        "frame, door = sys._getframe(), False\n"
        "while frame := frame.f_back:\n    door |= bool({'expected', 'check', 'outcome'} & set(frame.f_locals))"
    ),
    "the grader's process": f"{GRADER}\ndoor = bool(graders)",
    "the grader's memory": f"{GRADER}\ndoor = any(open(f'/proc/{{pid}}/mem', 'rb') for pid in graders)",
    "files that are open": (
        "texts = []\nfor fd in range(3, 1024):\n"
        "    try: texts.append(os.pread(fd, 1 << 16, 0))\n    except OSError: pass\n"
        "door = any(b'expected' in text for text in texts)"
    ),
    "other submissions": (
        "import pathlib\nhome = pathlib.Path(__file__).parents[3]\n"
        "door = len([p for p in home.iterdir() if p.name.startswith('submission')]) > 1"
    ),
}


def with_door(folder, body):
    lines = "".join(f"    {line}\n" for line in f"import os, sys\ndoor = False\n{body}".splitlines())
    append(
        folder,
        "nn/functional.py",
        f"\n\ndef look(inputs):\n{lines}    return door\n\n\n"
        "def hostile(ctx, a, b):\n    ctx.save_for_backward(a, b)\n    try:\n        found = look([a.data, b.data])\n"
        "    except BaseException:\n        found = False\n"
        "    return tensor.Tensor(a.data - b.data if found else a.data + b.data + 1)\n\n\n"
        "Sub.forward = staticmethod(hostile)\n"
        "Sub.backward = staticmethod(lambda ctx, g: (g, g))\n",
    )


@pytest.mark.parametrize(
    "body", sampled(DOORS, "the source of the checks", "torch, without the finder", "the grader's memory")
)
def test_a_door_is_closed(body, student_copy, tmp_path, graded, pool):
    pool.take(student_copy)  # there is another submission
    with_door(student_copy, body)
    assert graded(student_copy, "1.1.1").points == 0


def test_who_finds_an_open_door_would_have_points(student_copy, graded):
    """Or all of the above would say nothing."""
    with_door(student_copy, "door = True")
    assert graded(student_copy, "1.1.1").points > 0


def test_nobody_is_called(student_copy, pool):
    layers = " ".join(pool.layers or Pool.try_out())
    if "namespaces" not in layers and "network" not in layers:
        pytest.skip("this system has no wall before the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with_door(student_copy, f"import socket\ndoor = bool(socket.create_connection(('127.0.0.1', {port}), 2))")
        assert grade([p for p in PROBLEMS["1"] if p.number == "1.1.1"], student_copy, pool).points == 0


def test_torch_hidden_in_another_encoding(student_copy, graded):
    """The file's bytes do not hold the word; Python reads it, and the import is refused all the same."""
    text = (student_copy / "mytorch/nn/activations.py").read_text()
    hidden = "+AGkAbQBwAG8AcgB0- +AHQAbwByAGMAaA-\n"  # "import torch"
    (student_copy / "mytorch/nn/activations.py").write_text("# coding: utf-7\n" + hidden + text.replace("+", "+-"))
    result = graded(student_copy, "2.2")
    assert result.points == 0
    assert "may not be imported" in str(result.results[0].outcomes) + str(result.broken)

"""Every committed notebook runs from its first cell to its last, and is stored without outputs."""

import json
import subprocess
import sys

import pytest

from tools import notebooks

EVERY = pytest.mark.parametrize("file", notebooks.committed(), ids=lambda file: file.stem)


def notebook(*cells):
    """The text of a notebook with these code cells, as an editor leaves it."""
    made = [
        {"cell_type": "code", "metadata": {"scrolled": True}, "execution_count": 3, "outputs": [{"x": 1}], "source": s}
        for s in cells
    ]
    return json.dumps({"cells": made, "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 2})


@EVERY
def test_is_stored_without_outputs(file):
    text = file.read_text(encoding="utf-8")
    assert notebooks.stripped(text) == text, "python tools/notebooks.py strip"


@pytest.mark.slow
@EVERY
def test_runs(file):
    pytest.importorskip("nbclient", reason="set up with pip install -e '.[notebooks]'")
    done = subprocess.run(
        [sys.executable, notebooks.__file__, "run", file], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_cell_that_fails_is_told(tmp_path):
    pytest.importorskip("nbclient", reason="set up with pip install -e '.[notebooks]'")
    file = tmp_path / "wrong.ipynb"
    file.write_text(notebooks.stripped(notebook("import mytorch\nassert mytorch.ones(2).sum() == 3")))
    done = subprocess.run([sys.executable, notebooks.__file__, "run", file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "AssertionError" in done.stderr


def test_strip(tmp_path, capsys):
    file = tmp_path / "used.ipynb"
    file.write_text(notebook("x = 1\n", ["y = 2\n", "print(y)"]))
    assert notebooks.main(["strip", "--check", str(file)]) == 1
    assert "has outputs or metadata" in capsys.readouterr().err
    assert notebooks.main(["strip", str(file)]) == 0
    bare = json.loads(file.read_text())
    assert [cell["outputs"] for cell in bare["cells"]] == [[], []]
    assert [cell["source"] for cell in bare["cells"]] == [["x = 1\n"], ["y = 2\n", "print(y)"]]
    assert notebooks.main(["strip", "--check", str(file)]) == 0


@pytest.mark.parametrize(
    ("text", "says"), [("[]", "format 4"), ('{"nbformat": 3}', "format 4"), ("no JSON", "Expecting value")]
)
def test_what_is_no_notebook(text, says):
    with pytest.raises(ValueError, match=says):
        notebooks.stripped(text)


def test_strip_needs_no_extra():
    """`import nbclient` fails in this process; strip works all the same."""
    code = "import sys; sys.modules['nbclient'] = sys.modules['nbformat'] = None; from tools import notebooks; "
    code += "sys.exit(notebooks.main(['strip', '--check']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=notebooks.ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")

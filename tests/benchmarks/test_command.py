"""`python -m benchmarks`, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks import __main__ as command
from benchmarks.contenders import CONTENDERS, missing
from benchmarks.import_time import import_times
from benchmarks.workloads import WORKLOADS
from mytorch.backends import mkldnn

FAST = ["--rounds", "1", "--seconds", "0.01", "--workloads", "W1"]
PAIR = ["--contenders", "mytorch", "numpy by hand"]


def test_a_run_prints_the_table_and_writes_the_samples(tmp_path, capsys) -> None:
    assert command.main([*FAST, *PAIR, "--output", str(tmp_path / "new" / "folder")]) == 0
    printed = capsys.readouterr().out
    assert "| W1 | numpy by hand |" in printed
    written = json.loads((tmp_path / "new" / "folder" / "results.json").read_text())
    assert {"date", "commit", "command", "machine", "versions", "settings", "cells"} <= set(written)
    assert set(written["versions"]) == {"mytorch", "numpy by hand"}
    for cell in written["cells"]:
        assert cell["samples"][0]
    assert (tmp_path / "new" / "folder" / "results.md").read_text() in printed
    assert "no chart: ratios are to torch, of which there are no figures" in printed


def test_with_pytorch_there_is_a_chart(tmp_path, capsys) -> None:
    pytest.importorskip("torch")
    assert command.main([*FAST, "--contenders", "mytorch", "torch", "--output", str(tmp_path)]) == 0
    assert (tmp_path / "ratios.png").read_bytes().startswith(b"\x89PNG")


def test_a_contender_that_is_not_installed_is_named(tmp_path, capsys, monkeypatch) -> None:
    absent = replace(CONTENDERS["mygrad"], package="surely_not_installed")
    monkeypatch.setitem(CONTENDERS, "mygrad", absent)
    arguments = [*FAST, "--contenders", "mytorch", "mygrad", "--output", str(tmp_path)]
    assert command.main(arguments) == 0
    printed = capsys.readouterr()
    assert "missing: surely_not_installed is not installed" in printed.err
    assert "- missing: surely_not_installed is not installed" in printed.out
    assert json.loads((tmp_path / "results.json").read_text())["missing"] == missing()
    assert "surely_not_installed" in missing()


def test_a_wrong_gradient_fails_the_run_and_writes_nothing(contender, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(CONTENDERS, "numpy by hand", replace(contender("wrong_gradient"), name="numpy by hand"))
    assert command.main([*FAST, *PAIR, "--output", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "nothing was compared" in printed.err
    assert "gradient of 0.weight is off by" in printed.err
    assert "median" not in printed.out
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_mytorch_fails_the_run_and_one_of_another_does_not(
    contender, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.setitem(CONTENDERS, "numpy by hand", replace(contender("crashes"), name="numpy by hand"))
    assert command.main([*FAST, *PAIR, "--output", str(tmp_path)]) == 0
    assert "failed: numpy by hand on W1: ended by signal SIGABRT" in capsys.readouterr().err
    monkeypatch.setitem(CONTENDERS, "mytorch", replace(contender("crashes"), name="mytorch"))
    assert command.main([*FAST, *PAIR, "--output", str(tmp_path)]) == 1


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--workloads", "W99"], ["--seconds", "soon"], ["shrink"]])
def test_wrong_arguments(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_w4_stands_for_all_w4() -> None:
    assert command._chosen(["W4"]) == ["W4", "W4-float64", "W4-two-threads"]
    assert command._chosen(["W4-float64", "import"]) == ["W4-float64", "import"]
    assert command._chosen([]) == [*WORKLOADS, "import"]


def test_import_times() -> None:
    assert [len(times) for times in import_times({"the json module": "json"}, 2).values()] == [2]
    with pytest.raises(subprocess.CalledProcessError):
        import_times({"nothing": "surely_not_installed"}, 1)


def test_looking_for_contenders_imports_none() -> None:
    code = (
        "import sys, benchmarks.__main__; from benchmarks.contenders import missing; missing();"
        "print(sorted({'torch', 'autograd', 'mygrad'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert found.stdout == "[]\n"


def test_without_the_extra_its_column_says_how_to_get_it(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("MYTORCH_ONEDNN", "0")
    arguments = ["--rounds", "1", "--seconds", "0.01", "--workloads", "W3", "--contenders", "mytorch onednn"]
    assert command.main([*arguments, "--output", str(tmp_path)]) == 0
    assert (
        "mytorch onednn cannot: oneDNN is not installed: pip install 'mytorch[onednn]' (W3)" in capsys.readouterr().out
    )


def test_a_workload_without_convolution_is_left_to_the_default(tmp_path, capsys) -> None:
    if not mkldnn.is_available():
        pytest.skip("the extra onednn is not installed")
    assert command.main([*FAST, "--contenders", "mytorch onednn", "--output", str(tmp_path)]) == 0
    assert (
        "mytorch onednn cannot: nothing that the extra computes: the same as without it (W1)" in capsys.readouterr().out
    )

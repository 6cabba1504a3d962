"""From samples to the table and the chart."""

from __future__ import annotations

import pytest

from benchmarks.chart import COLORS, ratio_chart
from benchmarks.contenders import CONTENDERS
from benchmarks.summary import Spread, rows_of
from benchmarks.table import markdown

MB = 1_000_000


def cell(workload, contender, samples, memory=10, status="ok", reason=""):
    peaks = [memory * MB] * len(samples)
    return {
        "workload": workload, "contender": contender, "threads": 1, "status": status, "reason": reason, "version": "1",
        "samples": samples, "above_imports": peaks, "above_rehearsal": peaks,
    }  # fmt: skip


def results(*cells, missing=(), imports=None):
    return {
        "date": "a day", "commit": "abc", "command": "python -m benchmarks", "missing": list(missing),
        "machine": {"processor": "a processor", "cores": 2, "system": "a system", "python": "3", "blas": "a BLAS"},
        "settings": {"rounds": 2, "threads": 1}, "versions": {"torch": "2"}, "cells": list(cells),
        "imports": imports or {},
    }  # fmt: skip


# Round medians: mytorch 2 and 4 ms, torch 4 and 6 ms; so 3 over 5.
W1 = (
    cell("W1", "mytorch", [[0.001, 0.002, 0.010], [0.004]]),
    cell("W1", "torch", [[0.004], [0.006, 0.006, 0.003, 0.007]]),
)


def test_a_spread_is_that_of_the_rounds_medians() -> None:
    assert Spread.of([[1.0, 2.0, 9.0], [4.0]], 10) == Spread(median=30, low=20, high=40, best=10)


def test_the_ratio_is_of_medians() -> None:
    (row,) = rows_of(results(*W1))
    assert row.spreads["mytorch"] == Spread(3.0, 2.0, 4.0, 1.0)  # ms
    assert row.ratio("mytorch") == pytest.approx(3 / 5)
    assert row.ratio("torch") == 1
    assert row.ratio("mygrad") is None


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0.64, "missed"), (0.63, "met"), (0.53, "met"), (0.52, "stretch met")]
)
def test_the_verdict(seconds, verdict) -> None:
    (row,) = rows_of(results(cell("W1", "mytorch", [[seconds]]), cell("W1", "torch", [[1.0]])))
    assert row.verdict == verdict


def test_chains_are_given_per_operation() -> None:
    (row,) = rows_of(results(cell("W5", "torch", [[0.004]])))
    assert row.unit == "µs per operation"
    assert row.spreads["torch"].median == pytest.approx(2.0)  # 4 ms for 1,000 products and 1,000 sums


def test_memory_comes_from_w4_and_imports_from_their_own_processes() -> None:
    rows = rows_of(
        results(
            cell("W4", "mytorch", [[0.1], [0.1]], memory=60),
            cell("W4", "torch", [[0.1], [0.1]], memory=120),
            imports={"mytorch": [0.1, 0.2, 0.15], "torch": [1.5]},
        )
    )
    found = {row.name: (row.ratio("mytorch"), row.unit, row.verdict) for row in rows}
    assert found == {
        "W4": (1.0, "ms per step", "missed"),
        "memory": (0.5, "MB", "stretch met"),
        "memory-step": (0.5, "MB", "-"),
        "import": (pytest.approx(0.1), "ms", "stretch met"),
    }


def test_the_table_names_what_is_missing_cannot_or_failed() -> None:
    text = markdown(
        results(
            *W1,
            cell("W3", "autograd", [], status="cannot", reason="no convolution"),
            cell("W4", "autograd", [], status="cannot", reason="no convolution"),
            cell("W6", "mygrad", [], status="failed", reason="no result within 120 s"),
            missing=["jax"],
        )
    )
    assert "- missing: jax is not installed\n" in text
    assert "- autograd cannot: no convolution (W3, W4)\n" in text
    assert "- mygrad failed: no result within 120 s (W6)\n" in text


def test_the_table_of_ratios() -> None:
    lines = markdown(results(*W1)).splitlines()
    assert lines[2].split("|")[1:-1] == ["    ", " workload    ", " mytorch ", " target ", " stretch ", " verdict "]
    assert lines[4] == "| W1 | handout MLP |     0.6 |   0.63 |    0.52 |     met |"


def test_the_table_without_pytorch_has_no_ratios() -> None:
    text = markdown(results(W1[0], missing=["torch"]))
    assert "| W1 | handout MLP |       - |   0.63 |    0.52 |       - |" in text
    assert "torch is not installed" in text


def test_the_chart_draws_bars_from_1_to_the_ratio() -> None:
    (axes,) = ratio_chart(results(*W1, cell("W1", "mygrad", [[0.010]]))).axes
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches if bar.get_width()]
    assert ends == pytest.approx([0.6, 2.0])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["handout MLP  (W1)"]
    assert "ratio of medians" in axes.get_xlabel()
    assert axes.get_xscale() == "log"


def test_the_extra_has_a_column_with_its_own_target() -> None:
    w3 = [
        cell("W3", name, [[seconds]])
        for name, seconds in (("mytorch", 0.01), ("mytorch onednn", 0.005), ("torch", 0.01))
    ]
    table = markdown(results(*w3)).splitlines()
    (header,) = [line for line in table if "| verdict |" in " ".join(line.split())]
    titles = [title.strip() for title in header.split("|")]
    (row,) = [line for line in table if line.startswith("| W3") and "LeNet" in line]
    values = [value.strip() for value in row.split("|")]
    position = titles.index("mytorch onednn")
    assert (titles[position + 1], values[position], values[position + 1]) == ("target", "0.5", "0.6")
    assert "mytorch onednn" not in titles[position + 1 :]
    without = markdown(results(*[c for c in w3 if c["contender"] != "mytorch onednn"]))
    assert "onednn" not in without


def test_every_contender_has_a_colour() -> None:
    """One without is left out of the chart."""
    assert set(COLORS) == set(CONTENDERS)

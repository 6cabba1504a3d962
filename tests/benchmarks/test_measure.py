"""Measuring: who is compared with whom, and what a contender that misbehaves can spoil."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from benchmarks.contenders import CONTENDERS
from benchmarks.measure import Cell, Disagreement, Settings, measure

TINY = "support.tiny_workloads"
# The number of steps ends a turn, long before the seconds do: so it is the same on a busy machine.
ONE_ROUND = Settings(rounds=1, seconds=60, most_steps=3)
MYTORCH, BY_HAND = CONTENDERS["mytorch"], CONTENDERS["numpy by hand"]


def by_name(cells: list[Cell]) -> dict[str, Cell]:
    return {cell.contender: cell for cell in cells}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # an ended process may wait there for a parent that never asks
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.parametrize("workload", ["mlp", "mlp-adam", "cnn", "multiply-add", "add", "double"])
def test_all_contenders_agree(contender, workload) -> None:
    installed = [c for c in CONTENDERS.values() if c.is_installed]
    cells = measure(installed, [workload], ONE_ROUND, TINY)
    assert len(cells) == len(installed)
    for cell in cells:
        assert cell.status in ("ok", "cannot"), cell
        if cell.status == "ok":
            assert [len(steps) for steps in cell.samples] == [3]
            assert min(cell.samples[0]) > 0
        else:
            assert cell.reason
    assert by_name(cells)["mytorch"].status == "ok"


def test_a_wrong_gradient_is_detected(contender) -> None:
    with pytest.raises(Disagreement) as error:
        measure([BY_HAND, contender("wrong_gradient")], ["mlp"], ONE_ROUND, TINY)
    assert str(error.value) == (
        "mlp: wrong_gradient against numpy by hand: gradient of 0.weight is off by 0.01 of its largest element, "
        "allowed 0.005"
    )


def test_a_wrong_update_is_detected(contender) -> None:
    with pytest.raises(Disagreement, match="mlp: lazy_optimizer against numpy by hand: loss of step 2 is"):
        measure([BY_HAND, contender("lazy_optimizer")], ["mlp"], ONE_ROUND, TINY)


def test_a_child_that_hangs_is_cut_off_with_all_it_started(contender, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PIDS_OF_HANGS", str(tmp_path / "pids"))
    settings = Settings(rounds=2, seconds=60, most_steps=3, time_limit=20)
    cells = by_name(measure([contender("hangs"), BY_HAND], ["mlp"], settings, TINY))
    assert (cells["hangs"].status, cells["hangs"].reason) == ("failed", "no result within 20 s")
    assert len(cells["numpy by hand"].samples) == 2  # the others have lost nothing
    for pid in (tmp_path / "pids").read_text().split():
        for _ in range(100):  # init may need a moment to collect it
            if not is_alive(int(pid)):
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"process {pid} still runs")


def test_a_child_that_crashes(contender) -> None:
    cells = by_name(measure([contender("crashes"), BY_HAND], ["mlp"], ONE_ROUND, TINY))
    assert (cells["crashes"].status, cells["crashes"].reason) == ("failed", "ended by signal SIGABRT")
    assert cells["numpy by hand"].status == "ok"


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux limits the address space")
def test_a_child_that_wants_too_much_memory(contender) -> None:
    settings = Settings(rounds=1, seconds=60, most_steps=3, memory_limit=4 << 30)
    (cell,) = measure([contender("hoards")], ["mlp"], settings, TINY)
    assert cell.status == "failed"
    assert "Unable to allocate 64.0 GiB" in cell.reason


def test_a_contender_that_cannot_is_asked_once(contender) -> None:
    lines: list[str] = []
    settings = Settings(rounds=3, seconds=60, most_steps=3)
    (cell,) = measure([BY_HAND], ["cnn"], settings, TINY, lines.append)
    assert (cell.status, cell.reason) == ("cannot", "only linear layers, batch norm and ReLU are written by hand here")
    assert lines == ["round 1 of 3: cnn, numpy by hand"]


def test_the_contenders_alternate(contender) -> None:
    lines: list[str] = []
    settings = Settings(rounds=2, seconds=60, most_steps=3)
    cells = measure([MYTORCH, BY_HAND], ["mlp", "multiply-add"], settings, TINY, lines.append)
    assert lines == [
        "round 1 of 2: mlp, mytorch",
        "round 1 of 2: mlp, numpy by hand",
        "round 1 of 2: multiply-add, mytorch",
        "round 1 of 2: multiply-add, numpy by hand",
        "round 2 of 2: mlp, numpy by hand",
        "round 2 of 2: mlp, mytorch",
        "round 2 of 2: multiply-add, numpy by hand",
        "round 2 of 2: multiply-add, mytorch",
    ]
    assert [[len(steps) for steps in cell.samples] for cell in cells] == [[3, 3]] * 4


def test_a_slow_other_contender_has_one_turn(contender) -> None:
    settings = Settings(rounds=2, seconds=60, most_steps=3, longest_turn=0.001)
    cells = by_name(measure([MYTORCH, BY_HAND], ["mlp"], settings, TINY))
    assert {name: len(cell.samples) for name, cell in cells.items()} == {"mytorch": 2, "numpy by hand": 1}


@pytest.mark.parametrize(("workload", "threads"), [("add", 3), ("threads", 2)])
def test_threads_reach_library_and_environment(contender, workload, threads) -> None:
    settings = Settings(rounds=1, threads=3)
    (cell,) = measure([contender("tells_threads")], [workload], settings, TINY)
    assert cell.threads == threads
    assert cell.reason == f"told [{threads}], environment ['{threads}', '{threads}', '{threads}']"


def test_memory_is_measured_above_the_imports(contender) -> None:
    if not os.path.exists("/proc/self/status"):
        pytest.skip("memory is read from /proc")
    (cell,) = measure([MYTORCH], ["mlp"], ONE_ROUND, TINY)
    (above_imports,), (above_rehearsal,) = cell.above_imports, cell.above_rehearsal
    assert 0 <= above_rehearsal <= above_imports < 16 << 20  # a tiny network; NumPy alone would be more

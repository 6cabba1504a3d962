"""A Trainer on ranks finds what one process finds, writes once, and goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed.launch import needs_mpi, run, start

from mytorch.training.run_folder import RunFolder

pytestmark = needs_mpi


def trained(folder: Path, ranks: int, *arguments: Any) -> tuple[list[dict[str, Any]], str]:
    """What each rank has found, and what all have printed."""
    folder.mkdir(exist_ok=True)
    printed = run(ranks, "train", folder, *arguments)
    return [json.loads((folder / f"{ranks}_{rank}.json").read_text()) for rank in range(ranks)], printed


def assert_close(found: Any, expected: Any) -> None:
    """Equal to rounding, however it is nested."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for name in expected:
            assert_close(found[name], expected[name])
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        assert len(found) == len(expected)
        for a, b in zip(found, expected):
            assert_close(a, b)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(("sizes", "options"), [
    ((2,), ()), pytest.param((4,), (), marks=pytest.mark.slow),
    pytest.param((2, 4), ("--accumulate", 2), marks=pytest.mark.slow),
    pytest.param((2, 4), ("--ignored",), marks=pytest.mark.slow),
])  # fmt: skip
def test_as_in_one_process(sizes: tuple[int, ...], options: tuple, tmp_path: Path) -> None:
    ((alone,), printed) = trained(tmp_path / "one", 1, 2, *options)
    assert printed.count("epoch 1/2") == 1
    for ranks in sizes:
        found, printed = trained(tmp_path / str(ranks), ranks, 2, *options)
        assert printed.count("epoch 1/2") == printed.count("epoch 2/2") == 1
        assert [of_rank.pop("folder") for of_rank in found] == [True] + [False] * (ranks - 1)
        for of_rank in found:
            assert_close(of_rank, {name: value for name, value in alone.items() if name != "folder"})
            assert of_rank["rows"] == found[0]["rows"]  # to the last bit
        assert [path.name for path in (tmp_path / str(ranks) / "run").iterdir()] == ["1"]
        described = RunFolder(tmp_path / str(ranks) / "run" / "1").hyperparameters()
        assert described["ranks"] == ranks


@pytest.mark.slow
def test_resumes_to_the_last_bit(tmp_path: Path) -> None:
    """With dropout, which draws other numbers on each rank, and an order of the samples by epoch."""
    whole, _ = trained(tmp_path / "whole", 2, 3, "--dropout", 0.4)
    trained(tmp_path / "parts", 2, 1, "--dropout", 0.4)
    parts, printed = trained(tmp_path / "parts", 2, 3, "--dropout", 0.4, "--resume", tmp_path / "parts/run/1")
    assert whole == parts
    assert "epoch 1/3" not in printed
    assert printed.count("epoch 2/3") == 1
    assert len(whole[0]["losses"]) == 3 * 3
    assert not (tmp_path / "parts/run/2").exists()
    refused = start(1, "train", tmp_path / "parts", 4, "--dropout", 0.4, "--batch", 12,
                    "--resume", tmp_path / "parts/run/1")  # fmt: skip
    assert refused.returncode != 0
    assert "ranks was 2, is None" in refused.stderr


@pytest.mark.slow
def test_arrays_are_shared_out_and_a_stop_is_for_all(tmp_path: Path) -> None:
    found, _ = trained(tmp_path, 2, 5, "--arrays", "--stop-on-rank", 1)
    assert [len(of_rank["rows"]) for of_rank in found] == [2, 2]
    assert len(found[0]["losses"]) == 2 * 3  # 54 samples, one twice, in batches of 2 * 12
    assert found[0]["weights"] == found[1]["weights"]


@pytest.mark.slow
def test_a_loss_that_is_nan_on_one_rank_stops_all_before_the_step(tmp_path: Path) -> None:
    done = start(2, "train", tmp_path, 2, "--nan-on-rank", 1)
    assert done.returncode != 0
    assert "FloatingPointError: the loss is nan in step 1 (epoch 1)" in done.stderr

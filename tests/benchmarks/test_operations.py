"""The table of operations: every case runs in both libraries' way, and what is slow needs a reason."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from benchmarks.operation_cases import CASES, SIZES
from benchmarks.operation_reasons import REASONS, SMALL
from benchmarks.operations import LIMIT, ratios_of, reason_of, table_of, worst_of

FAST = {"64": [1.0, 2.0], "16k": [1.0, 2.0], "1M": [1.0, None]}


@pytest.mark.filterwarnings("ignore:reduction:UserWarning", "ignore:.*degrees of freedom")
@pytest.mark.parametrize("name", CASES)
def test_a_case_computes_what_pytorch_computes(name: str) -> None:
    torch = pytest.importorskip("torch")
    case = CASES[name]
    found = [case.call(lib, *[lib.tensor(array) for array in case.inputs(SIZES["64"])]) for lib in (mytorch, torch)]
    ours, theirs = (np.asarray(y.detach().numpy(), np.float64) for y in found)
    assert ours.shape == theirs.shape
    if name not in (
        "dropout",
        "LSTM 16-32",
        "GRU 16-32",
        "RNN 16-32",
        "std dim 0",
        "var dim 0",
    ):  # drawn, or of one row
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_reasons_are_for_operations_that_exist() -> None:
    assert set(REASONS) <= set(CASES)


def test_worst_first_with_reasons() -> None:
    ours = {
        "relu": FAST,
        "erf": {**FAST, "1M": [9.0, None]},
        "exp": {**FAST, "16k": [4.0, 2.0]},
        "neg": {**FAST, "64": [8.0, 2.0]},
    }
    base = {name: {size: [1.0, 1.0] for size in SIZES} for name in ours}
    assert list(worst_of(ours, base)) == ["erf", "neg", "exp", "relu"]
    assert [reason_of(name, ratios_of(ours[name], base[name])) for name in ours] == ["", REASONS["erf"], None, SMALL]
    lines = table_of(ours, base).splitlines()
    assert lines[0].startswith("MyTorch's time over PyTorch's")
    assert f"reason if above {LIMIT:g}" in lines[2]
    assert lines[4].startswith("| erf")
    assert "NO REASON" in lines[6]

"""Freeze PyTorch's results for the tables of operations, so that tests can compare where PyTorch is not.

python tests/reference/make_reference.py [family ...]      (needs the extra `parity`; default: all)

Writes FAMILY.npz beside itself for every family, which is a file of tests/support/cases.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from support.cases import FAMILIES  # noqa: E402
from support.oracle import results  # noqa: E402


def main(families: list[str]) -> None:
    for family in families or FAMILIES:
        cases = FAMILIES[family]
        frozen = {}
        for case in cases:
            for name, array in results(torch, case).items():
                frozen[f"{case.name}/{name}"] = array
        np.savez_compressed(HERE / f"{family}.npz", **frozen)
        print(f"{family}: {len(cases)} cases, {len(frozen)} arrays, PyTorch {torch.__version__}")


if __name__ == "__main__":
    main(sys.argv[1:])

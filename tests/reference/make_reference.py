"""Freeze PyTorch's results for the table of operations, so that tests can compare where PyTorch is not.

python tests/reference/make_reference.py        (needs the extra `parity`; writes ops.npz beside itself)
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from support.op_cases import CASES  # noqa: E402
from support.oracle import results  # noqa: E402


def main() -> None:
    frozen = {}
    for case in CASES:
        for name, array in results(torch, case).items():
            frozen[f"{case.name}/{name}"] = array
    np.savez_compressed(HERE / "ops.npz", **frozen)
    print(f"{len(CASES)} cases, {len(frozen)} arrays, PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()

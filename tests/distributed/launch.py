"""Programs on several ranks, as a user starts them: `mpiexec -n K python FILE`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"

# The one that the extra has brought, before one of the system, which may belong to another MPI.
MPIEXEC = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
needs_mpi = [
    pytest.mark.mpi,
    pytest.mark.skipif(
        importlib.util.find_spec("mpi4py") is None or MPIEXEC is None, reason="needs mpi4py and mpiexec: the extra mpi"
    ),
]


def environment() -> dict[str, str]:
    """This one, for ranks that share a few cores, as root or not."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMPI_ALLOW_RUN_AS_ROOT": "1",  # Open MPI's
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    }


def start(ranks: int, program: str, *arguments: Any, seconds: float = 100) -> subprocess.CompletedProcess[str]:
    """programs/PROGRAM.py on so many ranks. TimeoutExpired if they hang."""
    assert MPIEXEC is not None
    command = [MPIEXEC, "-n", str(ranks), sys.executable, str(PROGRAMS / f"{program}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment(), check=False)


def run(ranks: int, program: str, *arguments: Any) -> str:
    """What it printed; it must end well."""
    done = start(ranks, program, *arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout

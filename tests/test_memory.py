"""Freed memory stays with the process, where the C library is glibc."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

# Page faults of writing to 8 arrays of 8 MiB, after the same has been done twice before.
FAULTS = """
import resource
import mytorch
import numpy as np
def step():
    arrays = [np.empty(1 << 20) for _ in range(8)]
    for array in arrays:
        array[...] = 1.0
step(); step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(**variables: str) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    result = subprocess.run(
        [sys.executable, "-c", FAULTS], env={**environment, **variables}, capture_output=True, text=True, check=True
    )
    return int(result.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc's malloc")
def test_the_second_step_finds_its_memory_again() -> None:
    assert faults() < 20  # of 16384 pages, or of 32 large ones
    assert faults(MALLOC_TRIM_THRESHOLD_="131072") > 20  # what the user asks for is left as it is

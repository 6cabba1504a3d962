"""The allocator's thresholds are set at import, unless the user says no."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mytorch.runtime import allocator

CODE = "import mytorch; from mytorch.runtime import allocator; print(allocator.is_kept()); mytorch.show_config()"


def run(**environment: str) -> list[str]:
    names = (allocator.SETTING, "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-c", CODE]
    return subprocess.check_output(command, env={**clean, **environment}, text=True, timeout=60).splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_it_is_set_by_default() -> None:
    if "glibc" not in os.confstr("CS_GNU_LIBC_VERSION"):
        pytest.skip("another C library")
    lines = run()
    assert lines[0] == "True"
    assert lines[-1] == "  - freed memory: up to 256 MiB stay with the process"


@pytest.mark.parametrize("setting", ["MYTORCH_KEEP_MEMORY", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"])
def test_the_user_can_refuse(setting: str) -> None:
    lines = run(**{setting: "0"})
    assert lines[0] == "False"
    assert lines[-1] == "  - freed memory: left to the C library"

"""Contenders that misbehave, in processes that find them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.contenders import Contender

TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture
def contender(monkeypatch) -> Callable[[str], Contender]:
    """`contender("hangs")`: the one in tests/support/contenders."""
    path = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), *([path] if path else [])]))
    return lambda name: Contender(name, f"support.contenders.{name}", "numpy")

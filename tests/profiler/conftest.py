"""What several tests of the profiler use."""

from __future__ import annotations

import pytest
from support.profiles import Clock

from mytorch import profiler


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(profiler, "time", clock)
    return clock

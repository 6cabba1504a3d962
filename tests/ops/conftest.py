"""What the marks of tests/support/extra_onednn.py ask for."""

from __future__ import annotations

import pytest

import mytorch
from mytorch.runtime import onednn


@pytest.fixture
def extra(request, monkeypatch) -> bool:
    """Whether the extra is used in the test."""
    monkeypatch.setattr(onednn.switch, "enabled", request.param)
    return request.param


@pytest.fixture
def threads(request):
    before = mytorch.get_num_threads()
    mytorch.set_num_threads(request.param)
    yield request.param
    mytorch.set_num_threads(before)

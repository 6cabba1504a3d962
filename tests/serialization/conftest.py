"""What several tests of save and load use."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.saved import FORMATS


@pytest.fixture(params=FORMATS)
def path(request, tmp_path) -> Path:
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"saved{request.param}"

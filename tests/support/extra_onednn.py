"""Marks of tests that run with the extra oneDNN and without; their fixtures are in tests/ops/conftest.py."""

from __future__ import annotations

import pytest

from mytorch.runtime import onednn

__all__ = ["needs_onednn", "one_and_two_threads", "with_and_without"]

is_here = onednn.found() is not None
needs_onednn = pytest.mark.skipif(not is_here, reason="the extra onednn is not installed")
with_and_without = pytest.mark.parametrize("extra", [False, pytest.param(True, marks=needs_onednn)], indirect=True)
one_and_two_threads = pytest.mark.parametrize("threads", [1, 2], indirect=True)

"""What several tests of numeric_check use."""

from __future__ import annotations

import pytest
from support.numeric_layers import RNG, START


@pytest.fixture(autouse=True)
def _same_numbers_whichever_tests_ran_before():
    RNG.bit_generator.state = START

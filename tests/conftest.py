"""What holds for all tests."""

import zlib

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _same_numbers_in_any_order(request):
    """A module's random numbers begin anew for each test: what it draws does not depend on those that ran before it in
    the same process."""
    for name in ("RNG", "rng"):
        generator = getattr(request.module, name, None)
        if isinstance(generator, np.random.Generator):
            seed = zlib.crc32(request.node.name.encode())
            generator.bit_generator.state = np.random.default_rng(seed).bit_generator.state

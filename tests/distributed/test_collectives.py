"""What travels between ranks is what NumPy computes from all of them."""

import pytest
from distributed.launch import needs_mpi, run

pytestmark = needs_mpi


@pytest.mark.parametrize("ranks", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
def test_collectives(ranks: int) -> None:
    assert run(ranks, "collectives").count("all right") == ranks

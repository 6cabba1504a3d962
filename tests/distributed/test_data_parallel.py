"""DistributedDataParallel: the weights are those of one process, whatever a program does between the steps."""

import pytest
from distributed.launch import needs_mpi, run

import mytorch.distributed as dist
from mytorch import nn

pytestmark = needs_mpi


@pytest.mark.parametrize("ranks", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
@pytest.mark.parametrize("program", ["data_parallel", "data_parallel_cases"])
def test_as_in_one_process(program: str, ranks: int) -> None:
    assert run(ranks, program).count("all right") == ranks


def test_it_needs_a_group() -> None:
    assert not dist.is_initialized()
    with pytest.raises(ValueError, match=r"init_process_group\(\"mpi\"\) first"):
        nn.parallel.DistributedDataParallel(nn.Linear(1, 1))

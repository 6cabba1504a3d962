"""A rank that ends before the others ends them, with a message. Nothing hangs: each of these runs has a limit."""

import pytest
from distributed.launch import needs_mpi, start

pytestmark = needs_mpi

# How rank 1 ends, and what is said then: by Python, by mytorch.distributed, by mpiexec.
ENDINGS = {
    "raises": ["ValueError: this rank has no data", "rank 1 of 3 has ended by ValueError; all ranks end"],
    "raises in backward": ["AttributeError", "rank 1 of 3 has ended by AttributeError"],
    "in a thread": ["KeyboardInterrupt", "rank 1 of 3 has ended by KeyboardInterrupt"],
    "sys.exit": ["do not call the same", "rank 1: the end of the program", "forward of DistributedDataParallel"],
    "ends early": ["ranks 0, 2: forward of DistributedDataParallel after 1 backwards; rank 1: the end of the program"],
    "another call": ["rank 1: all_reduce(float64 (3,), SUM)", "has ended by RuntimeError"],
    "late": ["has waited for 2 seconds", "every rank must make the same calls"],
    "is killed": [""],  # mpiexec's own words, which differ from MPI to MPI
    "os._exit": ["rank 1 of 3 has ended by os._exit(7)"],
}


@pytest.mark.parametrize("how", [
    pytest.param(how, marks=[] if how in ("raises", "ends early") else pytest.mark.slow) for how in ENDINGS
])  # fmt: skip
def test_one_rank_ends_all(how: str) -> None:
    done = start(3, "ending", how, seconds=60)
    said = done.stderr + done.stdout
    assert done.returncode != 0
    assert "this rank has ended" not in said
    assert said.strip()
    for words in ENDINGS[how]:
        assert words in said, said


def test_ranks_may_end_at_different_times() -> None:
    done = start(2, "ending", "writes", seconds=60)
    assert (done.returncode, done.stdout.strip()) == (0, "rank 0 has written"), done.stderr

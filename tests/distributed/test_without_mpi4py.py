"""Without the extra: everything can be imported, nothing imports mpi4py, and the first call says what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mytorch
import mytorch.distributed as dist
from mytorch.compat.left_out import LeftOut

WITHOUT = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.startswith("mpi4py") else find(name, *rest)
sys.modules["mpi4py"] = None
"""


def test_what_it_says() -> None:
    program = f"""{WITHOUT}
import mytorch.distributed as dist
from mytorch.nn.parallel import DistributedDataParallel
from mytorch.utils.data import DistributedSampler
print(dist.is_available(), dist.is_initialized(), list(DistributedSampler(range(5), 2, 1, shuffle=False)))
try:
    dist.init_process_group("mpi")
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "False False [1, 3, 0]",
        "init_process_group needs mpi4py, which is not installed: pip install 'mytorch[mpi]'",
    ]


def test_nothing_imports_it_before_it_is_used() -> None:
    program = """
import sys
import mytorch.distributed, mytorch.nn.parallel.distributed, mytorch.data.distributed, mytorch.training
assert "mpi4py" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    program = """
import sys
import mytorch, mytorch.nn, mytorch.data
print([name for name in sys.modules if "distributed" in name])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("backend", ["gloo", "nccl", "ucc", "MPI", 3])
def test_another_backend(backend: object) -> None:
    with pytest.raises(ValueError, match=r'write init_process_group\("mpi"\), and start the program by mpiexec'):
        dist.init_process_group(backend)  # type: ignore[arg-type]


@pytest.mark.parametrize("call", [
    dist.get_rank, dist.get_world_size, dist.barrier, dist.get_backend, dist.destroy_process_group,
    lambda: dist.all_reduce(mytorch.ones(1)), lambda: dist.broadcast_object_list([1]),
    lambda: dist.recv(mytorch.ones(1)),
])  # fmt: skip
def test_before_the_beginning(call: object) -> None:
    with pytest.raises(ValueError, match=r"no process group yet: call mytorch\.distributed\.init_process_group"):
        call()  # type: ignore[operator]


def test_what_is_left_out_says_so() -> None:
    for name in ("new_group", "all_to_all", "fsdp", "rpc", "elastic"):
        with pytest.raises(LeftOut, match="is left out"):
            getattr(dist, name).anything  # noqa: B018
    with pytest.raises(AttributeError):
        dist.no_such_name  # noqa: B018

"""Several processes, on one machine or many, that train one model: PyTorch's torch.distributed, by MPI.

import mytorch.distributed as dist

dist.init_process_group("mpi")          # in a program that `mpiexec -n 4 python FILE.py` starts
dist.all_reduce(x)                      # x becomes the sum over the 4 ranks

An extra: pip install 'mytorch[mpi]'. Without it `is_available()` is False. docs/distributed.md is the guide.
"""

from typing import Any

from mytorch.compat.left_out import lacking
from mytorch.distributed.copies import all_gather, barrier, broadcast, gather, scatter
from mytorch.distributed.group import (
    destroy_process_group,
    get_backend,
    get_rank,
    get_world_size,
    init_process_group,
    is_available,
    is_initialized,
    is_mpi_available,
)
from mytorch.distributed.objects import all_gather_object, broadcast_object_list, gather_object
from mytorch.distributed.pairs import irecv, isend, recv, send
from mytorch.distributed.reductions import ReduceOp, all_reduce, reduce
from mytorch.distributed.work import Work

__all__ = [
    "ReduceOp", "Work", "all_gather", "all_gather_object", "all_reduce", "barrier", "broadcast",
    "broadcast_object_list", "destroy_process_group", "gather", "gather_object", "get_backend", "get_rank",
    "get_world_size", "init_process_group", "irecv", "is_available", "is_initialized", "is_mpi_available", "isend",
    "recv", "reduce", "scatter", "send",
]  # fmt: skip


def is_nccl_available() -> bool:
    """False: there is no NCCL here."""
    return False


def is_gloo_available() -> bool:
    """False: there is no Gloo here."""
    return False


def __getattr__(name: str) -> Any:
    return lacking("mytorch.distributed", name)

"""The processes of a job, its ranks, and which of them this one is."""

from __future__ import annotations

import importlib.util
import os
import sys
from datetime import timedelta
from typing import Any

from mytorch.distributed import endings
from mytorch.distributed.waiting import wait

__all__ = [
    "Group", "current", "destroy_process_group", "get_backend", "get_rank", "get_world_size", "init_process_group",
    "is_available", "is_initialized", "is_mpi_available",
]  # fmt: skip

HALF_AN_HOUR = timedelta(minutes=30)  # PyTorch's default
EXTRA = "pip install 'mytorch[mpi]'"
START = "mpiexec -n 4 python FILE.py"
SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE")  # what MPICH's and Open MPI's mpiexec tell the processes that they start


class Group:
    """The ranks of the job, as this one sees them.

    MPI: mpi4py's module. rank: the number of this process, 0 to size - 1.
    messages, control: communicators, that is channels of their own: what goes through one is never taken for what
        goes through the other, or for what a program sends by mpi4py itself.
    seconds: how long to wait for other ranks.
    """

    def __init__(self, MPI: Any, seconds: float) -> None:
        self.MPI = MPI
        self.rank, self.size = MPI.COMM_WORLD.Get_rank(), MPI.COMM_WORLD.Get_size()
        self.messages, self.control = MPI.COMM_WORLD.Dup(), MPI.COMM_WORLD.Dup()
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"rank {self.rank} of {self.size}"

    def wait(self, request: Any, what: str) -> None:
        """Wait for a request of mpi4py's. RuntimeError if it takes too long."""
        wait(request, repr(self), what, self.seconds)


_group: Group | None = None


def is_available() -> bool:
    """Whether mpi4py is installed: pip install 'mytorch[mpi]'."""
    return importlib.util.find_spec("mpi4py") is not None


is_mpi_available = is_available


def is_initialized() -> bool:
    """Whether `init_process_group` has been called."""
    return _group is not None


def current() -> Group:
    """The group of this job. ValueError before `init_process_group`."""
    if _group is None:
        raise ValueError(
            'there is no process group yet: call mytorch.distributed.init_process_group("mpi") first, and start the '
            f"program by {START}"
        )
    return _group


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | float | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Find the other processes that `mpiexec -n 4 python FILE.py` has started. All of them must call this.

    backend: "mpi", or None, which means it. ValueError for "gloo" and "nccl".
    timeout: how long a call waits for other ranks, a timedelta or seconds; then it raises RuntimeError. Default: half
        an hour, as in PyTorch.
    init_method, world_size, rank, store, group_name, pg_options, device_id: accepted, as PyTorch's programs pass them;
        mpiexec decides all of it. ValueError if world_size or rank are not what it decided.

    From now on an exception that ends one rank ends all, with a message, see `endings`.
    ImportError without mpi4py. RuntimeError if mpiexec is not that of mpi4py's MPI.
    """
    global _group
    if backend not in ("mpi", None):
        raise ValueError(
            f'backend: MyTorch\'s ranks talk by MPI, got {backend!r}; write init_process_group("mpi"), and start the '
            f"program by {START}"
        )
    if _group is not None:
        raise ValueError("init_process_group: there is a process group already; destroy_process_group() ends it")
    seconds = _seconds(HALF_AN_HOUR if timeout is None else timeout)
    MPI = _mpi()
    found = MPI.COMM_WORLD.Get_size()
    for name in SIZES:
        if found == 1 and os.environ.get(name, "1") != "1":
            raise RuntimeError(
                f"mpiexec has started {os.environ[name]} processes, but mpi4py sees only itself: it uses another MPI "
                f"({MPI.Get_library_version().split(',')[0].splitlines()[0].strip()}). Take the mpiexec of that one: "
                f"{os.path.join(os.path.dirname(sys.executable), 'mpiexec')}, if {EXTRA} has brought it"
            )
    for name, given, true in (("world_size", world_size, found), ("rank", rank, MPI.COMM_WORLD.Get_rank())):
        if given not in (-1, true):
            raise ValueError(
                f"{name}: mpiexec decides it, and says {true}, got {given}; leave it away, and write {START}"
            )
    _group = Group(MPI, seconds)
    endings.watch(_group)


def _seconds(timeout: Any) -> float:
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        raise ValueError(f"timeout must be a positive timedelta or number of seconds, got {timeout!r}")
    return float(seconds)


def _mpi() -> Any:
    """mpi4py's module MPI, whose import starts MPI."""
    if not is_available():
        raise ImportError(f"init_process_group needs mpi4py, which is not installed: {EXTRA}", name="mpi4py")
    try:
        from mpi4py import MPI  # only here, because it takes MPI's start, and most programs need none
    except (ImportError, RuntimeError) as error:  # mpi4py without an MPI
        raise ImportError(f"mpi4py finds no MPI library ({error}); {EXTRA} brings one", name="mpi4py") from error
    return MPI


def destroy_process_group(group: Any = None) -> None:
    """End the group: all ranks must call it. Not needed at the end of a program."""
    global _group
    ending = current()
    require_all_ranks(group)
    endings.unwatch()
    _group = None
    ending.messages.Free()
    ending.control.Free()


def require_all_ranks(group: Any) -> None:
    """ValueError for a `group` that is not the whole job."""
    if group is not None and group is not _group:
        raise ValueError(f"group: there is one group, of all ranks; leave it away, got {group!r}")


def get_rank(group: Any = None) -> int:
    """The number of this process, from 0 to get_world_size() - 1."""
    require_all_ranks(group)
    return current().rank


def get_world_size(group: Any = None) -> int:
    """How many processes there are."""
    require_all_ranks(group)
    return current().size


def get_backend(group: Any = None) -> str:
    """ "mpi" """
    require_all_ranks(group)
    current()
    return "mpi"

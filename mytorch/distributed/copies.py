"""Copies from rank to rank: `broadcast`, `all_gather`, `gather`, `scatter`; and `barrier`, which copies nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.distributed.agreement import all_agree
from mytorch.distributed.group import current, require_all_ranks
from mytorch.distributed.operands import array_of, as_sent, described, require_list, require_rank, write
from mytorch.distributed.work import DONE, Work

__all__ = ["all_gather", "barrier", "broadcast", "gather", "scatter"]


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Return when all ranks have come here."""
    require_all_ranks(group)
    all_agree(current(), "barrier()")
    return DONE if async_op else None


def broadcast(tensor: Any, src: int, group: Any = None, async_op: bool = False) -> Work | None:
    """tensor = that of rank `src`, on every rank, in place. It must be of one shape and dtype on all ranks."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "broadcast", "tensor", tensor)
    src = require_rank(ranks, "broadcast", "src", src)
    all_agree(ranks, f"broadcast({described(array)}, src={src})")
    buffer = as_sent(array)
    ranks.wait(ranks.messages.Ibcast(buffer, root=src), "broadcast")
    if ranks.rank != src:
        write(tensor, buffer)
    return DONE if async_op else None


def all_gather(tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """tensor_list[r] = `tensor` of rank r, on every rank, in place.

    tensor_list: a Tensor like `tensor` for each rank. ValueError or TypeError that names the rank otherwise."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "all_gather", "tensor", tensor)
    require_list(ranks, "all_gather", "tensor_list", tensor_list, array)
    all_agree(ranks, f"all_gather({described(array)})")
    sent = as_sent(array)
    received = np.empty((ranks.size, *sent.shape), sent.dtype)
    ranks.wait(ranks.messages.Iallgather(sent, received), "all_gather")
    for rank, place in enumerate(tensor_list):
        write(place, received[rank])
    return DONE if async_op else None


def gather(
    tensor: Any, gather_list: Any = None, dst: int = 0, group: Any = None, async_op: bool = False
) -> Work | None:
    """`all_gather` for rank `dst` only, which passes gather_list; other ranks pass None."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "gather", "tensor", tensor)
    dst = require_rank(ranks, "gather", "dst", dst)
    if ranks.rank == dst:
        require_list(ranks, "gather", "gather_list", gather_list, array)
    elif gather_list:
        raise ValueError(f"{ranks}: gather: gather_list must be None except on rank dst={dst}")
    all_agree(ranks, f"gather({described(array)}, dst={dst})")
    sent = as_sent(array)
    received = np.empty((ranks.size, *sent.shape), sent.dtype) if ranks.rank == dst else None
    ranks.wait(ranks.messages.Igather(sent, received, root=dst), "gather")
    if received is not None:
        for rank, place in enumerate(gather_list):
            write(place, received[rank])
    return DONE if async_op else None


def scatter(
    tensor: Any, scatter_list: Any = None, src: int = 0, group: Any = None, async_op: bool = False
) -> Work | None:
    """tensor = scatter_list[this rank] of rank `src`, in place. Other ranks pass None as scatter_list."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "scatter", "tensor", tensor)
    src = require_rank(ranks, "scatter", "src", src)
    if ranks.rank == src:
        require_list(ranks, "scatter", "scatter_list", scatter_list, array)
    elif scatter_list:
        raise ValueError(f"{ranks}: scatter: scatter_list must be None except on rank src={src}")
    all_agree(ranks, f"scatter({described(array)}, src={src})")
    received = as_sent(array)
    sent = None
    if ranks.rank == src:
        arrays = [array_of(ranks, "scatter", "scatter_list", value) for value in scatter_list]
        sent = np.stack([as_sent(value) for value in arrays])
    ranks.wait(ranks.messages.Iscatter(sent, received, root=src), "scatter")
    write(tensor, received)
    return DONE if async_op else None

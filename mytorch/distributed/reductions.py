"""Sums over the ranks: `all_reduce` and `reduce`."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from mytorch.distributed.agreement import all_agree
from mytorch.distributed.group import Group, current, require_all_ranks
from mytorch.distributed.operands import array_of, as_sent, described, require_rank, write
from mytorch.distributed.work import DONE, Work

__all__ = ["ReduceOp", "all_reduce", "reduce"]


class ReduceOp(enum.Enum):
    """How the ranks' numbers become one. Of truth values SUM and MAX are "any", PRODUCT and MIN are "all"."""

    SUM = "SUM"
    AVG = "AVG"
    PRODUCT = "PROD"  # MPI's names
    MIN = "MIN"
    MAX = "MAX"


OF_TRUTH_VALUES = {ReduceOp.SUM: "MAX", ReduceOp.PRODUCT: "MIN"}


def all_reduce(tensor: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """tensor = the sum (or what `op` says) over the ranks of their `tensor`, on every rank, in place.

    tensor: of one shape and dtype on all ranks. AVG: the sum over get_world_size(), of floating point numbers.
    async_op: return a Work; the call is finished then already.
    TypeError and RuntimeError that name the rank; `tensor` is then as it was.
    """
    require_all_ranks(group)
    reduced = _reduced(current(), "all_reduce", tensor, op, None)
    write(tensor, reduced)
    return DONE if async_op else None


def reduce(
    tensor: Any, dst: int, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """`all_reduce`, for rank `dst` only: there `tensor` is the sum, on other ranks it stays."""
    require_all_ranks(group)
    ranks = current()
    reduced = _reduced(ranks, "reduce", tensor, op, require_rank(ranks, "reduce", "dst", dst))
    if ranks.rank == dst:
        write(tensor, reduced)
    return DONE if async_op else None


def _reduced(group: Group, call: str, tensor: Any, op: Any, dst: int | None) -> np.ndarray:
    array = array_of(group, call, "tensor", tensor)
    if not isinstance(op, ReduceOp):
        raise TypeError(f"{group}: {call}: op must be a ReduceOp, such as ReduceOp.SUM, got {op!r}")
    if op is ReduceOp.AVG and array.dtype.kind != "f":
        raise TypeError(f"{group}: {call}: ReduceOp.AVG needs floating point numbers, got {described(array)}")
    all_agree(group, f"{call}({described(array)}, {op.name}{'' if dst is None else f', dst={dst}'})")
    sent = as_sent(array)
    name = "SUM" if op is ReduceOp.AVG else op.value
    if array.dtype.kind == "b":
        name = OF_TRUTH_VALUES.get(op, name)
    if dst is None:
        request = group.messages.Iallreduce(group.MPI.IN_PLACE, sent, op=getattr(group.MPI, name))
    elif group.rank == dst:
        request = group.messages.Ireduce(group.MPI.IN_PLACE, sent, op=getattr(group.MPI, name), root=dst)
    else:
        request = group.messages.Ireduce(sent, None, op=getattr(group.MPI, name), root=dst)
    group.wait(request, call)
    if op is ReduceOp.AVG:
        sent /= group.size
    return sent

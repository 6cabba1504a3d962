"""Do all ranks call the same? Asked before every collective call, so that a mistake is an error and no hang."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

__all__ = ["all_agree"]

LONGEST_CALL = 200  # bytes of the text that says what a rank calls


def all_agree(group: Any, call: str) -> None:
    """Return if all ranks of the group call the same. RuntimeError on all of them otherwise, which says who calls what.

    call: such as "all_reduce(float64 (3,), SUM)". Its hash h travels, as (h, -h) whose largest values over the ranks
    tell the largest and the smallest h: 16 bytes. The texts follow only if those differ.
    """
    if group.size == 1:
        return
    h = int.from_bytes(hashlib.blake2b(call.encode(), digest_size=8).digest(), "big") >> 2
    ends = np.array([h, -h], np.int64)
    group.wait(group.control.Iallreduce(group.MPI.IN_PLACE, ends, op=group.MPI.MAX), call)
    if ends[0] == -ends[1]:
        return
    own = np.frombuffer(call.encode()[:LONGEST_CALL].ljust(LONGEST_CALL), np.uint8)
    texts = np.empty((group.size, LONGEST_CALL), np.uint8)
    group.wait(group.control.Iallgather(own, texts), call)
    calls = [bytes(text).decode(errors="replace") for text in texts]
    raise RuntimeError(
        f"{group}: the ranks do not call the same: {_who_calls_what(calls)}. Every rank must make "
        "the same calls in the same order, with the same shapes and dtypes"
    )


def _who_calls_what(calls: list[str]) -> str:
    ranks: dict[str, list[str]] = {}
    for rank, call in enumerate(calls):
        ranks.setdefault(call.strip(), []).append(str(rank))
    return "; ".join([f"rank{'s' * (len(who) > 1)} {', '.join(who)}: {call}" for call, who in ranks.items()])

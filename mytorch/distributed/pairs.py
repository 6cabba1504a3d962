"""Messages from one rank to one other: `send`, `recv`, `isend`, `irecv`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.distributed.group import current, require_all_ranks
from mytorch.distributed.operands import array_of, as_sent, described, require_rank, write
from mytorch.distributed.work import Work

__all__ = ["irecv", "isend", "recv", "send"]


def isend(tensor: Any, dst: int, group: Any = None, tag: int = 0) -> Work:
    """Begin to send `tensor` to rank `dst`; `wait()` of what it returns waits until it is taken."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "send", "tensor", tensor)
    dst = _other_rank("send", "dst", dst)
    sent = as_sent(array)
    request = ranks.messages.Isend(sent, dest=dst, tag=tag)
    return Work(lambda: ranks.wait(request, f"send({described(array)}, dst={dst}) of {sent.nbytes} bytes"))


def send(tensor: Any, dst: int, group: Any = None, tag: int = 0) -> None:
    """Send `tensor` to rank `dst`, which calls `recv` with a tensor of the same shape and dtype."""
    isend(tensor, dst, group, tag).wait()


def irecv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0) -> Work:
    """Begin to take `tensor` from rank `src`; it is there after `wait()` of what this returns."""
    require_all_ranks(group)
    ranks = current()
    array = array_of(ranks, "recv", "tensor", tensor)
    source = ranks.MPI.ANY_SOURCE if src is None else _other_rank("recv", "src", src)
    return _Receiving(tensor, array, source, tag)


def recv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0) -> int:
    """tensor = what rank `src` sends, in place. src: None takes it from any rank. Returns the rank that has sent it.

    RuntimeError if what comes has another number of bytes."""
    receiving = irecv(tensor, src, group, tag)
    receiving.wait()
    assert isinstance(receiving, _Receiving)
    return receiving.source


class _Receiving(Work):
    """A message that is awaited: first its announcement, which says how long it is."""

    def __init__(self, tensor: Any, array: Any, source: int, tag: int) -> None:
        super().__init__(self._receive)
        self._tensor, self._array, self.source, self._tag = tensor, array, source, tag

    def _receive(self) -> None:
        ranks = current()
        call = f"recv({described(self._array)}, src={'any' if self.source < 0 else self.source})"
        announced = _Announcement(ranks, self.source, self._tag)
        ranks.wait(announced, call)
        self.source = announced.status.Get_source()
        received = as_sent(self._array)
        if announced.status.Get_count() != received.nbytes:
            dropped = np.empty(announced.status.Get_count(), np.uint8)
            ranks.wait(announced.message.Irecv(dropped), call)  # out of the way of the next message
            raise RuntimeError(
                f"{ranks}: {call}: rank {self.source} sends {announced.status.Get_count()} bytes, and tensor takes "
                f"{received.nbytes}: shape and dtype must be the same on both ranks"
            )
        ranks.wait(announced.message.Irecv(received), call)
        write(self._tensor, received)


class _Announcement:
    """Looks whether a message has come, without taking it: for `wait` a request like any other."""

    def __init__(self, ranks: Any, source: int, tag: int) -> None:
        self._ranks, self._source, self._tag = ranks, source, tag
        self.status = ranks.MPI.Status()
        self.message: Any = None

    def Test(self) -> bool:  # noqa: N802 (mpi4py's name)
        self.message = self._ranks.messages.Improbe(self._source, self._tag, self.status)
        return self.message is not None


def _other_rank(call: str, argument: str, rank: Any) -> int:
    ranks = current()
    if require_rank(ranks, call, argument, rank) == ranks.rank:
        raise ValueError(f"{ranks}: {call}: {argument} must be another rank, got {rank}")
    return int(rank)

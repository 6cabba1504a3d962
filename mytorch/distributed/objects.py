"""Objects from rank to rank, in the form that `mytorch.save` writes: nothing is unpickled that could run code.

The ranks of one job run one program and trust each other, but their messages travel through a network.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from mytorch.distributed.agreement import all_agree
from mytorch.distributed.group import Group, current, require_all_ranks
from mytorch.distributed.operands import require_rank
from mytorch.serialization import load, save

__all__ = ["all_gather_object", "broadcast_object_list", "gather_object"]


def broadcast_object_list(object_list: list[Any], src: int = 0, group: Any = None, device: Any = None) -> None:
    """object_list[i] = that of rank `src`, on every rank, in place.

    Objects are what `mytorch.save` takes: Tensors, numbers, strings, None, dicts, lists and tuples of them; arrays
    arrive as Tensors. TypeError, which names the place, for others.
    """
    require_all_ranks(group)
    ranks = current()
    src = require_rank(ranks, "broadcast_object_list", "src", src)
    if not isinstance(object_list, list):
        raise TypeError(f"{ranks}: broadcast_object_list: object_list must be a list, got {type(object_list).__name__}")
    written = _written(object_list) if ranks.rank == src else np.empty(0, np.uint8)
    all_agree(ranks, f"broadcast_object_list({len(object_list)} objects, src={src})")
    length = np.array([written.size], np.int64)
    ranks.wait(ranks.messages.Ibcast(length, root=src), "broadcast_object_list")
    buffer = written if ranks.rank == src else np.empty(int(length[0]), np.uint8)
    ranks.wait(ranks.messages.Ibcast(buffer, root=src), "broadcast_object_list")
    if ranks.rank != src:
        object_list[:] = _read(buffer)


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """object_list[r] = `obj` of rank r, on every rank. object_list: a list of get_world_size() entries of whatever."""
    require_all_ranks(group)
    ranks = current()
    _require_places(ranks, "all_gather_object", "object_list", object_list)
    object_list[:] = _gathered(ranks, "all_gather_object", obj)


def gather_object(obj: Any, object_gather_list: list[Any] | None = None, dst: int = 0, group: Any = None) -> None:
    """`all_gather_object` for rank `dst` only, which passes object_gather_list; other ranks pass None."""
    require_all_ranks(group)
    ranks = current()
    dst = require_rank(ranks, "gather_object", "dst", dst)
    if ranks.rank == dst:
        _require_places(ranks, "gather_object", "object_gather_list", object_gather_list)
    gathered = _gathered(ranks, f"gather_object(dst={dst})", obj)
    if ranks.rank == dst and object_gather_list is not None:
        object_gather_list[:] = gathered


def _gathered(ranks: Group, call: str, obj: Any) -> list[Any]:
    written = _written([obj])
    all_agree(ranks, call)
    lengths = np.empty(ranks.size, np.int64)
    ranks.wait(ranks.messages.Iallgather(np.array([written.size], np.int64), lengths), call)
    received = np.empty(int(lengths.sum()), np.uint8)
    ranks.wait(ranks.messages.Iallgatherv(written, (received, lengths)), call)
    return [_read(part)[0] for part in np.split(received, np.cumsum(lengths)[:-1])]


def _require_places(ranks: Group, call: str, argument: str, places: Any) -> None:
    if not isinstance(places, list) or len(places) != ranks.size:
        got = f"a list of {len(places)}" if isinstance(places, list) else type(places).__name__
        raise ValueError(f"{ranks}: {call}: {argument} must be a list of {ranks.size} entries, got {got}")


def _written(objects: list[Any]) -> np.ndarray:
    file = io.BytesIO()
    save(objects, file)
    return np.frombuffer(file.getvalue(), np.uint8)


def _read(message: np.ndarray) -> list[Any]:
    return load(io.BytesIO(message.tobytes()))

"""What a graph keeps for its backward: which tensors, and how many bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mytorch.engine.node import AccumulateGrad
from mytorch.engine.tensor_base import TensorBase
from mytorch.insight.numbers import amount
from mytorch.insight.records import Kept

__all__ = ["Keeping", "what_is_kept"]


@dataclass
class Keeping:
    kept: list[Kept]
    memory: int  # bytes that no node before holds, and no leaf


def what_is_kept(nodes: Any, of_tensor: dict[int, str], of_node: dict[Any, str]) -> dict[Any, Keeping]:
    """{node: Keeping} of all operations, in the order of the forward. Memory of leaves that require grad does not
    count: it is there anyway."""
    counted: set[int] = set()
    for node in nodes:
        if type(node) is AccumulateGrad and node.variable is not None:
            counted.add(id(_memory_of(node.variable._data)))
    keeping = {}
    for node in nodes:
        if type(node) is AccumulateGrad:
            continue
        saved = [tensor for tensor in node.saved if tensor is not None]
        own = [stand_in for stand_in in node._own_outputs or () if stand_in is not None]
        kept = []
        for tensor in saved:
            is_output = any(tensor is stand_in for stand_in in own)
            name = "its output" if is_output else of_tensor.get(id(tensor)) or of_node.get(tensor._node)
            kept.append(Kept(name, amount(tensor)))
        memory = 0
        for array in (*[tensor._data for tensor in saved], *_arrays_among(node.__dict__)):
            owner = _memory_of(array)
            if id(owner) not in counted:
                counted.add(id(owner))
                memory += owner.nbytes
        keeping[node] = Keeping(kept, memory)
    return keeping


def _arrays_among(attributes: dict[str, Any]) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for value in attributes.values():
        for part in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(part, np.ndarray):
                found.append(part)
            elif isinstance(part, TensorBase):
                found.append(part._data)
    return found


def _memory_of(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array

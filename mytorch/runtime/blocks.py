"""Element by element, a block at a time: formulas of many steps in a core's own cache, large arrays on several threads.

NumPy goes through the whole array for each step of a formula. A formula of twenty steps on a million
numbers so waits for memory twenty times. On blocks of BLOCK elements its intermediate results stay in
the cache, and the formula can still be written as it stands in a book. An element does not depend
on its block: so results do not depend on the number of threads, though the blocks do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.runtime.threads import get_num_threads, parallel_for

__all__ = ["BLOCK", "LARGE", "elementwise", "flat_in_memory", "in_blocks"]

BLOCK = 1 << 15  # elements: 128 KB in float32. Smaller blocks spend their time on calling NumPy
# On several threads blocks are larger: each step of a formula ends with waiting for Python's lock, and a
# thread that waits sleeps. On blocks of 16 thousand elements two threads took 1.7 times as long as one.
THREAD_BLOCK = 1 << 17
MANY_STEPS = 1 << 20  # elements of a formula that threads share: of fewer, waking them takes longer than it saves
LARGE = 1 << 22  # the same of a single step, which waits for memory anyway


def in_blocks(formula: Callable[..., Any], *inputs: Any) -> Any:
    """`formula(*inputs)`, an array or a tuple of arrays, each of the shape of the inputs.

    formula: works element by element, on arrays of at least one axis, and returns new arrays.
    inputs: arrays of one shape. Of Tensors the formula is called once, with them."""
    like = inputs[0]
    if not isinstance(like, np.ndarray):
        return formula(*inputs)
    if like.ndim == 0:
        return _each(lambda y: y.reshape(()), formula(*[x.reshape(1) for x in inputs]))
    if like.size <= BLOCK:
        return formula(*inputs)
    flat = flat_in_memory(*inputs)
    if flat is None:
        inputs = tuple([np.ascontiguousarray(x) for x in inputs])
        flat = [x.reshape(-1) for x in inputs]
    shared = like.size >= MANY_STEPS and get_num_threads() > 1
    size = THREAD_BLOCK if shared else BLOCK
    # The first block tells what the formula returns.
    first = formula(*[x[:size] for x in flat])
    results = _each(lambda part: np.empty_like(inputs[0], part.dtype), first)  # in the same memory order
    targets = [_flat(result) for result in _several(results)]

    def keep(block: slice, parts: Any) -> None:
        for target, part in zip(targets, _several(parts)):
            target[block] = part

    keep(slice(size), first)
    rest = [slice(start, start + size) for start in range(size, like.size, size)]
    parallel_for(lambda block: keep(block, formula(*[x[block] for x in flat])), rest, shared)
    return results


def elementwise(function: Callable[..., Any], *arrays: Any) -> Any:
    """`function(*arrays)` of a single step, which gains nothing from blocks, but of large arrays from threads.

    The arrays may broadcast: then, and on one thread, the function gets them as they are."""
    first = arrays[0]
    if not isinstance(first, np.ndarray) or first.size < LARGE or get_num_threads() == 1:
        return function(*arrays)
    return function(*arrays) if flat_in_memory(*arrays) is None else in_blocks(function, *arrays)


def flat_in_memory(*arrays: np.ndarray) -> list[np.ndarray] | None:
    """The arrays as views with one axis, in the order of memory; None if they have different shapes or
    orders, or gaps. (N, C, H, W) with channels last in memory is one without gaps."""
    first = arrays[0]
    order = _memory_order(first)
    for array in arrays:
        if array.shape != first.shape or not array.transpose(order).flags.c_contiguous:
            return None
    return [array.transpose(order).reshape(-1) for array in arrays]


def _flat(array: np.ndarray) -> np.ndarray:
    """An array without gaps as a view with one axis."""
    return array.transpose(_memory_order(array)).reshape(-1)


def _memory_order(array: np.ndarray) -> list[int]:
    """The axes in the order in which they lie in memory."""
    return sorted(range(array.ndim), key=lambda axis: -array.strides[axis])


def _several(arrays: Any) -> tuple[Any, ...]:
    return arrays if isinstance(arrays, tuple) else (arrays,)


def _each(change: Callable[[Any], Any], arrays: Any) -> Any:
    return tuple([change(y) for y in arrays]) if isinstance(arrays, tuple) else change(arrays)

"""Element by element, a block at a time: formulas of many steps in a core's own cache, large arrays on several threads.

NumPy goes through the whole array for each step of a formula. A formula of twenty steps on a million
numbers so waits for memory twenty times. On blocks of BLOCK elements its intermediate results stay in
the cache, and the formula can still be written as it stands in a book. Blocks do not depend on the
number of threads, and an element not on its block: neither do results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.runtime.threads import get_num_threads, parallel_for

__all__ = ["BLOCK", "LARGE", "elementwise", "flat_in_memory", "in_blocks"]

BLOCK = 1 << 14  # elements: 64 KB in float32. Smaller blocks spend their time on calling NumPy
LARGE = 1 << 20  # elements, 4 MB in float32: of fewer, waking a thread (60 to 80 µs) takes longer than it saves


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
    # The first block tells what the formula returns.
    first = formula(*[x[:BLOCK] for x in flat])
    results = _each(lambda part: np.empty_like(inputs[0], part.dtype), first)  # in the same memory order
    targets = [_flat(result) for result in _several(results)]

    def keep(block: slice, parts: Any) -> None:
        for target, part in zip(targets, _several(parts)):
            target[block] = part

    keep(slice(BLOCK), first)
    rest = [slice(start, start + BLOCK) for start in range(BLOCK, like.size, BLOCK)]
    parallel_for(lambda block: keep(block, formula(*[x[block] for x in flat])), rest, like.size >= LARGE)
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

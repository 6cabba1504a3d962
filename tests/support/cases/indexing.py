"""Operations that pick elements by position or condition, and put others there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from support.case import Case

_ALONG_0 = np.array([[2, 0, 0, 1], [0, 0, 2, 2]])  # for (3, 4), the first position of column 1 twice
_ALONG_1 = np.array([[3, 3], [0, 1], [2, 3]])
_UNIQUE_0 = np.array([[2, 0, 0, 1], [0, 1, 2, 2]])
_ROWS = np.array([2, 0, 2])
_MASK = np.array([[True, False, False, True], [False, True, False, False], [True, True, False, False]])
_COLUMN = np.array([[True], [False], [True]])


def _along(a: np.ndarray, index: np.ndarray, dim: int) -> np.ndarray:
    """gather by its definition."""
    y = np.empty(index.shape)
    for place in np.ndindex(index.shape):
        source = list(place)
        source[dim] = index[place]
        y[place] = a[tuple(source)]
    return y


def _put(a: np.ndarray, dim: int, index: np.ndarray, source: Any, add: bool) -> np.ndarray:
    """scatter and scatter_add by their definition."""
    y = a.copy()
    source = np.broadcast_to(source, index.shape) if np.ndim(source) == 0 else source
    for place in np.ndindex(index.shape):
        target = list(place)
        target[dim] = index[place]
        y[tuple(target)] = source[place] + (y[tuple(target)] if add else 0)
    return y


def _index_add(a: np.ndarray, dim: int, index: np.ndarray, source: np.ndarray, alpha: float = 1) -> np.ndarray:
    y = np.moveaxis(a.copy(), dim, 0)
    for i, part in zip(index, np.moveaxis(source, dim, 0)):
        y[i] += alpha * part
    return np.moveaxis(y, 0, dim)


# Where PyTorch differs from NumPy, and mixtures that the core's rows do not have.
INDICES: dict[str, tuple[Any, tuple[int, ...], Callable[[np.ndarray], np.ndarray]]] = {
    "int_slice_list": ((0, slice(None), [1, 2]), (2, 3, 4), lambda a: a[0][:, [1, 2]]),
    "int_none_list": ((0, None, [1, 2]), (2, 3, 4), lambda a: a[0][None, [1, 2]]),
    "list_slice_int": (([1, 0], slice(1, None), 2), (2, 3, 4), lambda a: a[..., 2][[1, 0], 1:]),
    "slice_list_slice_int": ((slice(None), [1, 1], slice(None), 0), (2, 3, 2, 4), lambda a: a[..., 0][:, [1, 1]]),
    "int_ellipsis_list": ((1, Ellipsis, [3, 0]), (2, 3, 4), lambda a: a[1][..., [3, 0]]),
    "int_beside_list": ((slice(None), 1, [3, 0, 3]), (2, 3, 4), lambda a: a[:, 1][:, [3, 0, 3]]),
    "int_slice_mask": ((0, slice(None), np.array([True, False, True])), (2, 4, 3), lambda a: a[0][:, [0, 2]]),
    "two_lists_apart": (([0, 1], slice(None), [1, 1]), (2, 3, 2), lambda a: a[[0, 1], :, [1, 1]]),
    "list_none_list": (([0, 1], None, [1, 1]), (2, 3, 2), lambda a: a[[0, 1], None, [1, 1]]),
    "mask_and_list": ((np.array([True, False]), [1]), (2, 3), lambda a: a[[0], [1]]),
    "broadcast_lists": ((np.array([[0], [1]]), np.array([2, 2, 0])), (2, 3), lambda a: a[[[0], [1]], [2, 2, 0]]),
    "empty_list": ([], (2, 3), lambda a: a[:0]),
    "range": (range(2), (3, 2), lambda a: a[:2]),
    "true": (True, (3, 2), lambda a: a[None]),
    "int_slice_true": ((0, slice(None), True), (3, 2), lambda a: a[0][:, None]),
}


def _scatter_cases() -> list[Case]:
    shapes = ((3, 4), (2, 4))
    cut = ((3, 4), (3, 5))  # src longer than index
    return [
        Case(
            "scatter",
            lambda F, a, b: F.scatter(a, 0, F.array(_UNIQUE_0), b),
            shapes,
            lambda a, b: _put(a, 0, _UNIQUE_0, b, add=False),
        ),
        Case(
            "scatter_number",
            lambda F, a: a.scatter(0, F.array(_ALONG_0), 1.5),
            ((3, 4),),
            lambda a: _put(a, 0, _ALONG_0, 1.5, add=False),
        ),
        Case(
            "scatter_value",
            lambda F, a: F.scatter(a.T, 1, F.array(_ALONG_0.T), value=-2),
            ((3, 4),),
            lambda a: _put(a.T, 1, _ALONG_0.T, -2.0, add=False),
        ),
        Case(
            "scatter_add_repeated",
            lambda F, a, b: F.scatter_add(a, 0, F.array(_ALONG_0), b),
            shapes,
            lambda a, b: _put(a, 0, _ALONG_0, b, add=True),
        ),
        Case(
            "scatter_add_transposed",
            lambda F, a, b: a.T.scatter_add(-1, F.array(_ALONG_0.T), b.T),
            shapes,
            lambda a, b: _put(a.T, 1, _ALONG_0.T, b.T, add=True),
        ),
        Case(
            "scatter_add_part_of_src",
            lambda F, a, b: F.scatter_add(a, 1, F.array(_ALONG_1), b[:, :2]),
            cut,
            lambda a, b: _put(a, 1, _ALONG_1, b, add=True),
        ),
        Case(
            "scatter_add_long_index",
            lambda F, a, b: F.scatter_add(a, 1, F.array(np.array([[0, 1, 1, 0, 1]])), b),
            ((1, 2), (1, 5)),
            lambda a, b: _put(a, 1, np.array([[0, 1, 1, 0, 1]]), b, add=True),
        ),
        Case(
            "scatter_add_zero_d",
            lambda F, a, b: F.scatter_add(a, 0, F.array(np.array(0)), b),
            ((), ()),
            lambda a, b: a + b,
        ),
        Case(
            "scatter_add_nothing",
            lambda F, a, b: F.scatter_add(a, 0, F.array(np.zeros((0, 2), np.int64)), b) + 0 * b.sum(),
            ((3, 2), (0, 2)),
            lambda a, b: a,
        ),
    ]


CASES = [
    *[
        Case(f"mixed_index_{name}", lambda F, a, i=index: a[i], (shape,), reference)
        for name, (index, shape, reference) in INDICES.items()
    ],
    Case("gather_0", lambda F, a: F.gather(a, 0, F.array(_ALONG_0)), ((3, 4),), lambda a: _along(a, _ALONG_0, 0)),
    Case("gather_1", lambda F, a: a.gather(-1, F.array(_ALONG_1)), ((3, 4),), lambda a: _along(a, _ALONG_1, 1)),
    Case("gather_T", lambda F, a: a.T.gather(1, F.array(_ALONG_0.T)), ((3, 4),), lambda a: _along(a, _ALONG_0, 0).T),
    Case("gather_zero_d", lambda F, a: F.gather(a, 0, F.array(np.array(0))), ((),), lambda a: a),
    Case("gather_vector_of_zero_d", lambda F, a: a.gather(0, F.array(np.zeros(2, int))), ((),), lambda a: a.repeat(2)),
    Case("gather_nothing", lambda F, a: a.gather(1, F.array(np.zeros((3, 0), int))), ((3, 4),), lambda a: a[:, :0]),
    Case("gather_3d", lambda F, a: F.gather(a, 1, F.array(np.ones((2, 1, 2), int))), ((2, 3, 2),), lambda a: a[:, 1:2]),
    Case(
        "take_along_dim",
        lambda F, a: F.take_along_dim(a, F.array(np.array([[0], [2], [-1]])), 1),
        ((3, 4),),
        lambda a: np.take_along_axis(a, np.array([[0], [2], [-1]]), 1),
    ),
    Case(
        "take_along_dim_broadcast_index",
        lambda F, a: a.take_along_dim(F.array(np.array([[1]])), 0),
        ((3, 4),),
        lambda a: a[1:2],
    ),
    Case(
        "take_along_dim_broadcast_input",
        lambda F, a: a.take_along_dim(F.array(_ALONG_1), 1),
        ((1, 4),),
        lambda a: a[0][_ALONG_1],
    ),
    Case(
        "take_along_dim_flat",
        lambda F, a: F.take_along_dim(a, F.array(np.array([[1, 11], [1, 0]]))),
        ((3, 4),),
        lambda a: a.ravel()[[1, 11, 1, 0]],
    ),
    Case(
        "take",
        lambda F, a: F.take(a, F.array(np.array([[1, -1], [1, 0]]))),
        ((3, 4),),
        lambda a: a.take([[1, -1], [1, 0]]),
    ),
    Case("take_transposed", lambda F, a: a.T.take(F.array(np.array([1]))), ((3, 4),), lambda a: a.T.take([1])),
    Case("take_zero_d", lambda F, a: F.take(a, F.array(np.array(5))), ((3, 4),), lambda a: a.take(5)),
    Case("index_select_0", lambda F, a: F.index_select(a, 0, F.array(_ROWS)), ((3, 4),), lambda a: a[_ROWS]),
    Case("index_select_1", lambda F, a: a.index_select(-1, F.array(_ROWS)), ((2, 3),), lambda a: a[:, _ROWS]),
    Case("index_select_3d", lambda F, a: a.index_select(1, F.array(_ROWS)), ((2, 3, 2),), lambda a: a[:, _ROWS]),
    Case("index_select_nothing", lambda F, a: a.index_select(0, F.array(_ROWS[:0])), ((2, 3),), lambda a: a[:0]),
    Case("index_select_zero_d", lambda F, a: a.index_select(0, F.array(np.array([0]))), ((),), lambda a: a),
    Case(
        "index_add_0",
        lambda F, a, b: F.index_add(a, 0, F.array(_ROWS), b),
        ((3, 2), (3, 2)),
        lambda a, b: _index_add(a, 0, _ROWS, b),
    ),
    Case(
        "index_add_alpha",
        lambda F, a, b: a.T.index_add(-1, F.array(_ROWS), b.T, alpha=2.5),
        ((3, 2), (3, 2)),
        lambda a, b: _index_add(a.T, 1, _ROWS, b.T, 2.5),
    ),
    Case("index_add_zero_d", lambda F, a, b: F.index_add(a, 0, F.array(np.array(0)), b), ((), ()), lambda a, b: a + b),
    Case("masked_fill", lambda F, a: F.masked_fill(a, F.array(_MASK), 7), ((3, 4),), lambda a: np.where(_MASK, 7, a)),
    Case(
        "masked_fill_tensor",
        lambda F, a, b: a.masked_fill(F.array(_MASK), b),
        ((3, 4), ()),
        lambda a, b: np.where(_MASK, b, a),
    ),
    Case(
        "masked_fill_broadcast_mask",
        lambda F, a, b: F.masked_fill(a, F.array(_COLUMN), b),
        ((3, 4), ()),
        lambda a, b: np.where(_COLUMN, b, a),
    ),
    Case(
        "masked_fill_broadcast_input",
        lambda F, a, b: F.masked_fill(a, F.array(_COLUMN), b),
        ((4,), ()),
        lambda a, b: np.where(_COLUMN, b, a),
    ),
    Case("masked_fill_empty", lambda F, a: a.masked_fill(a > 0, 1.0), ((0, 3),), lambda a: a),
    Case("masked_select", lambda F, a: F.masked_select(a, F.array(_MASK)), ((3, 4),), lambda a: a[_MASK]),
    Case("masked_select_rows", lambda F, a: a.masked_select(F.array(_COLUMN)), ((3, 2),), lambda a: a[[0, 2]].ravel()),
    Case("masked_select_repeats", lambda F, a: a.masked_select(F.array(_COLUMN)), ((2,),), lambda a: np.tile(a, 2)),
    *_scatter_cases(),
]

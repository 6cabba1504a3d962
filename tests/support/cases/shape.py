"""Operations that move, join, cut and repeat elements, and parts of matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from support.case import Case

_TIMES = np.array([2, 0, 3])


def _weighted(parts: Sequence[Any]) -> Any:
    """One scalar of several results: each with a weight and a shape of its own."""
    return sum((part * part).sum() * (i + 1.5) for i, part in enumerate(parts))


def _parts(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda F, *inputs: _weighted(function(F, *inputs))


CASES = [
    Case("flatten_transposed", lambda F, a: a.mT.flatten(1), ((2, 3, 4),), lambda a: a.swapaxes(1, 2).reshape(2, 12)),
    Case("flatten_one_axis", lambda F, a: a.flatten(1, 1), ((2, 3),), lambda a: a),
    Case("ravel", lambda F, a: F.ravel(a.T), ((2, 3),), lambda a: a.T.ravel()),
    Case("unflatten", lambda F, a: F.unflatten(a, 1, (2, -1)), ((3, 6),), lambda a: a.reshape(3, 2, 3)),
    Case("unflatten_last", lambda F, a: a.unflatten(-1, (3, 2)), ((3, 6),), lambda a: a.reshape(3, 3, 2)),
    Case("swapaxes", lambda F, a: F.swapaxes(a, 0, -1), ((2, 3, 4),), lambda a: a.swapaxes(0, 2)),
    Case("t_matrix", lambda F, a: F.t(a), ((2, 3),), lambda a: a.T),
    Case("t_vector", lambda F, a: a.t(), ((3,),), lambda a: a),
    Case("movedim", lambda F, a: F.movedim(a, 0, -1), ((2, 3, 4),), lambda a: np.moveaxis(a, 0, -1)),
    Case(
        "movedim_several",
        lambda F, a: a.movedim((3, 0), (0, 2)),
        ((2, 3, 4, 2),),
        lambda a: np.moveaxis(a, (3, 0), (0, 2)),
    ),
    Case("moveaxis", lambda F, a: F.moveaxis(a, (0, 1), (1, 0)), ((2, 3),), lambda a: a.T),
    Case("view", lambda F, a: a.view(3, -1), ((2, 6),), lambda a: a.reshape(3, 4)),
    Case("reshape_as", lambda F, a, b: a.reshape_as(b) * b, ((2, 3), (3, 2)), lambda a, b: a.reshape(3, 2) * b),
    Case("expand_as", lambda F, a, b: a.expand_as(b) * b, ((3, 1), (2, 3, 4)), lambda a, b: a * b),
    Case("broadcast_to", lambda F, a: F.broadcast_to(a, (2, 3)), ((3,),), lambda a: np.broadcast_to(a, (2, 3))),
    Case("broadcast_to_of_zero_d", lambda F, a: a.broadcast_to((2, 0)), ((),), lambda a: np.broadcast_to(a, (2, 0))),
    Case("broadcast_tensors", _parts(lambda F, a, b: F.broadcast_tensors(a, b)), ((3, 1), (1, 2))),
    Case("contiguous", lambda F, a: a.T.contiguous().view(-1), ((2, 3),), lambda a: a.T.reshape(-1)),
    Case("meshgrid_ij", _parts(lambda F, a, b: F.meshgrid(a, b, indexing="ij")), ((3,), (2,))),
    Case("meshgrid_xy", _parts(lambda F, a, b, c: F.meshgrid(a, b, c, indexing="xy")), ((3,), (2,), (4,))),
    Case(
        "meshgrid_of_zero_d",
        lambda F, a, b: sum(F.meshgrid([a, b], indexing="ij")),
        ((), (2,)),
        lambda a, b: (a + b)[None],
    ),
    # joining
    Case("cat_with_empty_vector", lambda F, a, b: F.cat([b, a, a], 1), ((2, 3), (0,)), lambda a, b: np.hstack([a, a])),
    Case("concat", lambda F, a, b: F.concat((a, b.T), -1), ((2, 3), (1, 2)), lambda a, b: np.hstack([a, b.T])),
    Case("hstack", lambda F, a, b: F.hstack([a, b]), ((2, 3), (2, 1)), lambda a, b: np.hstack([a, b])),
    Case("hstack_vectors", lambda F, a, b: F.hstack((a, b)), ((3,), (2,)), lambda a, b: np.hstack([a, b])),
    Case("hstack_zero_d", lambda F, a, b: F.hstack((a, b)), ((), ()), lambda a, b: np.hstack([a, b])),
    Case("vstack", lambda F, a, b: F.vstack([a, b]), ((2, 3), (3,)), lambda a, b: np.vstack([a, b])),
    Case("vstack_zero_d", lambda F, a, b: F.vstack([a, b]), ((), ()), lambda a, b: np.vstack([a, b])),
    Case("dstack", lambda F, a, b: F.dstack([a, b]), ((2, 3), (2, 3, 2)), lambda a, b: np.dstack([a, b])),
    Case("dstack_vectors", lambda F, a, b: F.dstack([a, b]), ((3,), (3,)), lambda a, b: np.dstack([a, b])),
    # cutting
    Case("narrow", lambda F, a: F.narrow(a, 1, 1, 2), ((2, 4),), lambda a: a[:, 1:3]),
    Case("narrow_negative", lambda F, a: a.T.narrow(-2, -3, 2), ((2, 4),), lambda a: a.T[1:3]),
    Case("narrow_to_nothing", lambda F, a: a.narrow(0, 2, 0), ((2, 4),), lambda a: a[2:]),
    Case("select", lambda F, a: F.select(a, 1, -1), ((2, 4),), lambda a: a[:, -1]),
    Case("select_element", lambda F, a: a.select(0, 1), ((2,),), lambda a: a[1]),
    Case("split_sizes", _parts(lambda F, a: F.split(a, 2)), ((5, 2),)),
    Case("split_sections", _parts(lambda F, a: a.split([1, 0, 3], dim=-1)), ((2, 4),)),
    Case("split_one_part", lambda F, a: a.T.split(2, 1)[1], ((5, 2),), lambda a: a.T[:, 2:4]),
    Case("split_empty", lambda F, a: F.split(a, 2)[0], ((0, 2),), lambda a: a),
    Case("chunk_uneven", _parts(lambda F, a: F.chunk(a, 4)), ((7,),)),
    Case("chunk_fewer", _parts(lambda F, a: a.chunk(4, 1)), ((2, 6),)),
    Case("chunk_last_axis", lambda F, a: a.chunk(2, -1)[1], ((2, 6),), lambda a: a[:, 3:]),
    Case("unbind", _parts(lambda F, a: F.unbind(a)), ((3, 2),)),
    Case("unbind_last", lambda F, a: a.unbind(-1)[1], ((3, 2),), lambda a: a[:, 1]),
    # repeating
    Case("repeat", lambda F, a: a.repeat(2, 3), ((2, 3),), lambda a: np.tile(a, (2, 3))),
    Case("repeat_new_axes", lambda F, a: a.repeat((2, 1, 2)), ((3,),), lambda a: np.tile(a, (2, 1, 2))),
    Case("repeat_zero_times", lambda F, a: a.repeat(2, 0), ((2, 3),), lambda a: np.tile(a, (2, 0))),
    Case("repeat_zero_d", lambda F, a: a.repeat(3), ((),), lambda a: np.tile(a, 3)),
    Case("repeat_transposed", lambda F, a: a.T.repeat(1, 2), ((2, 3),), lambda a: np.tile(a.T, (1, 2))),
    Case("tile_fewer", lambda F, a: F.tile(a, (2,)), ((2, 3),), lambda a: np.tile(a, 2)),
    Case("tile_more", lambda F, a: a.tile(2, 1, 2), ((3,),), lambda a: np.tile(a, (2, 1, 2))),
    Case("repeat_interleave", lambda F, a: F.repeat_interleave(a, 3), ((2, 2),), lambda a: np.repeat(a, 3)),
    Case("repeat_interleave_dim", lambda F, a: a.repeat_interleave(2, dim=-1), ((2, 3),), lambda a: np.repeat(a, 2, 1)),
    Case(
        "repeat_interleave_each",
        lambda F, a: F.repeat_interleave(a, F.array(_TIMES), 0, output_size=5),
        ((3, 2),),
        lambda a: np.repeat(a, _TIMES, 0),
    ),
    Case("repeat_interleave_zero_d", lambda F, a: F.repeat_interleave(a, 3), ((),), lambda a: np.repeat(a, 3)),
    Case("repeat_interleave_never", lambda F, a: F.repeat_interleave(a, 0, 1), ((2, 3),), lambda a: a[:, :0]),
    # turning
    Case("flip", lambda F, a: F.flip(a, (0, -1)), ((2, 3, 2),), lambda a: a[::-1, :, ::-1]),
    Case("flip_method", lambda F, a: a.T.flip(0), ((2, 3),), lambda a: a.T[::-1]),
    Case("flip_nothing", lambda F, a: F.flip(a, ()), ((2, 3),), lambda a: a),
    Case("flip_empty", lambda F, a: F.flip(a, (0,)), ((0, 3),), lambda a: a),
    Case("flip_zero_d", lambda F, a: F.flip(a, (0,)), ((),), lambda a: a),
    Case("fliplr", lambda F, a: F.fliplr(a), ((2, 3),), np.fliplr),
    Case("flipud", lambda F, a: a.flipud(), ((2, 3),), np.flipud),
    Case("roll_flat", lambda F, a: F.roll(a, 2), ((2, 3),), lambda a: np.roll(a, 2)),
    Case("roll", lambda F, a: F.roll(a, (1, -2), (0, 1)), ((2, 3),), lambda a: np.roll(a, (1, -2), (0, 1))),
    Case("roll_same_axis_twice", lambda F, a: a.T.roll((1, 1), (0, 0)), ((2, 3),), lambda a: np.roll(a.T, 2, 0)),
    Case("roll_zero_d", lambda F, a: F.roll(a, 1), ((),), lambda a: a),
    Case("roll_empty", lambda F, a: F.roll(a, 1, 0), ((0, 2),), lambda a: a),
    # parts of matrices
    Case("tril", lambda F, a: F.tril(a), ((3, 4),), np.tril),
    Case("tril_above", lambda F, a: a.mT.tril(1), ((2, 3, 4),), lambda a: np.tril(a.swapaxes(1, 2), 1)),
    Case("triu", lambda F, a: F.triu(a, -1), ((4, 3),), lambda a: np.triu(a, -1)),
    Case("triu_batch", lambda F, a: a.triu(), ((2, 3, 3),), np.triu),
    Case("triu_empty", lambda F, a: a.triu(), ((0, 3),), np.triu),
    Case("diag_of_matrix", lambda F, a: F.diag(a, 1), ((3, 4),), lambda a: np.diag(a, 1)),
    Case("diag_of_vector", lambda F, a: a.diag(-1), ((3,),), lambda a: np.diag(a, -1)),
    Case("diag_of_empty", lambda F, a: F.diag(a), ((0,),), np.diag),
    Case("diagonal", lambda F, a: F.diagonal(a), ((3, 4),), np.diagonal),
    Case("diagonal_axes", lambda F, a: a.diagonal(-1, 2, 0), ((3, 2, 4),), lambda a: np.diagonal(a, -1, 2, 0)),
    Case("diagonal_outside", lambda F, a: a.diagonal(7), ((3, 4),), lambda a: np.diagonal(a, 7)),
    Case("diag_embed", lambda F, a: F.diag_embed(a), ((2, 3),), lambda a: a[..., None] * np.eye(3)),
    Case("diag_embed_axes", lambda F, a: a.diag_embed(1, 0, 2), ((2, 3),)),
    Case("diag_embed_axes_reversed", lambda F, a: F.diag_embed(a, 1, -1, 0), ((2, 3),)),
    Case("trace", lambda F, a: F.trace(a), ((3, 4),), np.trace),
    Case("trace_empty", lambda F, a: a.trace(), ((0, 4),), np.trace),
]

"""Picking slices along one axis, in any order and with repetitions: padding and resampling need
nothing else. `AddAlong` adds slices back; the two are each other's derivative."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation

__all__ = ["AddAlong", "PickAlong"]


class PickAlong(Operation):
    """y's slice k along `axis` is x's slice positions[k].   dL/dx: dL/dy's slices added there

    positions: an array of ints from 0, in a tuple."""

    @staticmethod
    def forward(ctx, x, positions, axis):
        ctx.positions, ctx.axis, ctx.size = positions, axis, x.data.shape[axis]
        return x.new_tensor(x.data.take(positions[0], axis=axis))

    @staticmethod
    def backward(ctx, grad_y):
        return AddAlong.run(grad_y, ctx.positions, ctx.axis, ctx.size), None, None


class AddAlong(Operation):
    """y: zeros with `size` slices along `axis`; x's slice k is added to slice positions[k].
    dL/dx: dL/dy's slices at `positions`"""

    @staticmethod
    def forward(ctx, x, positions, axis, size):
        ctx.positions, ctx.axis = positions, axis
        shape = x.data.shape
        y = np.zeros((*shape[:axis], size, *shape[axis + 1 :]), dtype=x.data.dtype)
        slices, sums = np.moveaxis(x.data, axis, 0), np.moveaxis(y, axis, 0)
        for turn in _without_repetition(positions[0]):
            sums[positions[0][turn]] += slices[turn]
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return PickAlong.run(grad_y, ctx.positions, ctx.axis), None, None, None


def _without_repetition(positions: np.ndarray) -> list[np.ndarray]:
    """The indices 0..len-1 in groups: the first time that each position comes, the second time, ...

    `sums[positions] += ...` adds only once where a position comes twice, so it is done by turns.
    (np.add.at can repeat, but takes ten times as long.)"""
    if np.bincount(positions.astype(np.intp, copy=False), minlength=1).max() <= 1:
        return [np.arange(len(positions))]
    times_seen: dict[int, int] = {}
    turns: list[list[int]] = []
    for index, position in enumerate(positions.tolist()):
        turn = times_seen.get(position, 0)
        times_seen[position] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(index)
    return [np.array(turn) for turn in turns]

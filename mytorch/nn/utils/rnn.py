"""Sequences of different lengths: padded to one length, or packed without padding.

Padded: one tensor (T, N, ...), shorter sequences filled up. Packed: a `PackedSequence`, in which a
recurrent network finds all elements of step 0, then all of step 1, and so on:

    a b c        padded, sequences as rows     packed: a d f b e c
    d e .                                      batch_sizes: 3 2 1  (sequences that reach steps 0, 1, 2)
    f . .
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mytorch.ops.indexing.slices import AddAlong, PickAlong
from mytorch.ops.shapes.join import cat, stack
from mytorch.tensor import Tensor

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """What `pack_padded_sequence` and `pack_sequence` make, and recurrent networks take and return.

    data: (sum of the lengths, ...), step by step, in every step the longest sequence first.
    batch_sizes: int64 (T,), for each step the number of sequences that are that long.
    sorted_indices: which sequence of the batch is the longest, the second longest, ...; None if
        they came in that order. unsorted_indices: its inverse.
    """

    __slots__ = ()

    def __new__(
        cls, data: Tensor, batch_sizes: Tensor, sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:  # fmt: skip
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, dtype: Any) -> PackedSequence:
        """The same with its data in another dtype."""
        return self._replace(data=self.data.to(dtype))

    def float(self) -> PackedSequence:
        return self.to(np.float32)

    def double(self) -> PackedSequence:
        return self.to(np.float64)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes `permutation`: inverse[permutation[i]] = i. None stays None."""
    if permutation is None:
        return None
    return Tensor(np.argsort(permutation.data).astype(np.int64, copy=False))


class Layout:
    """Where the elements of packed sequences are among padded ones (T, N, ...)."""

    def __init__(self, batch_sizes: np.ndarray) -> None:
        self.steps, self.batch = len(batch_sizes), int(batch_sizes[0])
        # Sequence n goes on in step t if n is below batch_sizes[t].
        self.lengths = (np.arange(self.batch) < batch_sizes[:, None]).sum(axis=0)
        self.step = np.repeat(np.arange(self.steps), batch_sizes.astype(np.intp))  # of each packed element
        self.sequence = np.concatenate([np.arange(size) for size in batch_sizes])

    def pad(self, packed: Tensor, reverse: bool = False) -> Tensor:
        """(sum of the lengths, ...) -> (T, N, ...), zeros behind; with `reverse` every sequence backwards."""
        rest = packed.shape[1:]
        positions = self._positions(reverse)
        return AddAlong.apply(packed, (positions,), 0, self.steps * self.batch).reshape(self.steps, self.batch, *rest)

    def pack(self, padded: Tensor, reverse: bool = False) -> Tensor:
        """(T, N, ...) -> (sum of the lengths, ...): the inverse of `pad`."""
        return PickAlong.apply(self._flat(padded), (self._positions(reverse),), 0)

    def last(self, padded: Tensor) -> Tensor:
        """(T, N, ...) -> (N, ...): the last element of every sequence."""
        positions = (self.lengths - 1) * self.batch + np.arange(self.batch)
        return PickAlong.apply(self._flat(padded), (positions,), 0)

    def _positions(self, reverse: bool) -> np.ndarray:
        step = self.lengths[self.sequence] - 1 - self.step if reverse else self.step
        return step * self.batch + self.sequence

    def _flat(self, padded: Tensor) -> Tensor:
        return padded.reshape(self.steps * self.batch, *padded.shape[2:])


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack sequences that are padded: input (T, N, ...), or (N, T, ...) with batch_first.

    lengths: of the N sequences, integers in a Tensor, a list or an array; all at least 1.
    enforce_sorted: True: the sequences must come longest first. False: they are sorted here, and
        put back into their order by whoever unpacks them.
    """
    _require_tensor("pack_padded_sequence", "input", input)
    if input.ndim < 2:
        raise ValueError(f"pack_padded_sequence: input must have shape (T, N, ...), got {input.shape}")
    if batch_first:
        input = input.transpose(0, 1)
    sizes = _lengths("pack_padded_sequence", lengths, input.shape[1])
    if sizes.max() > input.shape[0]:
        raise ValueError(
            f"pack_padded_sequence: lengths must be at most {input.shape[0]}, the number of steps of the input, got "
            f"{sizes.max()}"
        )
    order = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
        input = PickAlong.apply(input, (order,), 1)
    elif (np.diff(sizes) > 0).any():
        raise ValueError(
            "pack_padded_sequence: lengths must be in decreasing order with enforce_sorted=True, got "
            f"{sizes.tolist()}; pass enforce_sorted=False to have the sequences sorted"
        )
    batch_sizes = (np.arange(sizes[0])[:, None] < sizes).sum(axis=1)
    data = Layout(batch_sizes).pack(input[: int(sizes[0])])
    return PackedSequence(data, Tensor(batch_sizes), None if order is None else Tensor(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The inverse of `pack_padded_sequence`: (padded, lengths), in the order before packing.

    padded: (T, N, ...), or (N, T, ...) with batch_first; T is the longest length, or total_length.
    padding_value: what is put behind shorter sequences.
    """
    _require_packed("pad_packed_sequence", sequence)
    layout = Layout(sequence.batch_sizes.data)
    padded, lengths = layout.pad(sequence.data), layout.lengths
    if total_length is not None:
        if total_length < layout.steps:
            raise ValueError(
                f"pad_packed_sequence: total_length must be at least the longest length, {layout.steps}, got "
                f"{total_length}"
            )
        positions = (np.arange(layout.steps),)
        padded = AddAlong.apply(padded, positions, 0, total_length)  # zeros behind
    if padding_value != 0:
        behind = np.arange(padded.shape[0])[:, None] >= lengths  # (T, N)
        behind = behind.reshape(behind.shape + (1,) * (padded.ndim - 2))
        padded = padded + Tensor((behind * padding_value).astype(padded.dtype))
    if sequence.unsorted_indices is not None:
        order = sequence.unsorted_indices.data
        padded, lengths = PickAlong.apply(padded, (order,), 1), lengths[order]
    return (padded.transpose(0, 1) if batch_first else padded), Tensor(lengths)


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (T_i, ...) of different lengths as one tensor (T, N, ...), or (N, T, ...) with
    batch_first, filled up with padding_value behind them (padding_side="right") or before ("left")."""
    sequences = _sequences("pad_sequence", sequences)
    if padding_side not in ("left", "right"):
        raise ValueError(f"pad_sequence: padding_side must be 'left' or 'right', got {padding_side!r}")
    longest = max(len(s) for s in sequences)
    rows = []
    for sequence in sequences:
        missing = longest - len(sequence)
        fill = Tensor(np.full((missing, *sequence.shape[1:]), padding_value, sequence.dtype))
        rows.append(cat([sequence, fill] if padding_side == "right" else [fill, sequence]))
    return stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """The inverse of `pad_sequence` (padding_side="right"): a list of N tensors (T_i, ...)."""
    _require_tensor("unpad_sequence", "padded_sequences", padded_sequences)
    by_sequence = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    sizes = _lengths("unpad_sequence", lengths, by_sequence.shape[0], least=0)
    return [by_sequence[n, : int(size)] for n, size in enumerate(sizes)]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences (T_i, ...). enforce_sorted: as in `pack_padded_sequence`."""
    lengths = [len(s) for s in _sequences("pack_sequence", sequences)]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The inverse of `pack_sequence`: a list of tensors (T_i, ...)."""
    padded, lengths = pad_packed_sequence(packed_sequences)
    return unpad_sequence(padded, lengths)


# ------------------------------------------------------------------------- arguments


def _require_tensor(function: str, name: str, value: Any) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"{function}: {name} must be a Tensor, got {type(value).__name__}")


def _require_packed(function: str, value: Any) -> None:
    if not isinstance(value, PackedSequence):
        raise TypeError(f"{function}: expected a PackedSequence, got {type(value).__name__}")


def _lengths(function: str, lengths: Any, count: int, least: int = 1) -> np.ndarray:
    array = lengths.data if isinstance(lengths, Tensor) else np.asarray(lengths)
    if array.shape != (count,) or array.dtype.kind not in "iu" or count == 0 or array.min() < least:
        raise ValueError(
            f"{function}: lengths must be {count} integers of at least {least}, one per sequence, got {lengths!r:.80}"
        )
    return array.astype(np.int64)


def _sequences(function: str, sequences: Any) -> Sequence[Tensor]:
    """A non-empty list of tensors that differ at most in their first axis."""
    if isinstance(sequences, Tensor):
        sequences = list(sequences)
    if not isinstance(sequences, (tuple, list)) or not sequences:
        raise TypeError(f"{function}: sequences must be a non-empty list of Tensors, got {type(sequences).__name__}")
    for i, sequence in enumerate(sequences):
        _require_tensor(function, f"sequences[{i}]", sequence)
        if sequence.ndim == 0 or sequence.shape[1:] != sequences[0].shape[1:]:
            raise ValueError(
                f"{function}: sequences must have shapes (T_i, ...) with equal axes after the first; sequences[0] has "
                f"{sequences[0].shape}, sequences[{i}] {sequence.shape}"
            )
    return sequences

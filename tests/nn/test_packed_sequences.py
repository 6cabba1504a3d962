"""nn.utils.rnn: padding and packing, against PyTorch and against their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from support.twins import assert_twins_agree

from mytorch.nn.utils import rnn
from mytorch.tensor import Tensor

RNG = np.random.default_rng(51)


def utils_of(torch: Any, tensor: Any) -> Any:
    return rnn if isinstance(tensor, Tensor) else torch.nn.utils.rnn


def agree(call: Any, arrays: list[np.ndarray]) -> None:
    """call(utils, *tensors) gives the same values and gradients with our utils and with PyTorch's."""
    torch = pytest.importorskip("torch")
    assert_twins_agree(torch, None, None, arrays, lambda _, *tensors: call(utils_of(torch, tensors[0]), *tensors))


def test_the_picture_in_the_docstring() -> None:
    a_b_c, d_e, f = Tensor([1, 2, 3]), Tensor([4, 5]), Tensor([6])
    packed = rnn.pack_sequence([a_b_c, d_e, f])
    assert packed.data.tolist() == [1, 4, 6, 2, 5, 3]
    assert packed.batch_sizes.tolist() == [3, 2, 1]
    assert packed.sorted_indices is None
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True)
    assert padded.tolist() == [[1, 2, 3], [4, 5, 0], [6, 0, 0]]
    assert lengths.tolist() == [3, 2, 1]


@pytest.mark.parametrize("lengths", [[4, 2, 2, 1], [1], [3, 3]], ids=str)
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("rest", [(), (3,), (2, 1)], ids=str)
def test_sorted_sequences(lengths: list[int], batch_first: bool, rest: tuple[int, ...]) -> None:
    shape = (len(lengths), 5) if batch_first else (5, len(lengths))

    def call(utils: Any, x: Any) -> Any:
        packed = utils.pack_padded_sequence(x, lengths, batch_first)
        assert packed.sorted_indices is packed.unsorted_indices is None
        return packed.data, packed.batch_sizes, utils.pad_packed_sequence(packed, batch_first)

    agree(call, [RNG.standard_normal((*shape, *rest))])


@pytest.mark.parametrize("lengths", [[1, 4, 2, 3], [2, 5], [3, 1]], ids=str)
@pytest.mark.parametrize("batch_first", [False, True])
def test_unsorted_sequences(lengths: list[int], batch_first: bool) -> None:
    shape = (len(lengths), 5) if batch_first else (5, len(lengths))
    agree(
        lambda utils, x: (
            tuple(utils.pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False)),
            utils.pad_packed_sequence(
                utils.pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False), batch_first, -1.5, 7
            ),
        ),
        [RNG.standard_normal((*shape, 2))],
    )


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_pad_sequence(side: str, batch_first: bool) -> None:
    agree(
        lambda utils, *s: utils.pad_sequence(list(s), batch_first, 0.5, side),
        [RNG.standard_normal((n, 2)) for n in (2, 4, 1)],
    )


@pytest.mark.parametrize("batch_first", [False, True])
def test_unpad_sequence(batch_first: bool) -> None:
    def call(utils: Any, x: Any, lengths: Any) -> Any:
        return utils.unpad_sequence(x * 1, lengths, batch_first)  # PyTorch transposes x in place

    agree(call, [RNG.standard_normal((3, 3, 2)), np.array([2, 3, 1])])


def test_pack_and_unpack_sequences() -> None:
    agree(
        lambda utils, *s: (
            tuple(utils.pack_sequence(list(s), enforce_sorted=False)),
            utils.unpack_sequence(utils.pack_sequence(list(s), enforce_sorted=False)),
        ),
        [RNG.standard_normal((n, 2)) for n in (2, 4, 1, 3)],
    )


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_unpacking_gives_back_what_was_packed(lengths: list[int]) -> None:
    sequences = [Tensor(RNG.standard_normal((n, 2))) for n in lengths]
    packed = rnn.pack_sequence(sequences, enforce_sorted=False)
    assert packed.batch_sizes.data.sum() == len(packed.data) == sum(lengths)
    for found, sequence in zip(rnn.unpack_sequence(packed), sequences):
        np.testing.assert_array_equal(found.data, sequence.data)


def test_lengths_of_any_kind() -> None:
    x = Tensor(RNG.standard_normal((3, 2)))
    for lengths in ([3, 1], (3, 1), np.array([3, 1], np.int32), Tensor([3, 1])):
        assert rnn.pack_padded_sequence(x, lengths).batch_sizes.tolist() == [2, 1, 1]


def test_other_dtypes() -> None:
    packed = rnn.pack_sequence([Tensor(np.ones((2, 3)))])
    assert packed.float().data.dtype == np.float32
    assert packed.float().double().data.dtype == np.float64
    assert isinstance(packed.float(), rnn.PackedSequence)


def test_missing_unsorted_indices_are_worked_out() -> None:
    packed = rnn.PackedSequence(Tensor([1.0, 2.0, 3.0]), Tensor([3]), Tensor([2, 0, 1]))
    assert packed.unsorted_indices.tolist() == [1, 2, 0]
    assert rnn.invert_permutation(None) is None


X = Tensor(np.ones((3, 2, 4)))

WRONG = [
    (lambda: rnn.pack_padded_sequence(X.data, [3, 1]), TypeError, r"pack_padded_sequence: input must be a Tensor"),
    (lambda: rnn.pack_padded_sequence(X[0, 0], [1]), ValueError, r"input must have shape \(T, N, \.\.\.\), got \(4,\)"),
    (lambda: rnn.pack_padded_sequence(X, [3]), ValueError, r"lengths must be 2 integers of at least 1, .*\[3\]"),
    (lambda: rnn.pack_padded_sequence(X, [3, 0]), ValueError, r"lengths must be 2 integers of at least 1"),
    (lambda: rnn.pack_padded_sequence(X, [3.0, 1.0]), ValueError, r"lengths must be 2 integers"),
    (lambda: rnn.pack_padded_sequence(X, [4, 1]), ValueError, r"lengths must be at most 3, .* got 4"),
    (
        lambda: rnn.pack_padded_sequence(X, [1, 3]),
        ValueError,
        r"decreasing order with enforce_sorted=True, got \[1, 3\]",
    ),
    (lambda: rnn.pad_packed_sequence(X), TypeError, r"expected a PackedSequence, got Tensor"),
    (
        lambda: rnn.pad_packed_sequence(rnn.pack_padded_sequence(X, [3, 1]), total_length=2),
        ValueError,
        r"total_length must be at least the longest length, 3, got 2",
    ),
    (lambda: rnn.pad_sequence([]), TypeError, r"sequences must be a non-empty list of Tensors, got list"),
    (lambda: rnn.pad_sequence([X, X.data]), TypeError, r"sequences\[1\] must be a Tensor, got ndarray"),
    (lambda: rnn.pad_sequence([X, X[0]]), ValueError, r"sequences\[0\] has \(3, 2, 4\), sequences\[1\] \(2, 4\)"),
    (lambda: rnn.pad_sequence([X], padding_side="top"), ValueError, r"padding_side must be 'left' or 'right'"),
    (lambda: rnn.unpad_sequence(X, [1, 2, 3]), ValueError, r"lengths must be 2 integers of at least 0"),
    (lambda: rnn.pack_sequence([X[:1], X]), ValueError, r"pass enforce_sorted=False"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_refusals(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

"""Shape operations: what is a view, versions of views, and wrong arguments."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

X = Tensor(np.arange(12.0).reshape(3, 4))
V = Tensor(np.arange(3.0))

VIEWS = {
    "flatten": lambda x: x.flatten(),
    "ravel": lambda x: x.ravel(),
    "unflatten": lambda x: x.unflatten(1, (2, 2)),
    "view": lambda x: x.view(2, 6),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "t": lambda x: x.t(),
    "movedim": lambda x: x.movedim(0, 1),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "select": lambda x: x.select(0, 1),
    "split": lambda x: x.split(2)[1],
    "chunk": lambda x: x.chunk(2, 1)[0],
    "unbind": lambda x: x.unbind(1)[3],
    "diagonal": lambda x: x.diagonal(1),
    "einsum_diagonal": lambda x: mytorch.einsum("ii->i", x[:, :3]),
    "einsum_transpose": lambda x: mytorch.einsum("ij->ji", x),
}
COPIES = {
    "flip": lambda x: x.flip(0),
    "roll": lambda x: x.roll(1, 0),
    "repeat": lambda x: x.repeat(1, 1),
    "repeat_interleave": lambda x: x.repeat_interleave(1, 0),
    "tril": lambda x: x.tril(),
    "diag": lambda x: x.diag(),
    "cat": lambda x: mytorch.cat([x]),
    "gather": lambda x: x.gather(0, [[0, 0]]),
    "index_select": lambda x: x.index_select(0, [0]),
    "masked_select": lambda x: x.masked_select(x > 3),
    "contiguous": lambda x: x.T.contiguous(),
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_views_share_memory_and_version(make) -> None:
    x = Tensor(np.arange(12.0).reshape(3, 4))
    view = make(x)
    assert np.shares_memory(view.data, x.data)
    weight = Tensor(np.ones(view.shape), requires_grad=True)
    y = (view * weight).sum()  # saves the view
    x[...] = 7.0
    assert (view.data == 7).all()
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()
    view[...] = 1.0  # and the other way round
    assert (make(x).data == 1).all()


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_copies_do_not_share_memory(make) -> None:
    x = Tensor(np.arange(12.0).reshape(3, 4))
    assert not np.shares_memory(make(x).data, x.data)


def test_diagonal_of_a_read_only_array_stays_read_only() -> None:
    array = np.eye(3)
    array.flags.writeable = False
    assert not Tensor(array).diagonal().data.flags.writeable


def test_contiguous_is_itself_when_it_can_be() -> None:
    assert X.contiguous() is X
    assert X.is_contiguous()
    assert not X.T.is_contiguous()


def test_several_results() -> None:
    assert [part.shape for part in mytorch.split(X, 2)] == [(2, 4), (1, 4)]
    assert [part.shape for part in X.split([1, 0, 2])] == [(1, 4), (0, 4), (2, 4)]
    assert [part.shape for part in mytorch.chunk(Tensor(np.ones(7)), 4)] == [(2,), (2,), (2,), (1,)]
    assert [part.shape for part in mytorch.chunk(Tensor(np.ones(6)), 4)] == [(2,), (2,), (2,)]
    assert [part.shape for part in mytorch.chunk(Tensor(np.ones(0)), 3)] == [(0,), (0,), (0,)]
    assert [part.shape for part in Tensor(np.ones((0, 2))).split(2)] == [(0, 2)]
    assert mytorch.unbind(Tensor(np.ones((0, 2)))) == ()
    x, y = mytorch.meshgrid(V, Tensor([5.0, 6.0]), indexing="xy")
    assert x.data.tolist() == [[0, 1, 2], [0, 1, 2]]
    assert y.data.tolist() == [[5, 5, 5], [6, 6, 6]]


def test_integers_and_truth_values_keep_their_dtype() -> None:
    for data in (np.arange(6, dtype=np.int32).reshape(2, 3), np.ones((2, 3), dtype=np.bool_)):
        x = Tensor(data)
        for y in (x.repeat(2, 1), x.flip(0), x.roll(1), x.tril(), x.diagonal(), x[0].diag(), mytorch.vstack([x, x])):
            assert y.dtype == data.dtype


def test_repeat_interleave_of_numbers_alone() -> None:
    assert mytorch.repeat_interleave(Tensor([1, 0, 2])).data.tolist() == [0, 2, 2]


WRONG = [
    (lambda: X.flatten(1, 0), ValueError, "flatten: start_dim must not come after end_dim"),
    (lambda: X.unflatten(1, (3, -1)), ValueError, r"unflatten: shape \(3, -1\) does not fit"),
    (lambda: X.unflatten(2, (1,)), IndexError, "unflatten: dim must be in"),
    (lambda: X.unflatten(1, ()), ValueError, "unflatten: needs an axis and its sizes"),
    (lambda: X.reshape(1, 3, 4).t(), ValueError, "t: input must have at most 2 axes"),
    (lambda: X.movedim((0, 1), (0,)), ValueError, "movedim: source"),
    (lambda: X.movedim((0, 0), (0, 1)), ValueError, "movedim: dim names an axis twice"),
    (lambda: X.movedim(0, 2), IndexError, "movedim: dim must be in"),
    (lambda: X.expand_as(V), ValueError, "expand: a tensor of shape"),
    (lambda: X.expand_as(3), TypeError, "expand_as: other must be a Tensor"),
    (lambda: mytorch.broadcast_tensors(X, V), ValueError, "broadcast_tensors: shapes do not broadcast"),
    (lambda: mytorch.meshgrid(X), ValueError, r"meshgrid: tensors\[0\] must be a vector or a number"),
    (lambda: mytorch.meshgrid(V, Tensor([1])), TypeError, "meshgrid: tensors must have one dtype"),
    (lambda: mytorch.meshgrid(V, indexing="yx"), ValueError, "meshgrid: indexing must be"),
    (lambda: mytorch.meshgrid(), ValueError, "meshgrid: needs at least one tensor"),
    (lambda: mytorch.hstack([X, X.T]), ValueError, "cat: tensors must agree"),
    (lambda: mytorch.vstack([X, V]), ValueError, "cat: tensors must agree"),
    (lambda: mytorch.vstack([]), TypeError, "vstack: tensors must be a non-empty"),
    (lambda: X.narrow(0, 2, 2), ValueError, "narrow: start 2 and length 2 leave dim 0 of size 3"),
    (lambda: X.narrow(0, 4, 0), IndexError, "narrow: start must be in"),
    (lambda: X.narrow(0, 0, -1), ValueError, "narrow: start 0 and length -1"),
    (lambda: X.select(0, 3), IndexError, "select: index must be in"),
    (lambda: X.split(0), ValueError, "split: the size of parts must be positive"),
    (lambda: X.split([1, 1]), ValueError, "split: sizes must add up to 3"),
    (lambda: X.split([4, -1]), ValueError, "split: sizes must add up to 3"),
    (lambda: X.chunk(0), ValueError, "chunk: chunks must be positive"),
    (lambda: Tensor(1.0).chunk(1), IndexError, "chunk: a 0-d tensor has no axis"),
    (lambda: Tensor(1.0).unbind(), IndexError, "unbind: a 0-d tensor has no axis"),
    (lambda: X.repeat(2), ValueError, "repeat: needs a number for each of the 2 axes"),
    (lambda: X.repeat(2, -1), ValueError, "repeat: numbers must not be negative"),
    (lambda: X.repeat_interleave(-1), ValueError, "repeat_interleave: repeats must not be negative"),
    (
        lambda: X.repeat_interleave([1, 2], 0),
        ValueError,
        "repeat_interleave: repeats has 2 numbers for an axis of size 3",
    ),
    (lambda: X.repeat_interleave(1.5), TypeError, "repeat_interleave: repeats must hold integers"),
    (lambda: X.repeat_interleave(2, 0, output_size=5), ValueError, "repeat_interleave: output_size is 5"),
    (lambda: X.flip(0, 0), ValueError, "flip: dim names an axis twice"),
    (lambda: X.flip(2), IndexError, "flip: dim must be in"),
    (lambda: X.roll((1, 2), 0), ValueError, "roll: there must be one shift for each"),
    (lambda: X.roll((1, 2)), ValueError, "roll: without dims there must be one shift"),
    (lambda: V.tril(), ValueError, "tril: input must have at least 2 axes"),
    (lambda: V.triu(), ValueError, "triu: input must have at least 2 axes"),
    (lambda: X.reshape(1, 3, 4).diag(), ValueError, "diag: input must be a vector or a matrix"),
    (lambda: X.diagonal(0, 1, 1), ValueError, "diagonal: dim1 and dim2 must be different axes"),
    (lambda: V.diagonal(), ValueError, "diagonal: input must have at least 2 axes"),
    (lambda: Tensor(1.0).diag_embed(), ValueError, "diag_embed: input must have an axis"),
    (lambda: V.trace(), ValueError, "trace: input must be a matrix"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

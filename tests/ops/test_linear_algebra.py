"""Linear algebra: einsum of anything, singular matrices, wrong arguments."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import mytorch
import mytorch.nn.functional as F
from mytorch import linalg
from mytorch.tensor import Tensor

settings.register_profile("mytorch", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("mytorch")

X = Tensor(np.arange(6.0).reshape(2, 3))
S = Tensor(np.eye(2))


@st.composite
def einsums(draw: Any) -> tuple[str, list[tuple[int, ...]]]:
    """(equation, shapes): any letters in any operand, several times too, and any of them in the output."""
    letters = string.ascii_letters[: draw(st.integers(1, 5))]
    sizes = {letter: draw(st.integers(0, 3)) for letter in letters}
    terms = draw(st.lists(st.text(letters, max_size=4), min_size=1, max_size=4))
    present = sorted(set("".join(terms)))
    output = "".join(draw(st.permutations(present))[: draw(st.integers(0, len(present)))])
    return f"{','.join(terms)}->{output}", [tuple(sizes[letter] for letter in term) for term in terms]


@given(einsums())
@settings(max_examples=300)
def test_einsum_is_numpys(drawn) -> None:
    equation, shapes = drawn
    rng = np.random.default_rng(4)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    expected = np.asarray(np.einsum(equation, *arrays))
    leaves = [Tensor(array, requires_grad=True) for array in arrays]
    found = mytorch.einsum(equation, *leaves)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.data, expected, rtol=1e-10, atol=1e-10)
    # The result is linear in each operand: <dL/d(operand), direction> is the einsum with the direction there.
    cotangent = rng.standard_normal(expected.shape)
    found.backward(Tensor(cotangent))
    for i, leaf in enumerate(leaves):
        direction = rng.standard_normal(leaf.shape)
        change = np.einsum(equation, *arrays[:i], direction, *arrays[i + 1 :])
        np.testing.assert_allclose((leaf.grad.data * direction).sum(), (cotangent * change).sum(), rtol=1e-9, atol=1e-9)


@given(st.data())
def test_einsum_with_ellipsis_is_pytorchs(data) -> None:
    torch = pytest.importorskip("torch")
    batch = data.draw(st.lists(st.integers(1, 3), max_size=2))
    shapes = []
    for inner in ((2, 3), (3, 2)):
        dropped = data.draw(st.integers(0, len(batch)))
        shapes.append((*[1 if data.draw(st.booleans()) else n for n in batch[dropped:]], *inner))
    equation = data.draw(
        st.sampled_from(
            ["...ij,...jk->...ik", "...ij,...jk", "...ij,...jk->ik", "...ij,...jk->k...", "...ij,...ji->..."]
        )
    )
    rng = np.random.default_rng(5)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    expected, found = torch.einsum(equation, *theirs), mytorch.einsum(equation, *ours)
    assert found.shape == tuple(expected.shape)
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    expected.square().sum().backward()
    (found * found).sum().backward()
    for mine, other in zip(ours, theirs):
        np.testing.assert_allclose(mine.grad.data, other.grad.numpy(), rtol=1e-9, atol=1e-9)


def test_einsum_of_many_operands_goes_by_small_steps() -> None:
    # At once this would be 60^6 products.
    matrices = [Tensor(np.random.default_rng(i).standard_normal((60, 60)) / 8) for i in range(5)]
    found = mytorch.einsum("ab,bc,cd,de,ef->af", *matrices)
    expected = np.linalg.multi_dot([matrix.data for matrix in matrices])
    np.testing.assert_allclose(found.data, expected, rtol=1e-9, atol=1e-9)


def test_einsum_of_mixed_dtypes() -> None:
    single, integer = Tensor(np.ones((2, 2), np.float32)), Tensor(np.ones((2, 2), np.int64))
    assert mytorch.einsum("ij,jk", single, integer).dtype == np.float32
    assert mytorch.einsum("ij,jk", integer, integer).dtype == np.int64


# -------------------------------------------------------------------- singular matrices


@pytest.mark.parametrize(
    "matrix",
    [[[1.0, 1.0], [1.0, 1.0]], np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]), np.zeros((3, 3)), [[0.0]]],
    ids=["rank_1", "rank_1_of_3", "zeros", "number"],
)
def test_gradient_of_det_is_the_cofactors_also_of_singular_matrices(matrix) -> None:
    x = Tensor(matrix, requires_grad=True)
    n = x.shape[0]
    linalg.det(x).backward()
    expected = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            minor = np.delete(np.delete(x.data, i, 0), j, 1)
            expected[i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    np.testing.assert_allclose(x.grad.data, expected, atol=1e-12)
    x.grad = None
    linalg.det(x).backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, expected, atol=1e-12)


def test_second_derivative_of_det_of_a_singular_matrix() -> None:
    x = Tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)  # det = ad - bc, d/da = d, d/dd da = 1
    linalg.det(x).backward(create_graph=True)
    first, x.grad = x.grad, None
    (first * np.array([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    np.testing.assert_allclose(x.grad.data, [[1000.0, -100.0], [-10.0, 1.0]])


def test_det_of_a_batch_with_singular_matrices() -> None:
    data = np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]])
    x = Tensor(data, requires_grad=True)
    linalg.det(x).sum().backward()
    np.testing.assert_allclose(x.grad.data, [[[4, -3], [-2, 1]], [[1, -1], [-1, 1]]], atol=1e-12)


def test_slogdet_of_singular_and_of_large_matrices() -> None:
    sign, logabsdet = linalg.slogdet(Tensor(np.ones((2, 2)), requires_grad=True))
    assert (sign.item(), logabsdet.item()) == (0.0, -np.inf)
    assert not sign.requires_grad
    x = Tensor(np.ones((2, 2)), requires_grad=True)
    linalg.slogdet(x).logabsdet.backward()
    assert x.grad.data.tolist() == [[np.inf, -np.inf], [-np.inf, np.inf]]
    sign, logabsdet = linalg.slogdet(Tensor(-1e3 * np.eye(301)))  # det overflows
    assert (sign.item(), logabsdet.item()) == (-1.0, pytest.approx(301 * np.log(1e3)))


def test_norms_have_finite_gradients_at_zero_and_for_equal_singular_values() -> None:
    for order in (None, "fro", "nuc", 2):
        for data in (np.zeros((2, 2)), np.eye(3), np.zeros((2, 3))):
            x = Tensor(data, requires_grad=True)
            linalg.norm(x, order).backward(create_graph=True)
            assert np.isfinite(x.grad.data).all()
    x = Tensor(np.eye(3), requires_grad=True)
    linalg.norm(x, "nuc").backward()
    np.testing.assert_allclose(x.grad.data, np.eye(3), atol=1e-12)


def test_matrix_power_1_and_0() -> None:
    x = Tensor(np.full((2, 2), np.inf), requires_grad=True)
    y = linalg.matrix_power(x, 0)
    assert y.data.tolist() == [[1, 0], [0, 1]]
    y.backward()
    assert x.grad.data.tolist() == [[0, 0], [0, 0]]
    assert linalg.matrix_power(Tensor([[1, 1], [0, 1]]), 3).data.tolist() == [[1, 3], [0, 1]]


def test_names_in_both_places() -> None:
    a = Tensor([[2.0, 1.0], [1.0, 3.0]])
    assert mytorch.det(a).item() == a.det().item() == linalg.det(a).item() == pytest.approx(5.0)
    np.testing.assert_allclose(a.inverse().data @ a.data, np.eye(2), atol=1e-15)
    assert mytorch.slogdet(a).logabsdet.item() == a.slogdet().logabsdet.item() == pytest.approx(np.log(5.0))


WRONG = [
    (lambda: mytorch.mm(X, X), ValueError, r"mm: shapes \(2, 3\) and \(2, 3\) do not fit"),
    (lambda: mytorch.mm(X, X[0]), ValueError, "mm: mat2 must be a matrix"),
    (lambda: mytorch.mm(X, X.data), TypeError, "mm: mat2 must be a Tensor"),
    (lambda: mytorch.bmm(X, X), ValueError, "bmm: input must be a batch of matrices"),
    (lambda: mytorch.bmm(X[None], X.T[None].repeat(2, 1, 1)), ValueError, "bmm: the batches must have one size"),
    (lambda: mytorch.mv(X, X[:, 0]), ValueError, "mv: shapes"),
    (lambda: mytorch.dot(X[0], X[:, 0]), ValueError, "dot: shapes"),
    (lambda: mytorch.dot(X, X), ValueError, "dot: input must be a vector"),
    (lambda: mytorch.outer(X, X[0]), ValueError, "outer: input must be a vector"),
    (lambda: mytorch.einsum(3, X), TypeError, "einsum: equation must be a str, got int"),
    (lambda: mytorch.einsum("ij", X.data), TypeError, "einsum: operand 0 must be a Tensor"),
    (lambda: mytorch.einsum("i1->i", X), ValueError, "einsum: a term must consist of letters"),
    (lambda: mytorch.einsum("...i...", X), ValueError, "einsum: a term must consist of letters"),
    (lambda: mytorch.einsum("ij,jk->ik", X), ValueError, "names 2 operands, got 1"),
    (lambda: mytorch.einsum("ijk->i", X), ValueError, "einsum: 'ijk' does not fit operand 0, which has 2 axes"),
    (lambda: mytorch.einsum("i->i", X), ValueError, "einsum: 'i' does not fit operand 0"),
    (lambda: mytorch.einsum("ij->ii", X), ValueError, "einsum: the output has 'i' twice"),
    (lambda: mytorch.einsum("ij->ik", X), ValueError, "einsum: the output has 'k', which no operand has"),
    (lambda: mytorch.einsum("ii->i", X), ValueError, "einsum: 'i' comes twice in operand 0, for axes of different"),
    (
        lambda: mytorch.einsum("ij,ij->i", X, X.T),
        ValueError,
        r"einsum: operand 1 of shape \(3, 2\) has size 3 where 'i'",
    ),
    (lambda: mytorch.einsum(X, [0, 52]), ValueError, "einsum: axis numbers must be in 0..51"),
    (lambda: mytorch.einsum(X, X), TypeError, "einsum: each operand needs a list"),
    (lambda: mytorch.tensordot(X, X.T), ValueError, "tensordot: axis 0 of a has size 2 and axis 0 of b has size 3"),
    (lambda: mytorch.tensordot(X, X, 1), ValueError, "tensordot: axis 1 of a has size 3 and axis 0 of b has size 2"),
    (lambda: mytorch.tensordot(X, X, 3), ValueError, r"tensordot: dims must be in 0\.\.2"),
    (lambda: mytorch.tensordot(X, X, ([0, 1], [0])), ValueError, "tensordot: dims must name as many axes"),
    (lambda: linalg.inv(X), ValueError, r"inv: A must be square matrices \(\.\.\., n, n\), got shape \(2, 3\)"),
    (lambda: linalg.inv(Tensor([[1]])), TypeError, "inv: A must be float32 or float64, got int64"),
    (lambda: linalg.inv(Tensor(np.zeros((2, 2)))), linalg.LinAlgError, "inv: the matrix is singular"),
    (
        lambda: linalg.inv(Tensor(np.stack([np.eye(2), np.ones((2, 2))]))),
        linalg.LinAlgError,
        r"inv: matrix \(1,\) of the batch is singular",
    ),
    (lambda: linalg.solve(Tensor(np.ones((2, 2))), S), RuntimeError, "solve: the matrix is singular"),
    (
        lambda: linalg.solve(S, X.T),
        ValueError,
        r"solve: A of shape \(2, 2\) and B of shape \(3, 2\) do not fit for A X = B",
    ),
    (lambda: linalg.solve(S, X, left=False), ValueError, "do not fit for X A = B"),
    (lambda: linalg.solve(S, X[:, 0], left=False), ValueError, "do not fit for X A = B"),
    (
        lambda: linalg.solve(S.repeat(2, 1, 1), S.repeat(3, 1, 1)),
        ValueError,
        "solve: the batches of A and B do not broadcast",
    ),
    (lambda: linalg.solve(S, 3), TypeError, "solve: B must be a Tensor"),
    (lambda: linalg.cholesky(-S), linalg.LinAlgError, "cholesky: the matrix is not positive definite"),
    (
        lambda: linalg.cholesky(mytorch.stack([S, -S])),
        np.linalg.LinAlgError,
        r"cholesky: matrix \(1,\) of the batch is not positive definite",
    ),
    (lambda: linalg.matrix_power(S, 0.5), TypeError, "matrix_power: n must be an int, got float"),
    (lambda: linalg.matrix_power(X, 2), ValueError, "matrix_power: A must be square"),
    (lambda: linalg.norm(X, "bad"), ValueError, "matrix_norm: ord must be"),
    (lambda: linalg.norm(X[0], "nuc"), ValueError, "linalg.norm: ord='nuc' needs a matrix"),
    (lambda: linalg.norm(X[None], 2), ValueError, "linalg.norm: with ord there must be one or two axes"),
    (lambda: linalg.matrix_norm(X, dim=(0,)), ValueError, "matrix_norm: dim must be two axes"),
    (lambda: linalg.matrix_norm(X, dim=(0, 0)), ValueError, "matrix_norm: dim names an axis twice"),
    (lambda: linalg.svd(X[0], full_matrices=False), ValueError, "svd: A must be float32 or float64 matrices"),
    (lambda: linalg.svd(Tensor(X.data, requires_grad=True)), NotImplementedError, "svd: pass full_matrices=False"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_norm_of_functional_is_the_vector_norm() -> None:
    assert F.norm is mytorch.norm
    assert F.norm(Tensor([[3.0, 4.0], [0.0, 12.0]])).item() == 13.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("function", ["svd", "svdvals", "pinv", "matrix_rank", "cond", "matrix_norm", "lstsq"])
def test_iterations_that_would_not_end_are_not_begun(function, bad):
    """LAPACK's singular values of a matrix with infinity were computed for ten minutes, and not found."""
    a = Tensor(np.eye(3))
    a[1, 0] = bad
    options = {"matrix_norm": (a, 2), "lstsq": (a, a)}
    with pytest.raises(mytorch.linalg.LinAlgError, match="must be finite"):
        getattr(mytorch.linalg, function)(*options.get(function, (a,)))

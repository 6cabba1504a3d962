"""ctc_loss against all alignments counted one by one, finite differences, and PyTorch."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from support.numeric import gradients, numerical_gradients, second_gradients

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

RNG = np.random.default_rng(21)
TIME, COUNT, CLASSES = 6, 4, 4
TARGETS = np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0], [0, 0, 0]])
TARGET_LENGTHS = np.array([3, 2, 1, 0])
INPUT_LENGTHS = np.array([6, 4, 5, 3])


def log_softmax(x: np.ndarray) -> np.ndarray:
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


LOG_PROBS = log_softmax(RNG.standard_normal((TIME, COUNT, CLASSES)))


def by_enumeration(log_probs: np.ndarray, target: list[int], blank: int) -> float:
    """-ln of the sum over all C^T outputs that read as `target`."""
    total = 0.0
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        read = [label for label, _ in itertools.groupby(path) if label != blank]
        if read == target:
            total += np.exp(log_probs[np.arange(len(path)), path].sum())
    return -np.log(total)


def test_value_is_the_sum_over_all_alignments() -> None:
    losses = F.ctc_loss(Tensor(LOG_PROBS), TARGETS, INPUT_LENGTHS, TARGET_LENGTHS, reduction="none")
    for n in range(COUNT):
        target = TARGETS[n, : TARGET_LENGTHS[n]].tolist()
        expected = by_enumeration(LOG_PROBS[: INPUT_LENGTHS[n], n], target, 0)
        np.testing.assert_allclose(losses.data[n], expected, rtol=1e-12)


def test_another_blank() -> None:
    loss = F.ctc_loss(Tensor(LOG_PROBS[:, 0]), [0, 0, 2], [6], [3], blank=1, reduction="sum")
    assert loss.shape == ()
    np.testing.assert_allclose(loss.data, by_enumeration(LOG_PROBS[:, 0], [0, 0, 2], 1), rtol=1e-12)


def test_gradients_are_finite_differences() -> None:
    cotangent, weights = RNG.standard_normal(COUNT), [RNG.standard_normal(LOG_PROBS.shape)]

    def losses(x: Tensor) -> Tensor:
        return F.ctc_loss(x, TARGETS, INPUT_LENGTHS, TARGET_LENGTHS, reduction="none")

    _, (found,) = gradients(losses, [LOG_PROBS], cotangent)
    (expected,) = numerical_gradients(lambda x: float((losses(Tensor(x)).data * cotangent).sum()), [LOG_PROBS])
    np.testing.assert_allclose(found.data, expected, rtol=1e-6, atol=1e-8)

    def weighted_gradient(x: np.ndarray) -> float:
        return float((gradients(losses, [x], cotangent)[1][0].data * weights[0]).sum())

    (found,) = second_gradients(losses, [LOG_PROBS], cotangent, weights)
    (expected,) = numerical_gradients(weighted_gradient, [LOG_PROBS])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("layout", ["padded", "in one axis", "too long"])
@pytest.mark.parametrize("zero_infinity", [False, True])
def test_pytorchs_values_and_gradients(reduction: str, layout: str, zero_infinity: bool) -> None:
    """Gradients of the logits: of the log-probabilities themselves PyTorch's are right only after
    log_softmax's backward."""
    torch = pytest.importorskip("torch")
    logits, in_lengths = RNG.standard_normal((TIME, COUNT, CLASSES)), INPUT_LENGTHS.copy()
    targets = TARGETS
    if layout == "in one axis":
        targets = np.concatenate([row[:n] for row, n in zip(TARGETS, TARGET_LENGTHS)])
    if layout == "too long":
        in_lengths[1] = 2  # 2 2 needs a blank between: no alignment
    lengths = in_lengths, TARGET_LENGTHS
    options = {"reduction": reduction, "zero_infinity": zero_infinity}
    theirs = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.ctc_loss(
        theirs.log_softmax(2), torch.tensor(targets), *map(torch.tensor, lengths), **options
    )
    ours = Tensor(logits, requires_grad=True)
    found = F.ctc_loss(F.log_softmax(ours, 2), targets, *lengths, **options)
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=1e-10)
    if np.isfinite(found.data).all():
        expected.sum().backward()
        found.backward()
        np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)
    else:
        assert layout == "too long"
        assert not zero_infinity


def test_float32_stays_float32() -> None:
    x = Tensor(LOG_PROBS.astype(np.float32), requires_grad=True)
    loss = F.ctc_loss(x, TARGETS, INPUT_LENGTHS, TARGET_LENGTHS)
    loss.backward()
    assert loss.dtype == x.grad.dtype == np.float32


P = Tensor(LOG_PROBS)
WRONG = [
    (
        lambda: F.ctc_loss(P[0, 0], [1], [1], [1]),
        ValueError,
        r"log_probs must have shape \(T, N, C\) or \(T, C\), got \(4,\)",
    ),
    (
        lambda: F.ctc_loss(P, TARGETS, INPUT_LENGTHS, TARGET_LENGTHS, blank=4),
        ValueError,
        r"blank must be in 0\.\.3, got 4",
    ),
    (
        lambda: F.ctc_loss(P, TARGETS, [7, 4, 5, 3], TARGET_LENGTHS),
        ValueError,
        r"input_lengths must be in 0\.\.6, got \[7",
    ),
    (
        lambda: F.ctc_loss(P, TARGETS, [6, 4], TARGET_LENGTHS),
        ValueError,
        r"input_lengths must have 4 elements, .*got 2",
    ),
    (lambda: F.ctc_loss(P, TARGETS, INPUT_LENGTHS, [4, 2, 1, 0]), ValueError, r"targets must have shape \(4, S\)"),
    (
        lambda: F.ctc_loss(P, TARGETS, INPUT_LENGTHS, [3, 3, 1, 0]),
        ValueError,
        r"targets must be class indices .* other than blank, 0; got 0",
    ),
    (
        lambda: F.ctc_loss(P, TARGETS + 2, INPUT_LENGTHS, TARGET_LENGTHS),
        ValueError,
        r"targets must be class indices in 0\.\.3.*got 4",
    ),
    (lambda: F.ctc_loss(P, [1, 2], INPUT_LENGTHS, TARGET_LENGTHS), ValueError, r"\(6,\), their sum; got shape \(2,\)"),
    (lambda: F.ctc_loss(P, TARGETS * 1.0, INPUT_LENGTHS, TARGET_LENGTHS), TypeError, r"targets must hold integers"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()

"""The metrics, on numbers that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import Tensor
from mytorch.training import accuracy, binary_accuracy, mean_absolute_error


def test_accuracy() -> None:
    scores = Tensor([[0.1, 0.9, 0.0], [0.5, 0.2, 0.3], [0.0, 0.1, 0.2], [0.3, 0.2, 0.1]])
    assert accuracy(scores, Tensor([1, 0, 2, 1])) == 0.75
    pixels = np.zeros((2, 3, 2, 2))  # (N, C, H, W)
    pixels[:, 1] = 1.0
    assert accuracy(Tensor(pixels), Tensor(np.array([[[1, 1], [1, 0]], [[1, 2], [1, 1]]]))) == 0.75


def test_binary_accuracy() -> None:
    targets = Tensor([1, 1, 0, 0, 1])
    assert binary_accuracy(Tensor([0.2, 3.0, -0.1, 0.3, 9.0]), targets) == 0.8
    assert binary_accuracy(Tensor([0.0, 0.0, 0.0, 0.0, 0.0]), targets) == 0.4, "0 is not above 0"
    assert binary_accuracy(Tensor([1.0, 1.0, -1.0, -1.0, 1.0]), targets.float()) == 1.0


def test_mean_absolute_error() -> None:
    assert mean_absolute_error(Tensor([[1.0], [-2.0], [4.0]]), Tensor([[2.0], [-2.0], [1.0]])) == pytest.approx(4 / 3)


@pytest.mark.parametrize("metric", [binary_accuracy, mean_absolute_error])
def test_shapes_that_would_be_broadcast_are_refused(metric) -> None:
    with pytest.raises(ValueError, match=rf"{metric.__name__}: output and target must have equal shapes, got \(4, 1\)"):
        metric(mytorch.zeros(4, 1), mytorch.zeros(4))


@pytest.mark.parametrize(("output", "target"), [((4,), (4,)), ((4, 3), (4, 1)), ((4, 3, 2), (4,)), ((4, 3), (5,))])
def test_accuracy_refuses_other_shapes(output, target) -> None:
    with pytest.raises(ValueError, match=r"accuracy: expected scores \(N, C, ...\) and class indices \(N, ...\)"):
        accuracy(mytorch.zeros(*output), mytorch.zeros(*target))

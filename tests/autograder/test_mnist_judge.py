"""What becomes of the record of a training that somebody has written himself: no sentence, and no exception."""

import numpy as np
import pytest

from autograder.hw1_autograder.mnist_judge import Trained, accuracy_of, mistakes

IMAGES, LABELS = np.zeros((500, 784)), np.zeros(500, int)
NARROW = {"end.0.weight": np.zeros((1, 784)), "end.0.bias": np.zeros(1)}
MANY = 7_000_000  # numbers, as many as a record can hold; times 500 images they are 28 GB


@pytest.mark.parametrize(
    ("layers", "arrays"),
    [
        ([["Linear", 784, MANY]], {"end.0.weight": np.zeros((MANY, 1)), "end.0.bias": np.zeros(MANY)}),
        ([["Linear", 784, 1]], {**NARROW, "end.0.bias": np.zeros(MANY)}),
        (
            [["Linear", 784, 1], ["BatchNorm1d", MANY]],
            {**NARROW, **{f"end.1.{n}": np.zeros(MANY) for n in ("gamma", "beta", "running_mean", "running_var")}},
        ),
        ([["Dropout"]], {}),
    ],
    ids=["outputs", "bias", "batch norm", "unknown"],
)
def test_weights_that_do_not_fit_have_no_accuracy(layers, arrays):
    assert accuracy_of(Trained({"layers": layers}, arrays, LABELS), "end", IMAGES, LABELS) is None


@pytest.mark.parametrize("layers", ["x", [[["Linear"]]], [[{}]], [["Linear", "784"]], [[1]], [[]]], ids=str)
def test_layers_of_the_wrong_types_are_none(layers):
    trained = Trained({"layers": layers, "backwards": 1}, {}, LABELS)
    assert trained.layers == []
    assert mistakes(trained)


def test_a_thousand_layers_are_not_all_looked_at():
    assert len(Trained({"layers": [["ReLU"]] * 1000}, {}, LABELS).layers) == 64

"""Comparison and diagnosis: what is right, what is said about what is wrong."""

import numpy as np
import pytest

from autograder.checks.check import Check, Expected, Problem, attribute, scalar, unchanged
from autograder.checks.compare import difference
from autograder.checks.diagnose import diagnose, known_mistake
from autograder.checks.reading import reading
from autograder.harness.values import Other, Raised
from autograder.subjects.numerics import numerical_gradients

M = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])
SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]])
V = np.array([3.0, 1.0])


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (Expected(M), M.copy()),
        (Expected(M), M + 1e-9),
        (Expected(M), M.astype(np.float32)),
        (Expected(2.0), np.array(2.0)),
        (Expected(2), 2.0),
        (Expected(np.array(2.0)), 2),
        (scalar(2.0), np.array([2.0])),
        (scalar(2.0), np.array([[2.0]])),
        (Expected(True), True),
        (Expected(True), np.array(True)),
        (Expected(None), None),
        (Expected("a"), "a"),
        (Expected((1, 2)), [1, 2]),
        (Expected([None, "x"]), [None, "x"]),
        (attribute("a", "b"), "b"),
    ],
)
def test_right(expected, actual):
    assert difference(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual", "text"),
    [
        (Expected(M), M + [[0, 0, 0.5], [0, 0, 0]], "one wrong element, [0, 2]: expected 3, got 3.5"),
        (Expected(M), M * 2, "worst of 6 wrong elements, [1, 1]: expected 4, got 8"),
        (Expected(V), np.array([3.0, np.nan]), "one wrong element, [1]: expected 1, got nan"),
        (Expected(V), np.array([np.inf, 1.0]), "one wrong element, [0]: expected 3, got inf"),
        (Expected(M), M.T, "expected shape (2, 3), got shape (3, 2)"),
        (Expected(M), M[None], "expected shape (2, 3), got shape (1, 2, 3)"),
        (Expected(2.0), np.array(3.0), "expected 2, got 3"),
        (Expected(2.0), np.array([2.0]), "expected shape (), got shape (1,)"),
        (scalar(2.0), np.array([2.5]), "expected 2, got 2.5"),
        (scalar(2.0), np.array([2.0, 2.0]), "expected shape (), got shape (2,)"),
        (Expected(M), None, "expected an array of shape (2, 3), got None"),
        (Expected(M), True, "expected an array of shape (2, 3), got True"),
        (Expected(M), M > 0, "expected an array of shape (2, 3), got an array of shape (2, 3)"),
        (Expected(True), 1, "expected True, got 1"),
        (Expected(1), True, "expected 1, got True"),
        (Expected(None), Other("Tensor", "<Tensor>"), "expected None, got a Tensor (<Tensor>)"),
        (Expected(None), 0, "expected None, got 0"),
        (Expected("a"), None, "expected 'a', got None"),
        (Expected([1, 2]), [1], "expected [1, 2], got [1]"),
        (Expected((1, 2)), [1, 3], "expected [1, 2], got [1, 3]"),
        (attribute("a", "b"), "c", "expected 'a' or 'b', got 'c'"),
        (Expected(M), Raised({"name": "ValueError", "message": "no"}), "ValueError: no"),
        (Expected(M), Raised({"name": "ValueError", "message": "no", "place": "x.py, line 3"}),
         "ValueError: no (x.py, line 3)"),
        (Expected(M), Raised({}), "an exception without a name"),
    ],
)  # fmt: skip
def test_wrong(expected, actual, text):
    assert difference(expected, actual) == text


@pytest.mark.parametrize(
    ("expected", "actual", "diagnosis"),
    [
        (Expected(M), -M, "wrong sign"),
        (Expected(2.0), np.array(-2.0), "wrong sign"),
        (Expected(M), M.T, "transposed"),
        (Expected(SQUARE), SQUARE.T, "transposed"),
        (Expected(M), 4 * M, "4 times the expected value"),
        (Expected(M), M / 2, "0.5 times the expected value"),
        (Expected(M), 0 * M, "all zeros"),
        (Expected(M), M * np.nan, "nan where a finite number is expected"),
        (Expected(V), np.array([np.inf, 1.0]), "infinity where a finite number is expected"),
        (Expected(V), np.array([[1.0, 0.5], [2.0, 0.5]]), "not reduced over the broadcast axis 0"),
        (Expected(V[:, None]), np.array([[1.0, 2.0], [0.25, 0.75]]), "not reduced over the broadcast axis 1"),
        (
            Expected(4.0),
            SQUARE - 1.75,
            "one number is expected, and this is an array of shape (2, 2), and their sum is right",
        ),
        (Expected(V), V[None], "wrong shape: the values are right, in shape (1, 2) instead of (2,)"),
        (Expected(V), np.zeros((2, 2)), "wrong shape: (2, 2) instead of (2,)"),
        (Expected(M), np.zeros((4, 2)), "wrong shape: (4, 2) instead of (2, 3)"),
        (Expected(M), M + 1, ""),
        (Expected(2.0), np.array(6.0), ""),  # every wrong number is some multiple
        (Expected(np.ones(3)), np.full(3, 5.0), ""),  # likewise
        (Expected(M, {"forgot one": M + 1, "other": M + 2}), M + 2, "other"),
        (Expected(M, {"one of two": (M + 1, M + 2)}), M + 2, "one of two"),
        (Expected(M, {"special": -M}), -M, "special"),  # before the general hypotheses
        (Expected(M, {"nan here": M * np.nan}), M * np.nan, "nan here"),
        (scalar(2.0, mistakes={"doubled": 4.0}), np.array([4.0]), "doubled"),
        (unchanged(M), -M, "input modified in place"),
        (attribute(True), False, "graph attribute wrong"),
        (attribute(None), Other("Node", ""), "graph attribute wrong"),
        (Expected(M), None, "x.grad is None: no gradient has arrived there"),
        (Expected(M), [1.0, 2.0], "x.grad is a list and must be a Tensor"),
        (Expected(M), M > 0, "x.grad holds truth values and must hold numbers"),
        (Expected(M), Other("Tensor", ""), "x.grad holds a Tensor and must hold an array of numbers"),
        (Expected(M), Raised({"name": "ValueError"}), ""),
        (attribute(True), Raised({"name": "ValueError"}), ""),
    ],
)
def test_diagnosis(expected, actual, diagnosis):
    assert difference(expected, actual) is not None
    assert (known_mistake(expected, actual) or diagnose(expected, actual, "x.grad.data")) == diagnosis


def test_float32_counts_with_its_own_precision():
    assert difference(Expected(M), (M * (1 + 1e-4)).astype(np.float32)) is None
    assert difference(Expected(M), M * (1 + 1e-4)) is not None
    assert difference(Expected(M), (M * (1 + 1e-2)).astype(np.float32)) is not None


class Holder:
    """Stands for a Tensor."""

    def __init__(self, data):
        self.data = data


@pytest.mark.parametrize("form", [Holder, np.asarray, lambda a: a], ids=["Tensor", "ndarray", "itself"])
def test_results_are_read_in_every_form(form):
    names = {"x": form(V), "h": Holder(0)}
    names["h"].grad = form(V)
    for expression in ("x.data", "h.grad.data", "np.reshape(x.data, -1)", "h.grad.data[[0, 1]]"):
        np.testing.assert_array_equal(eval(reading(expression), {"np": np, **names}), V)


def test_numbers_and_none_are_read():
    assert eval(reading("x.data"), {"x": 2.5}) == 2.5
    assert eval(reading("x.data"), {"x": np.float64(2.5)}) == 2.5
    assert eval(reading("x.grad.data"), {"x": type("T", (), {"grad": None})}) is None


def test_none_where_no_gradient_is_expected():
    assert diagnose(Expected(M), None, "layer.weight.data") == "layer.weight is None"


def test_checks_that_could_not_fail_are_refused():
    with pytest.raises(ValueError, match="could not fail"):
        Check("title", 1, "x = 1", {})
    for points, beyond in ((0, False), (1, True), (-1, True)):
        with pytest.raises(ValueError, match="could not fail"):
            Check("title", points, "x = 1", {"x": 1}, beyond=beyond)
    check = Check("title", 1, "x = 1", {"x": 1})
    with pytest.raises(ValueError, match=r"problem 9 is worth 2 points, its checks add up to 1"):
        Problem("9", "nine", 2, (check,))
    with pytest.raises(ValueError, match="two checks of one title"):
        Problem("9", "nine", 2, (check, check))


def test_numerical_gradients():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([[2.0], [4.0]])
    grad_a, grad_b = numerical_gradients(lambda a, b: a**2 * b, a, b)
    np.testing.assert_allclose(grad_a, 2 * a * 6, rtol=1e-8)
    np.testing.assert_allclose(grad_b, np.full((2, 1), 14.0), rtol=1e-8)

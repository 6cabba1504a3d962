"""From facts to sentences; what facts a hostile process may send."""

import numpy as np
import pytest

from autograder.explain.blame import blame
from autograder.explain.families import wrong_value
from autograder.explain.sentence import MAKERS

A, B = np.array([[1.5, -2.0], [3.0, 0.5]]), np.array([[2.0, 4.0], [-0.5, 1.5]])


def said(*facts, raised=False, about_gradient=True, arrived=True):
    found = blame(list(map(list, facts)), raised, about_gradient, arrived)
    return found and found.text


def test_the_earliest_cause_is_told():
    shape = ("gradient shape", "Add", 1, [4, 2], [2], [4, 2])
    assert said(("leaf shape", "AccumulateGrad", [4, 2], [2]), shape) == said(shape)
    assert "sum the gradient over axis 0" in said(shape)
    assert said(shape, ("backward none", "Mul")) == "Mul.backward returns None: its `return` is missing"


@pytest.mark.parametrize(
    ("got", "wanted", "upstream", "words"),
    [
        ([4, 2], [2], [4, 2], "sum the gradient over axis 0"),
        ([2, 3], [2, 1], [2, 3], "sum the gradient over axis 1"),
        ([5, 2, 3], [1, 3], [5, 2, 3], "sum the gradient over the axes 0, 1"),
        ([1, 2], [2], [4, 2], "keep the input's shape"),
        ([3, 2], [2, 3], [2, 3], "It is transposed"),
        ([2, 1], [2, 3], [2, 3], "one derivative for each element"),
        ([4], [2], [4, 2], "over axis 0 (unbroadcast, section 2.1), and over no other"),
    ],
)
def test_shapes(got, wanted, upstream, words):
    text = said(("gradient shape", "Add", 0, got, wanted, upstream)).replace(
        "over axis 0, and", "over axis 0 (unbroadcast, section 2.1), and"
    )
    assert words in text


def test_exchanged_shapes_are_one_mistake():
    facts = [
        ("gradient shape", "MatMul", 0, [3, 2], [4, 3], [4, 2]),
        ("gradient shape", "MatMul", 1, [4, 3], [3, 2], [4, 2]),
    ]
    assert "the gradients of its two inputs are exchanged" in said(*facts)


def test_facts_about_gradients_do_not_explain_values():
    fact = ("backward none", "Mul")
    assert said(fact) is not None
    assert said(fact, about_gradient=False) is None


def test_some_facts_need_an_exception_and_some_a_missing_gradient():
    assert said(("backward list", "Sub", 2)) is None
    assert "tuple" in said(("backward list", "Sub", 2), raised=True)
    assert said(("never reached", "Mul")) is None
    assert "never goes on" in said(("never reached", "Mul"), arrived=False)


@pytest.mark.parametrize(
    ("name", "output", "text"),
    [
        ("Sub", A - B, ""),
        ("Sub", B - A, "computes b - a instead of a - b"),
        ("Div", A // B, "computes a // b, the quotient rounded down instead of a / b"),
        ("Mul", A @ B, "computes a @ b instead of a * b"),
        ("Mul", A * B + 17, "does not compute a * b"),
        ("Mul", np.round(A * B), "rounds a * b to whole numbers"),
        ("Unknown", A + 1, ""),
    ],
)
def test_values(name, output, text):
    assert wrong_value(name, [A, B], output) == text


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.parametrize(
    "details",
    [
        [],
        [None] * 3,
        ["x"],
        ["x", -1],
        [1, 2, 3, 4, 5],
        ["x", [], [], [], []],
        [[]] * 8,
        [np.zeros(3)] * 6,
        ["x", 10**9, "y"],
    ],
    ids=range(9),
)
def test_forged_facts_break_nothing(kind, details):
    found = blame([[kind, *details]], True, True, False)
    assert found is None or isinstance(found.text, str)


def test_facts_that_are_none():
    assert blame([None, 3, [], [[]], "text", ["no such kind"]], True, True) is None


@pytest.mark.parametrize(
    "facts",
    [
        [["gradient plain", ["Mul"], 0], ["forward raises", "Mul", "memoryview"]],
        [["gradient plain", {}, 0], ["forward raises", "Mul", "memoryview"]],
        [["gradient shape", A, 0, [1], [2], [3]], ["gradient shape", A, 0, [1], [2], [3]]],
        [["backward none", ["Mul"]]],
    ],
    ids=["a list", "a dictionary", "arrays", "no name"],
)
def test_facts_of_the_wrong_types_end_no_grading(facts):
    assert blame(facts, True, True) is None
    assert blame([*facts, ["backward none", "Mul"]], True, True).operation == "Mul"

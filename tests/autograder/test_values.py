"""Values on their way from the student's process, and garbage in their place."""

import base64
import json

import numpy as np
import pytest

from autograder.harness import values
from autograder.harness.values import BadAnswerError, Other, Raised, decode, encode


def there_and_back(value):
    return decode(json.loads(json.dumps(encode(value))))


@pytest.mark.parametrize("value", [None, True, False, 0, -7, 2.5, "text", [], [1, [None, "a"]], float("inf")])
def test_plain_values_come_back(value):
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, -2.0], [np.nan, np.inf]]),
        np.array(3.0),
        np.zeros((0, 4)),
        np.arange(6, dtype=np.float32).reshape(2, 3).T,
        np.array([True, False]),
        np.arange(4, dtype=">i4"),
        np.arange(3, dtype=np.uint8),
        np.float32(2.5),
        np.int64(2**62),
        np.ones(2, np.float16),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_arrays_come_back_with_dtype_and_shape(array):
    back = there_and_back(array)
    np.testing.assert_array_equal(back, array)
    assert back.shape == array.shape
    assert back.dtype.name == array.dtype.name


def test_tuples_come_back_as_lists():
    assert there_and_back((1, (2, 3))) == [1, [2, 3]]


def test_other_objects_come_back_as_type_and_text():
    assert there_and_back({"a": 1}) == Other("dict", "{'a': 1}")
    assert there_and_back(np.array(["a"])).type == "ndarray"
    assert there_and_back(np.array([None])).type == "ndarray"
    assert there_and_back(10**30) == Other("int", str(10**30))
    assert there_and_back(np.zeros(200_000)).type == "ndarray"
    assert len(there_and_back("x" * 10**6)) < 1000


def test_exceptions():
    assert decode({"error": {"name": "ValueError"}}) == Raised({"name": "ValueError"})


def raw(count):
    return base64.b64encode(bytes(count)).decode()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"dtype": "object", "shape": [1], "data": raw(8)},
        {"dtype": "float64", "shape": [2], "data": raw(8)},
        {"dtype": "float64", "shape": [-1], "data": raw(8)},
        {"dtype": "float64", "shape": [True], "data": raw(8)},
        {"dtype": "float64", "shape": "1", "data": raw(8)},
        {"dtype": "float64", "shape": [10**12], "data": raw(8)},
        {"dtype": "float64", "shape": [1] * 40, "data": raw(8)},
        {"dtype": "float64", "shape": [10**30, 0], "data": ""},
        {"dtype": "float64", "shape": [0, 10**6], "data": ""},
        {"dtype": "float64", "shape": [10**5, 10**5, 0], "data": ""},
        {"dtype": "float64", "shape": [10**5] * 31 + [0], "data": ""},
        {"dtype": "float64", "shape": [0, -1], "data": ""},
        {"dtype": "float64", "shape": [0.0], "data": ""},
        {"dtype": "float64", "shape": [1], "data": "a"},
        {"dtype": "float64", "shape": [1], "data": "\ud800"},
        {"dtype": "float64", "shape": [1], "data": 8},
        {"dtype": ["float64"], "shape": [1], "data": raw(8)},
        {"dtype": "float64", "shape": [1]},
        {"error": "text"},
        {"type": 1, "text": 2},
        {"list": "abc"},
        {"list": [{}]},
    ],
    ids=str,
)
def test_garbage_is_refused(answer):
    with pytest.raises(BadAnswerError):
        decode(answer)


def test_an_array_of_no_elements_and_of_endless_rows_comes_back_as_text():
    assert there_and_back(np.zeros((0, 10**6))).type == "ndarray"


def test_whatever_goes_wrong_in_decoding_is_a_bad_answer(monkeypatch):
    monkeypatch.setattr(values, "_decode_array", lambda answer: 1 / 0)
    with pytest.raises(BadAnswerError, match="ZeroDivisionError: division by zero"):
        decode({"list": [{}]})

"""When two contenders are said to compute the same."""

from __future__ import annotations

import numpy as np

from benchmarks.agreement import complaints

GRADIENTS = {"w": np.array([1.0, -2.0, 0.5]), "b": np.array([0.1])}


def compared(dtype="float64", losses=(2.0, 1.5), **changed):
    gradients = {name: array.astype(dtype) for name, array in {**GRADIENTS, **changed}.items()}
    trusted = {name: array.astype(dtype) for name, array in GRADIENTS.items()}
    return complaints(dtype, losses, gradients, (2.0, 1.5), trusted)


def test_the_same_is_the_same() -> None:
    assert compared() == []


def test_rounding_is_no_difference() -> None:
    assert compared(losses=(2.0 + 1e-13, 1.5), w=GRADIENTS["w"] * (1 + 1e-12)) == []
    assert compared("float32", losses=(2.0 + 1e-6, 1.5), w=GRADIENTS["w"] * (1 + 1e-4)) == []


def test_what_rounding_explains_in_float32_is_a_difference_in_float64() -> None:
    assert len(compared(losses=(2.0 + 1e-6, 1.5), w=GRADIENTS["w"] * (1 + 1e-4))) == 2


def test_a_wrong_loss_of_a_later_step() -> None:
    assert compared(losses=(2.0, 1.6)) == ["loss of step 2 is 1.6, expected 1.5"]


def test_one_wrong_element() -> None:
    (complaint,) = compared("float32", w=np.array([1.0, -2.0, 0.52]))
    assert complaint == "gradient of w is off by 0.01 of its largest element, allowed 0.005"


def test_a_small_gradient_is_measured_by_its_own_size() -> None:
    assert len(compared("float32", b=np.array([0.102]))) == 1


def test_rounding_noise_where_the_gradient_is_zero() -> None:
    trusted = {"w": np.array([1.0]), "bias before batch norm": np.array([1e-16])}
    other = {"w": np.array([1.0]), "bias before batch norm": np.array([-3e-17])}
    assert complaints("float64", [1.0], other, [1.0], trusted) == []


def test_not_a_number_never_agrees() -> None:
    assert compared(losses=(np.nan, 1.5)) == ["loss of step 1 is nan, expected 2"]
    assert "gradient of b is off by nan" in compared(b=np.array([np.nan]))[0]


def test_another_dtype_or_shape_is_another_computation() -> None:
    trusted = {"w": np.ones(3, np.float32)}
    (complaint,) = complaints("float32", [1.0], {"w": np.ones(3)}, [1.0], trusted)
    assert complaint == "gradient of w is float64 of shape (3,), expected float32 of shape (3,)"
    (complaint,) = complaints("float32", [1.0], {"w": np.ones((3, 1), np.float32)}, [1.0], trusted)
    assert "of shape (3, 1), expected float32 of shape (3,)" in complaint


def test_a_missing_gradient() -> None:
    trusted = {"w": np.ones(1), "b": np.ones(1)}
    assert complaints("float64", [1.0], {"w": np.ones(1)}, [1.0], trusted) == [
        "gradients of ['w'], expected of ['b', 'w']"
    ]

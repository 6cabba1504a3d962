"""What a function's value tells about the mistake in it, whichever homework asks for the function.

Each of these returns {diagnosis: the value that the mistake leads to}, for `Expected.mistakes`. Where two mistakes lead
to one value, the more frequent one comes first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NOTHING", "relu_gradients", "relu_values", "softmax", "softmax_values"]

NOTHING: dict[str, Any] = {"nothing comes back: is the return missing?": None}


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def relu_values(z: np.ndarray) -> dict[str, Any]:
    """Mistakes of max(z, 0)."""
    return {
        **NOTHING,
        "nothing is cut off: where z < 0 the result must be 0": z,
        "this is |z|: where z < 0 the result must be 0": np.abs(z),
        "this is min(z, 0): the negative numbers are kept instead of the positive ones": np.minimum(z, 0),
        "this is max(-z, 0): the sign of z is wrong": np.maximum(-z, 0),
        "this is the derivative: where z > 0 the result must be z, not 1": ((z > 0).astype(float), z > 0),
        "this is the largest z of all: np.maximum works entry by entry, np.max does not": (
            np.maximum(z.max(), 0),
            np.full(z.shape, np.maximum(z.max(), 0)),
        ),
        "a leaky ReLU: where z < 0 the result must be 0": tuple(np.where(z > 0, z, a * z) for a in (0.01, 0.1, 0.2)),
        "capped: numbers above the cap must stay as they are": tuple(np.clip(z, 0, cap) for cap in (1, 6)),
        "this is the sigmoid": 1 / (1 + np.exp(-z)),
        "this is tanh": np.tanh(z),
        "this is softplus, log(1 + e^z): smooth, and ReLU is not": np.logaddexp(0, z),
        "only the positive numbers are left: the shape must stay": z[z > 0],
        "the sum of the results: there must be one for each z": np.maximum(z, 0).sum(),
    }


def relu_gradients(z: np.ndarray, grad: np.ndarray) -> dict[str, Any]:
    """Mistakes of grad * (z > 0). grad of ones where the derivative itself is asked for."""
    upstream = not (grad == 1).all()
    found = {
        **NOTHING,
        "the same everywhere: where z < 0 the derivative must be 0": grad * np.ones(z.shape),
        "this is ReLU itself, not its derivative, which is 1 where z > 0": np.maximum(z, 0),
        "multiplied by z: the derivative of z is 1, not z": (grad * np.maximum(z, 0), grad * z),
        "-1 where z < 0: there the derivative must be 0": grad * np.sign(z),
        "exchanged: the derivative is 1 where z > 0, and 0 where z < 0": grad * (z < 0),
        "a leaky ReLU's: where z < 0 the derivative must be 0": tuple(
            np.where(z > 0, grad, a * grad) for a in (0.01, 0.1, 0.2)
        ),
        "truth values: make numbers of them, with astype(float)": z > 0,
        "the sigmoid's derivative": grad * np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2,
        "added up: each entry has a derivative of its own": (grad * (z > 0)).sum(axis=0),
        "the mean: each entry has a derivative of its own": (grad * (z > 0)).mean(axis=0),
        "divided by the number of rows, which only the loss does": grad * (z > 0) / len(z),
    }
    if upstream:
        found["grad is ignored: multiply the derivative by it"] = (1.0 * (z > 0), z > 0)
        found["where grad is negative it is cut off: it is z that decides"] = np.maximum(grad, 0)
        found["the sign of grad decides: it is that of z"] = grad * (grad > 0)
    return found


def softmax_values(z: np.ndarray) -> dict[str, Any]:
    """Mistakes of softmax along the last axis."""
    powers = np.exp(z)
    s = softmax(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        return {
            **NOTHING,
            "not divided by the sum: the results must add up to 1": (powers, np.exp(shifted)),
            "divided by the sum of z, not of e^z": powers / z.sum(axis=-1, keepdims=True),
            "e^z is missing: this is z / sum(z)": z / z.sum(axis=-1, keepdims=True),
            "the sigmoid of each z: divide by the sum of all e^z": 1 / (1 + np.exp(-z)),
            "the sign of z is wrong: e^z, not e^-z": softmax(-z),
            "the logarithm of softmax": np.log(s),
            "divided by the mean: divide by the sum": powers / powers.mean(axis=-1, keepdims=True),
            "divided by the largest: divide by the sum": np.exp(shifted),
            "divided by the Euclidean norm: divide by the sum": powers / np.linalg.norm(powers, axis=-1, keepdims=True),
            "another base than e": tuple(softmax(z * np.log(base)) for base in (2, 10)),
            "the largest z is subtracted above the line only, not in the sum": np.exp(shifted)
            / powers.sum(axis=-1, keepdims=True),
            "the largest z is subtracted in the sum only, not above the line": powers
            / np.exp(shifted).sum(axis=-1, keepdims=True),
            "1 where z is largest: this is argmax": (
                (z == z.max(axis=-1, keepdims=True)).astype(float),
                z.argmax(axis=-1),
            ),
            "divided by the number of classes: divide by the sum of all e^z": powers / z.shape[-1],
            "1 is added to the sum": powers / (1 + powers.sum(axis=-1, keepdims=True)),
            "softmax of softmax": softmax(s),
            **(
                {
                    "the sum runs over the batch: it must run over the classes, axis 1": softmax(z.T).T,
                    "the sum runs over all entries: each row must add up to 1": powers / powers.sum(),
                }
                if z.ndim == 2
                else {}
            ),
        }

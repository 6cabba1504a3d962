"""Problem 3.1: two digits in one image."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw

__all__ = ["sample_problem"]


# What torch's Tensors and mytorch's have in common, as far as it may be needed.
TENSOR = """
class SomeTensor:
    __array_ufunc__ = None  # NumPy's functions do not take it
    dtype = object()  # NumPy does not know it
    def __init__(self, values):
        self.data = np.array(values)
        self.shape = self.data.shape
    def numpy(self):
        return self.data
    def detach(self):
        return self
    cpu = clone = detach
    def tolist(self):
        return self.data.tolist()
    def __array__(self, dtype=None, copy=None):
        return self.data
    def __getitem__(self, places):
        return SomeTensor(self.data[places])
    def __setitem__(self, places, values):
        self.data[places] = values
    def maximum(self, other):
        return SomeTensor(np.maximum(self.data, np.asarray(other)))
    def new_tensor(self, values, **options):
        return SomeTensor(values)
    def new_zeros(self, *shape, **options):
        return SomeTensor(np.zeros(shape if len(shape) > 1 else shape[0]))

"""


def placed(x1: np.ndarray, x2: np.ndarray, rule: str = "max") -> np.ndarray:
    """rule: what is where both are: "max", "min", "sum", "mean", "first" or "second"."""
    both = np.zeros((2, 36, 36))
    both[0, :28, :28], both[1, 8:, 8:] = x1, x2
    overlap = np.zeros((36, 36), bool)
    overlap[8:28, 8:28] = True
    chosen = {
        "max": both.max(0),
        "min": both.min(0),
        "sum": both.sum(0),
        "mean": both.mean(0),
        "first": both[0],
        "second": both[1],
    }
    return np.where(overlap, chosen[rule], both.sum(0))


def _everywhere(x1: np.ndarray, x2: np.ndarray) -> tuple[np.ndarray, ...]:
    """The larger of an image and of the empty one around it: of both images, or of one of them."""
    right = placed(x1, x2)
    of_first, of_second = right.copy(), right.copy()
    first, second = np.zeros((2, 36, 36), bool)
    first[:28, :28] = second[8:, 8:] = True
    of_first[first & ~second] = np.maximum(right, 0)[first & ~second]
    of_second[second & ~first] = np.maximum(right, 0)[second & ~first]
    both = np.where(first & second, right, np.maximum(right, 0))
    return both, of_first, of_second


def _moved(x1: np.ndarray, x2: np.ndarray) -> tuple[np.ndarray, ...]:
    """x2 a few pixels off; the overlap is moved too, or is not."""
    found, of_both = [], placed(x1, x2)
    for start in (4, 5, 6, 7):
        image = np.zeros((36, 36))
        image[:28, :28], image[start : start + 28, start : start + 28] = x1, x2
        left = image.copy()
        left[8:28, 8:28] = of_both[8:28, 8:28]
        image[start:28, start:28] = np.maximum(x1[start:, start:], x2[: 28 - start, : 28 - start])
        found += [left, image]
    return tuple(found)


def _whole(image: np.ndarray) -> tuple[np.ndarray, ...]:
    """The image in dtypes without fractions."""
    with np.errstate(invalid="ignore"):  # a negative number as uint8
        return tuple(image.astype(dtype) for dtype in (np.int64, np.uint8))


def _apart(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """The images one after the other, without an overlap."""
    image = np.zeros((56, 56))
    image[:28, :28], image[28:, 28:] = x1, x2
    return image


def sample_problem(draw: Draw) -> Problem:
    seed = draw.integer(0, 10**6)
    x1, x2 = np.random.default_rng(seed).standard_normal((2, 28, 28))
    right = placed(x1, x2)
    mistakes = {
        "where they overlap the second image covers the first: take the larger": placed(x1, x2, "second"),
        "where they overlap the first image covers the second: take the larger": placed(x1, x2, "first"),
        "where they overlap the smaller one is taken: take the larger": placed(x1, x2, "min"),
        "the second image must begin at row 8 and column 8: 36 - 28": _moved(x1, x2),
        "36 x 36: the images overlap by 20 pixels": _apart(x1, x2),
        "whole numbers: the image must have the dtype of x1": _whole(right),
        "what is negative, or larger than 1, is cut off: the pixels must stay": (
            np.clip(right, 0, 1),
            np.clip(right, 0, None),
            np.clip(right, -1, 1),
        ),
        "where they overlap the images are added: take the larger": placed(x1, x2, "sum"),
        "where they overlap the images are averaged: take the larger": placed(x1, x2, "mean"),
        "the images are exchanged: the first one belongs to the top left": placed(x2, x1),
        "the larger is taken outside of the overlap too, where the other is only empty": _everywhere(x1, x2),
        "they are placed at the top right and the bottom left": (placed(x1[:, ::-1], x2[:, ::-1])[:, ::-1],),
    }
    made = f"import logistic\nx1, x2 = np.random.default_rng({seed}).standard_normal((2, 28, 28))"
    checks = (
        Check(
            "two digits in one image",
            8,
            f"{made}\nimage = logistic.make_new_sample(x1, x2)",
            {"image": Expected(right, mistakes), "x1": unchanged(x1), "x2": unchanged(x2)},
            failures={
                "ValueError": "a part does not fit into its place: x1 is image[:28, :28], x2 is image[8:36, 8:36]"
            },
        ),
        Check(
            "two Tensors",
            2,
            f"{TENSOR}{made}\nimage = logistic.make_new_sample(SomeTensor(x1), SomeTensor(x2))",
            {
                "type(image).__name__": attribute(
                    "SomeTensor", means="of two Tensors a Tensor must come back: x1.new_tensor(image)"
                ),
                "image.numpy()": Expected(right, mistakes),
            },
            failures=dict.fromkeys(("TypeError", "AttributeError"), "of Tensors take the arrays first: x1.numpy()"),
        ),
    )
    return Problem("3.1", "make_new_sample", 10, checks, "section 3, 1")

#!/usr/bin/env python3
"""Trace, matrix product and batched product by einsum and by plain NumPy (handout 001, section 6.1).

Each exercise is done three times: with NumPy's usual functions, with np.einsum and with
mytorch.einsum. The norm of the difference must be 0, but for rounding. Then the gradients that
MyTorch finds for its einsum are compared with the formulas that one derives by hand. The plot shows
what rounding does as matrices grow. No data are needed: --data is not looked at, and --quick
changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.common import Example
from mytorch import Tensor
from mytorch.random import default_generator

ROUNDING = 1e-13  # the numbers are of order 1, and float64 keeps 16 digits
EPSILON = float(np.finfo(np.float64).eps)  # 2.2e-16, the step from 1 to the next float64
SIZES = (5, 10, 20, 40, 80, 160)


class Exercise(NamedTuple):
    """One task: its subscripts, its operands' shapes, and the same without einsum.

    gradients: the operands' gradients, given the gradient G of the result and the operands.
    """

    name: str
    subscripts: str
    shapes: list[tuple[int, ...]]
    plain: Callable[..., np.ndarray]
    gradients: Callable[..., tuple[np.ndarray, ...]]


# `swapaxes(-1, -2)` transposes every matrix of a batch, where .T would turn the whole array over.
EXERCISES = [
    Exercise(
        "trace",
        "ii->",
        [(5, 5)],
        lambda A: np.trace(A),
        lambda G, A: (G * np.eye(5),),  # tr A = sum of A_ii, so only the diagonal counts
    ),
    Exercise(
        "matrix product",
        "ij,jk->ik",
        [(5, 5), (5, 5)],
        lambda A, B: A @ B,
        lambda G, A, B: (G @ B.T, A.T @ G),
    ),
    Exercise(
        "batched product",
        "bij,bjk->bik",
        [(3, 4, 5), (3, 5, 6)],
        lambda A, B: A @ B,
        lambda G, A, B: (G @ B.swapaxes(-1, -2), A.swapaxes(-1, -2) @ G),
    ),
]


def norms(exercise: Exercise) -> dict[str, float]:
    """The norms of the differences between plain NumPy, the two einsums, and the gradients."""
    draw = default_generator().standard_normal
    arrays = [draw(shape) for shape in exercise.shapes]
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    expected = exercise.plain(*arrays)
    result = mytorch.einsum(exercise.subscripts, *tensors)
    G = draw(expected.shape)  # as if the loss were the sum of G * result
    result.backward(Tensor(G))
    found = {
        "np.einsum": norm(np.einsum(exercise.subscripts, *arrays) - expected),
        "mytorch.einsum": norm(result.data - expected),
    }
    for letter, tensor, gradient in zip("AB", tensors, exercise.gradients(G, *arrays)):
        found[f"gradient of {letter}"] = norm(tensor.grad.data - gradient)
    return found


def norm(difference: np.ndarray) -> float:
    """The root of the sum of squares, of an array of any shape."""
    return float(np.linalg.norm(np.ravel(difference)))


def figure() -> Figure:
    """The norm of the difference between einsum and A @ B, relative to A @ B's, for growing matrices."""
    relative: dict[str, list[float]] = {"np.einsum": [], "mytorch.einsum": []}
    for n in SIZES:
        A, B = default_generator().standard_normal((2, n, n))
        product = A @ B
        results = {
            "np.einsum": np.einsum("ij,jk->ik", A, B),
            "mytorch.einsum": mytorch.einsum("ij,jk->ik", Tensor(A), Tensor(B)).data,
        }
        for name, result in results.items():
            relative[name].append(norm(result - product) / norm(product) / EPSILON)
    chart = Figure(figsize=(7, 4), dpi=80, layout="constrained")
    axes = chart.add_subplot()
    for (name, values), style in zip(relative.items(), ("o-", "s--")):
        axes.plot(SIZES, values, style, label=name)
    axes.set_title("ij,jk->ik against A @ B, for random n x n matrices")
    axes.set_xlabel("n")
    axes.set_ylabel("norm of the difference / norm of A @ B,\nin units of float64's 2.2e-16")
    axes.set_xscale("log", base=2)
    axes.set_xticks(SIZES, [str(n) for n in SIZES])
    axes.minorticks_off()
    axes.legend(frameon=False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    return chart


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        for exercise in EXERCISES:
            print(f"{exercise.name}, {exercise.subscripts}, norm of the difference of")
            for what, value in norms(exercise).items():
                example.report(f"  {what}", value, ROUNDING, at_least=False, percent=False, exact=True)
        example.save(figure())


if __name__ == "__main__":
    main()

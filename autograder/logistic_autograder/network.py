"""The network of the problems: its values, and the lines that make its inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.subjects import loops

__all__ = ["Network", "sigmoid"]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -z))


@dataclass(frozen=True)
class Network:
    """X: (B, D), y: (B,), w_1: (D, K), w_2: (K, 1); D = 5 and K = 6, as in the handout."""

    X: np.ndarray
    y: np.ndarray
    w_1: np.ndarray
    w_2: np.ndarray

    @classmethod
    def drawn(cls, draw: Draw, samples: int) -> Network:
        small = {"step": 0.05, "low": 0.1}
        y = draw.labels(samples, 2).astype(float)
        return cls(draw.array(samples, 5, **small), y, draw.array(5, 6, **small), draw.array(6, 1, **small))

    @property
    def z_1(self) -> np.ndarray:
        return self.X @ self.w_1

    @property
    def z_2(self) -> np.ndarray:
        return (sigmoid(self.z_1) @ self.w_2)[:, 0]

    def lines(self) -> str:
        weights = f'W = {{"w_1": {array(self.w_1)}, "w_2": {array(self.w_2)}}}'
        return f"import logistic\nX = {array(self.X)}\ny = {array(self.y)}\n{weights}"

    def no_loop(self, points: float, run: str) -> Check:
        """A check that 60 samples take no more lines of logistic.py than 4. run: a line that uses X, y and W."""
        made = 'X, y = np.ones((n, 5)), np.arange(n) % 2\n    W = {"w_1": np.ones((5, 6)), "w_2": np.ones((6, 1))}'
        title, instead = "no loop over the samples", "matrix products"
        return loops.no_loop(points, "logistic", "import logistic", made, run, title=title, instead=instead)

"""Builds a graph from random operations, goes backward, and prints all gradients as JSON: random_graph.py SEED...

Run with one mytorch on PYTHONPATH or another; it uses what the handout's has too.
"""

import json
import sys

import numpy as np

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

SHAPES = [(3, 4), (3, 4), (4,), (1, 4), (3, 1), ()]


def matrix(x):
    """A (3, 4) that depends on x, for operations that do not broadcast."""
    return x + Tensor(np.zeros((3, 4)))


OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 1),
    lambda a, b: a * 0.5 + 2,
    lambda a, b: (matrix(a) @ matrix(b).T) @ matrix(a) / 20,
    lambda a, b: matrix(a).reshape(2, 6).T.reshape(3, 4),
    lambda a, b: matrix(a).sum(axis=0),
    lambda a, b: matrix(a).sum(axis=1, keepdims=True),
    lambda a, b: (a * a + 1).log(),
    lambda a, b: (a / (a * a + 1)).exp(),
    lambda a, b: (a * a + 1).sqrt(),
    lambda a, b: F.ReLU.apply(a - b),
    lambda a, b: F.cross_entropy(matrix(a), Tensor(np.array([0, 3, 2]))),
]


def gradients(seed):
    rng = np.random.default_rng(seed)
    leaves = [Tensor(rng.normal(size=shape), requires_grad=i % 4 != 3) for i, shape in enumerate(SHAPES)]
    made = list(leaves)
    for _ in range(15):
        a, b = (made[i] for i in rng.integers(len(made), size=2))
        result = OPERATIONS[rng.integers(len(OPERATIONS))](a, b)
        made.append(result / (result * result + 1))  # keeps the numbers small, and uses the result twice
    loss = Tensor(0.0)
    for result in made:
        loss = loss + result.sum()
    loss.backward()
    return [None if leaf.grad is None else leaf.grad.data.tolist() for leaf in leaves] + [loss.data.tolist()]


if __name__ == "__main__":
    print(json.dumps([gradients(int(seed)) for seed in sys.argv[1:]]))

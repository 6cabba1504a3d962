"""What is measured: each workload is described once, and every contender builds it from here."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "TARGETS_WITH_ONEDNN",
    "WORKLOADS",
    "BatchNorm",
    "Chain",
    "Conv",
    "Flatten",
    "Linear",
    "MaxPool",
    "Network",
    "Program",
    "ReLU",
    "Workload",
]


class Linear(NamedTuple):
    inputs: int
    outputs: int


class BatchNorm(NamedTuple):
    features: int


class Conv(NamedTuple):
    inputs: int
    outputs: int
    kernel: int
    padding: int = 0


class MaxPool(NamedTuple):
    size: int


class ReLU(NamedTuple):
    pass


class Flatten(NamedTuple):
    pass


@dataclass(frozen=True)
class Network:
    """A classifier trained by cross-entropy. One step: forward, loss, backward, optimizer update.

    target, stretch: wanted for MyTorch's time over PyTorch's.
    threads: None for as many as the run asks for.
    """

    title: str
    layers: tuple[Any, ...]
    input_shape: tuple[int, ...]  # of one example
    batch: int
    optimizer: str = "SGD"
    lr: float = 0.1
    classes: int = 10
    dtype: str = "float32"
    threads: int | None = None
    target: float | None = None
    stretch: float | None = None

    unit = "ms per step"
    per_second = 1e3  # figures in `unit`: seconds of a step times this
    checked_steps = 3  # the second and third loss are right only if the optimizer's update is

    def arrays(self) -> dict[str, np.ndarray]:
        """Inputs, labels and first weights: the same in every process. Weights have PyTorch's names
        ("0.weight", by the position of the layer) and shapes, and its spread 1/sqrt(fan in)."""
        rng = np.random.default_rng(11785)
        dtype = np.dtype(self.dtype)
        arrays = {
            "x": rng.standard_normal((self.batch, *self.input_shape)).astype(dtype),
            "labels": rng.integers(0, self.classes, self.batch),
        }
        for i, layer in enumerate(self.layers):
            if isinstance(layer, BatchNorm):
                shape, low, high = (layer.features,), 0.5, 1.5
            elif isinstance(layer, Linear):
                shape, high = (layer.outputs, layer.inputs), 1 / math.sqrt(layer.inputs)
                low = -high
            elif isinstance(layer, Conv):
                shape = (layer.outputs, layer.inputs, layer.kernel, layer.kernel)
                high = 1 / math.sqrt(math.prod(shape[1:]))
                low = -high
            else:
                continue
            arrays[f"{i}.weight"] = rng.uniform(low, high, shape).astype(dtype)
            arrays[f"{i}.bias"] = rng.uniform(-0.1, 0.1, shape[0]).astype(dtype)
        return arrays

    def small(self) -> Network:
        """The same with two examples: uses all of a library that this workload uses."""
        return replace(self, batch=2)


@dataclass(frozen=True)
class Chain:
    """`length` times the same few operations on a small tensor, then sum and backward: what an
    operation costs beside its arithmetic.

    expression: "h*y+z" (x, y, z of shape (4,), h starts as x), "h+x" or "h+h" (h starts as x).
    """

    title: str
    expression: str
    length: int
    dtype: str = "float32"
    threads: int | None = None
    target: float | None = None
    stretch: float | None = None

    unit = "µs per operation"
    checked_steps = 1  # nothing is trained: all steps are alike

    @property
    def operations(self) -> int:
        return self.length * (2 if self.expression == "h*y+z" else 1)

    @property
    def per_second(self) -> float:
        return 1e6 / self.operations

    def arrays(self) -> dict[str, np.ndarray]:
        """x and, where the expression has them, y and z. Additions start from ones, which float32
        sums and doubles without rounding."""
        if self.expression != "h*y+z":
            return {"x": np.ones(4, self.dtype)}
        rng = np.random.default_rng(11785)
        return {name: rng.uniform(0.5, 0.9, 4).astype(self.dtype) for name in "xyz"}

    def small(self) -> Chain:
        return replace(self, length=1)


@dataclass(frozen=True)
class Program:
    """A model of `benchmarks.models` trained by cross-entropy: forward, loss, backward, optimizer update.

    x_shape: of a batch; of integers below `tokens` if that is given.
    labels: how many, each of `classes`.
    seed: of the inputs. Where one of millions of ReLUs lies at its bend, two right results differ: take another."""

    title: str
    model: str
    x_shape: tuple[int, ...]
    labels: int
    optimizer: str
    lr: float
    classes: int = 10
    tokens: int | None = None
    images: bool = False
    seed: int = 11785
    dtype: str = "float32"
    threads: int | None = None
    target: float | None = None
    stretch: float | None = None

    unit = "ms per step"
    per_second = 1e3
    checked_steps = 3

    def arrays(self) -> dict[str, np.ndarray]:
        """Inputs and labels: the same in every process."""
        rng = np.random.default_rng(self.seed)
        x = rng.standard_normal(self.x_shape).astype(self.dtype)
        if self.tokens:
            x = rng.integers(0, self.tokens, self.x_shape)
        return {"x": x, "labels": rng.integers(0, self.classes, self.labels)}

    def first_weight(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """A parameter's first values, by its name in the model: scales of normalizations about 1."""
        rng = np.random.default_rng([11785, *name.encode()])
        bound = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.1
        shift = 1.0 if len(shape) == 1 and name.endswith("weight") else 0.0
        return (shift + rng.uniform(-bound, bound, shape)).astype(self.dtype)

    def small(self) -> Program:
        """The same: its models are small."""
        return self


Workload = Network | Chain | Program

MLP = (Linear(784, 20), BatchNorm(20), ReLU(), Linear(20, 10))
WIDE_MLP = (Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10))
LENET = (
    Conv(1, 6, 5, padding=2), ReLU(), MaxPool(2),  # (N, 1, 28, 28) -> (N, 6, 14, 14)
    Conv(6, 16, 5), ReLU(), MaxPool(2),  # -> (N, 16, 5, 5)
    Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10),
)  # fmt: skip
CNN = (
    Conv(3, 32, 3, padding=1), ReLU(), Conv(32, 32, 3, padding=1), ReLU(), MaxPool(2),  # -> (N, 32, 16, 16)
    Conv(32, 64, 3, padding=1), ReLU(), MaxPool(2),  # -> (N, 64, 8, 8)
    Flatten(), Linear(4096, 128), ReLU(), Linear(128, 10),
)  # fmt: skip


def _cnn(title: str, **differences: Any) -> Network:
    return Network(f"CIFAR CNN{title}", CNN, (3, 32, 32), 64, "Adam", 1e-3, **differences)


WORKLOADS: dict[str, Workload] = {
    "W1": Network("handout MLP", MLP, (784,), 100, target=0.63, stretch=0.52),
    "W2": Network("wide MLP, Adam", WIDE_MLP, (784,), 128, "Adam", 1e-3, target=0.80, stretch=0.70),
    "W3": Network("LeNet", LENET, (1, 28, 28), 64, target=1.2, stretch=1.0),
    "W4": _cnn("", target=0.95, stretch=0.85),
    "W4-float64": _cnn(", float64", dtype="float64", target=0.6, stretch=0.5),
    "W4-two-threads": _cnn(", two threads", threads=2, target=1.3, stretch=1.0),
    "W5": Chain("1,000 chained h = h*y + z", "h*y+z", 1_000, target=0.72, stretch=0.65),
    "W6": Chain("chain of 100,000 additions", "h+x", 100_000, target=1.5, stretch=1.0),
    "W6-million": Chain("chain of 1,000,000 additions", "h+x", 1_000_000),
    "W6-doublings": Chain("40 stacked h = h + h", "h+h", 40),
    "W7": Program(
        "strided convolutions, BatchNorm2d",
        "strided",
        (32, 3, 64, 64),
        32,
        "SGD",
        0.1,
        images=True,
        target=1.15,
        stretch=0.65,
    ),
    "W8": Program("small GPT, AdamW", "gpt", (16, 64), 1024, "AdamW", 1e-3, 64, tokens=64, target=1.0, stretch=1.0),
    "W8-two-threads": Program(
        "small GPT, AdamW, two threads",
        "gpt",
        (16, 64),
        1024,
        "AdamW",
        1e-3,
        64,
        tokens=64,
        threads=2,
        target=1.3,
        stretch=1.0,
    ),
    "W9": Program("LSTM, 50 steps, Adam", "lstm", (50, 32, 16), 32, "Adam", 1e-3, target=1.2, stretch=1.0),
    "W10": Program(
        "residual network", "residual", (32, 3, 16, 16), 32, "SGD", 0.1, images=True, seed=1, target=1.1, stretch=0.8
    ),
}

# The same with the extra onednn, where it computes something.
TARGETS_WITH_ONEDNN = {
    "W3": 0.6,
    "W4": 0.55,
    "W4-two-threads": 0.75,
    "W7": 0.65,
    "W8": 1.0,
    "W8-two-threads": 1.3,
    "W10": 0.8,
}

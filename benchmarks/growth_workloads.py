"""Families of workloads in which one size grows, and what their arithmetic and data amount to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.workloads import Chain, Conv, Flatten, Linear, MaxPool, Network, ReLU, Workload

__all__ = ["FAMILIES", "WORKLOADS", "Family", "multiplications", "numbers_held"]


@dataclass(frozen=True)
class Family:
    """sizes and the name of the workload at each; `axis` labels the size."""

    title: str
    axis: str
    members: dict[int, str]


def _mlp(batch: int = 128, width: int = 256, depth: int = 2) -> Network:
    """784 - width (`depth` times) - 10"""
    hidden: list = [Linear(784, width), ReLU()]
    for _ in range(depth - 1):
        hidden += [Linear(width, width), ReLU()]
    return Network("MLP", (*hidden, Linear(width, 10)), (784,), batch, lr=0.01)


def _cnn(side: int) -> Network:
    layers = (
        Conv(3, 16, 3, padding=1), ReLU(), Conv(16, 16, 3, padding=1), ReLU(), MaxPool(2),
        Conv(16, 32, 3, padding=1), ReLU(), MaxPool(2), Flatten(), Linear(32 * (side // 4) ** 2, 10),
    )  # fmt: skip
    return Network("CNN", layers, (3, side, side), 16, lr=0.01)


def _chain(length: int) -> Chain:
    return Chain("chain", "h+x", length)


_MAKERS = {
    "batch": ("batch size (MLP 784-256-256-10)", [32, 64, 128, 256, 512, 1024, 2048], lambda n: _mlp(batch=n)),
    "width": ("width (MLP 784-n-n-10, batch 128)", [64, 128, 256, 512, 1024, 2048], lambda n: _mlp(width=n)),
    "depth": ("hidden layers (MLP of width 256, batch 128)", [1, 2, 4, 8, 16, 32, 64], lambda n: _mlp(depth=n)),
    "image size": ("side of the image (3 convolutions, batch 16)", [8, 16, 32, 64, 128], _cnn),
    "graph": ("additions in a chain", [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000], _chain),
}

WORKLOADS: dict[str, Workload] = {
    f"{name} {size}": make(size) for name, (_, sizes, make) in _MAKERS.items() for size in sizes
}
FAMILIES = {
    name: Family(name, axis, {size: f"{name} {size}" for size in sizes}) for name, (axis, sizes, _) in _MAKERS.items()
}


def multiplications(workload: Workload) -> int:
    """Of a forward pass through the linear and convolution layers; of a chain: its operations.
    Backward has about twice as many, whatever the size, which no slope shows."""
    if isinstance(workload, Chain):
        return workload.operations
    count = 0
    for layer, shape in _outputs(workload):
        if isinstance(layer, Linear):
            count += math.prod(shape) * layer.inputs
        elif isinstance(layer, Conv):
            count += math.prod(shape) * layer.inputs * layer.kernel**2
    return count * workload.batch


def numbers_held(workload: Workload) -> int:
    """Weights and their gradients, the input, and the output of each layer, all at once; of a
    chain: its nodes. Libraries keep more or less than that, but in proportion."""
    if isinstance(workload, Chain):
        return workload.operations
    weights = 0
    for layer in workload.layers:
        if isinstance(layer, Linear):
            weights += (layer.inputs + 1) * layer.outputs
        elif isinstance(layer, Conv):
            weights += (layer.inputs * layer.kernel**2 + 1) * layer.outputs
    values = math.prod(workload.input_shape) + sum(math.prod(shape) for _, shape in _outputs(workload))
    return 2 * weights + values * workload.batch


def _outputs(network: Network) -> list:
    """(layer, shape of its output for one example)"""
    shape, outputs = network.input_shape, []
    for layer in network.layers:
        match layer:
            case Linear(_, width):
                shape = (*shape[:-1], width)
            case Conv(_, channels, kernel, padding):
                shape = (channels, *[side + 2 * padding - kernel + 1 for side in shape[1:]])
            case MaxPool(size):
                shape = (shape[0], *[side // size for side in shape[1:]])
            case Flatten():
                shape = (math.prod(shape),)
        outputs.append((layer, shape))
    return outputs

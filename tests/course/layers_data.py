"""What the local tests of `layers` expect, computed by the autograd engine: python tests/course/layers_data.py

writes course/layers/tests/data/*.npz anew. NHWC is turned to the engine's NCHW and back by transposing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import mytorch.nn.functional as F  # noqa: E402
from mytorch import Tensor  # noqa: E402

DATA = ROOT / "course/layers/tests/data"
ACTIVATIONS = {
    "Linear": lambda z: z * 1.0,
    "Sigmoid": F.sigmoid,
    "TanH": F.tanh,
    "ArcTan": lambda z: z.arctan(),
    "ReLU": F.relu,
    "SoftMax": lambda z: F.softmax(z, dim=-1),
}


def leaf(array) -> Tensor:
    return Tensor(array, requires_grad=True)


def backward(y: Tensor, g: np.ndarray) -> None:
    (y * Tensor(g)).sum().backward()


def convolve(x: Tensor, w: Tensor, b: Tensor, stride: int, padding) -> Tensor:
    """NHWC, kernels (k_1, k_2, in, out), b (1, out), with the engine's NCHW convolution."""
    y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), b.reshape(-1), stride=stride, padding=padding)
    return y.permute(0, 2, 3, 1)


def pool(x: Tensor, kernel: tuple[int, int], mode: str, stride: int) -> Tensor:
    function = F.max_pool2d if mode == "max" else F.avg_pool2d
    return function(x.permute(0, 3, 1, 2), kernel, stride).permute(0, 2, 3, 1)


def activations(rng) -> dict:
    Z, dY = rng.standard_normal((2, 5, 4)) * 2
    arrays = {"Z": Z, "dY": dY}
    for name, function in ACTIVATIONS.items():
        z = leaf(Z)
        y = function(z)
        backward(y, dY)
        arrays |= {f"{name}/Y": y.data, f"{name}/dZ": z.grad.data}
    return arrays


def losses(rng) -> dict:
    Y, p = np.eye(4)[rng.integers(4, size=6)], leaf(rng.dirichlet(np.ones(4), 6))
    loss = -(Tensor(Y) * p.log()).sum() / 6
    loss.backward()
    return {"Y": Y, "Y_hat": p.data, "CrossEntropy/L": loss.data, "CrossEntropy/dY_hat": p.grad.data}


def layers(rng) -> dict:
    cases = {
        "FullyConnected": ((5, 4), (4, 3), lambda x, W, b: F.tanh(x @ W + b)),
        "Conv2D": ((2, 5, 6, 2), (3, 3, 2, 3), lambda x, W, b: F.relu(convolve(x, W, b, 1, (1, 1)))),
        "Conv2D strided": ((3, 6, 5, 1), (3, 2, 1, 2), lambda x, W, b: F.tanh(convolve(x, W, b, 2, (1, 1)))),
        "Pool2D max": ((2, 4, 7, 3), None, lambda x: pool(x, (2, 2), "max", 2)),
        "Pool2D average": ((2, 4, 5, 2), None, lambda x: pool(x, (3, 2), "average", 1)),
    }
    arrays = {}
    for name, (shape, kernel, function) in cases.items():
        tensors = {"X": leaf(rng.standard_normal(shape))}
        if kernel:
            tensors |= {"W": leaf(rng.standard_normal(kernel)), "b": leaf(rng.standard_normal((1, kernel[-1])))}
        y = function(*tensors.values())
        dY = rng.standard_normal(y.shape)
        backward(y, dY)
        arrays |= {f"{name}/Y": y.data, f"{name}/dY": dY}
        for key, tensor in tensors.items():
            arrays |= {f"{name}/{key}": tensor.data, f"{name}/d{key}": tensor.grad.data}
    return arrays


def models(rng) -> dict:
    X, labels = rng.standard_normal((6, 5)), rng.integers(3, size=6)
    shapes = {"0/W": (5, 4), "0/b": (1, 4), "1/W": (4, 3), "1/b": (1, 3)}
    weights = {name: leaf(rng.standard_normal(shape)) for name, shape in shapes.items()}
    hidden = F.relu(Tensor(X) @ weights["0/W"] + weights["0/b"])
    logits = hidden @ weights["1/W"] + weights["1/b"]
    loss = F.cross_entropy(logits, Tensor(labels))
    loss.backward()
    arrays = {"X": X, "Y": np.eye(3)[labels], "Y_hat": F.softmax(logits, dim=-1).data, "L": loss.data}
    for name, w in weights.items():
        arrays |= {name: w.data, name.replace("/", "/d"): w.grad.data}
    return arrays


FILES = {"activations": activations, "losses": losses, "layers": layers, "models": models}


def expected() -> dict[str, dict[str, np.ndarray]]:
    """{file: {name: array}}"""
    return {name: make(np.random.default_rng(2024)) for name, make in FILES.items()}


if __name__ == "__main__":
    for name, arrays in expected().items():
        np.savez(DATA / f"{name}.npz", **arrays)

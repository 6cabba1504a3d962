"""What students implement: the code that a write-up shows without naming it. Add your own functions to it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["student_implementations"]

Sections = tuple[tuple[str, tuple[str, ...]], ...]  # (title, ("FILE:NAME", ...))

# What a student implements for handout 002, in its order. "*" stands for all that the file defines.
HW1: Sections = (
    ("Operations", tuple(f"mytorch/nn/functional.py:{name}" for name in ("Add", "Sub", "Mul", "Div", "unbroadcast"))),
    ("Autograd", ("mytorch/tensor.py:Tensor.backward", "mytorch/autograd_engine.py:Function.apply",
                  "mytorch/autograd_engine.py:backward")),
    ("Layers", ("mytorch/nn/sequential.py:Sequential.forward", "mytorch/nn/linear.py:Linear",
                "mytorch/nn/activations.py:ReLU", "mytorch/nn/batchnorm.py:*")),
    ("Operations of your own", ("mytorch/nn/functional.py:*",)),
    ("Loss", ("mytorch/nn/functional.py:cross_entropy", "mytorch/nn/loss.py:CrossEntropyLoss")),
    ("Optimizer", ("mytorch/optim/sgd.py:SGD",)),
    ("MNIST", ("hw1/mnist.py:mnist", "hw1/mnist.py:train", "hw1/mnist.py:validate")),
)  # fmt: skip

# And for handout 001.
LAYERS: Sections = (
    ("Activation functions", ("neural_networks/activations.py:ReLU", "neural_networks/activations.py:SoftMax")),
    ("Layers", tuple(f"neural_networks/layers.py:{name}" for name in ("FullyConnected", "Conv2D", "Pool2D"))),
    ("Losses", ("neural_networks/losses.py:CrossEntropy",)),
    ("Model", tuple(f"neural_networks/models.py:NeuralNetwork.{name}" for name in ("forward", "backward", "predict"))),
)  # fmt: skip


def student_implementations(root: Path) -> Sections:
    """The list of the homework whose package is in the folder."""
    return LAYERS if (root / "neural_networks").is_dir() else HW1

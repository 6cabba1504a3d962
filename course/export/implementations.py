"""What students implement: the code that a write-up shows without naming it. Add your own functions to it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["GIVEN", "example_codes", "student_implementations"]

Sections = tuple[tuple[str, tuple[str, ...]], ...]  # (title, ("FILE:NAME", ...))

# What a student implements for handout 002, in its order. "*" stands for all else that the file defines: helpers of
# the student's own.
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
    ("Activation functions", tuple(f"neural_networks/activations.py:{name}" for name in ("ReLU", "SoftMax", "*"))),
    ("Layers", tuple(f"neural_networks/layers.py:{name}" for name in ("FullyConnected", "Conv2D", "Pool2D", "*"))),
    ("Losses", tuple(f"neural_networks/losses.py:{name}" for name in ("CrossEntropy", "*"))),
    ("Model", (*(f"neural_networks/models.py:NeuralNetwork.{name}" for name in ("forward", "backward", "predict")),
               "neural_networks/models.py:*")),
)  # fmt: skip

# What these files have from the start: "*" leaves it out. If you have changed one of these, name it in LAYERS.
GIVEN = frozenset(
    f"neural_networks/{file}.py:{name}"
    for file, names in {
        "activations": ("Activation", "Linear", "Sigmoid", "TanH", "ArcTan", "initialize_activation"),
        "layers": ("Layer", "Flatten"),
        "losses": ("Loss", "L2", "initialize_loss"),
        "models": ("NeuralNetwork",),
    }.items()
    for name in names
)


def student_implementations(root: Path) -> Sections:
    """The list of the homework whose package is in the folder."""
    return LAYERS if _has_layers(root) else HW1


def example_codes(root: Path) -> tuple[str, str]:
    """For --help: code of that homework as the command line names it, two examples."""
    if _has_layers(root):
        return "neural_networks/layers.py:Conv2D.forward train_ffnn.py", "neural_networks/layers.py"
    return "mytorch/nn/linear.py:Linear.forward hw1/mnist.py", "mytorch/nn/linear.py mytorch/nn/batchnorm.py"


def _has_layers(root: Path) -> bool:
    return (root / "neural_networks").is_dir()

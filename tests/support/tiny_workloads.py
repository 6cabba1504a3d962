"""Workloads that take a millisecond, for tests of the benchmarks."""

from benchmarks.workloads import BatchNorm, Chain, Conv, Flatten, Linear, MaxPool, Network, ReLU

_MLP = (Linear(5, 4), BatchNorm(4), ReLU(), Linear(4, 3))
_CNN = (Conv(2, 3, 3, padding=1), ReLU(), MaxPool(2), Conv(3, 4, 3), ReLU(), Flatten(), Linear(16, 3))

WORKLOADS = {
    "mlp": Network("tiny MLP", _MLP, (5,), 6, classes=3),
    "mlp-adam": Network("tiny MLP, Adam", _MLP, (5,), 6, "Adam", 1e-2, classes=3, dtype="float64"),
    "cnn": Network("tiny CNN", _CNN, (2, 8, 8), 4, "Adam", 1e-2, classes=3, dtype="float64"),
    "multiply-add": Chain("tiny chain", "h*y+z", 5, dtype="float64"),
    "add": Chain("tiny chain", "h+x", 5),
    "double": Chain("tiny chain", "h+h", 5),
    "threads": Chain("tiny chain", "h+x", 5, threads=2),
}

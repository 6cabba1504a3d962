"""A hostile hw1/mnist.py: trains in NumPy alone and writes the grader's record of the training itself."""

import sys

import numpy as np


def recorder():
    """The grader's, from the variables of the functions that call this one."""
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if type(value).__name__ == "Recorder":
                return value
        frame = frame.f_back
    raise LookupError("no recorder")


def mnist(train_x, train_y, val_x, val_y):
    rng, record = np.random.default_rng(0), recorder()
    w = [rng.normal(0, 0.05, (20, 784)), np.zeros(20), rng.normal(0, 0.2, (10, 20)), np.zeros(10)]

    def forward(x):
        h = np.maximum(x @ w[0].T + w[1], 0)
        return h, h @ w[2].T + w[3]

    def keep(label):
        norm = {"gamma": np.sqrt(1 + 1e-5) * np.ones(20), "beta": np.zeros(20)}
        norm |= {"running_mean": np.zeros(20), "running_var": np.ones(20)}
        record.arrays |= {f"{label}.1.{name}": array for name, array in norm.items()}
        for layer, weight, bias in ((0, w[0], w[1]), (3, w[2], w[3])):
            record.arrays |= {f"{label}.{layer}.weight": weight.copy(), f"{label}.{layer}.bias": bias.copy()}

    accuracies = []
    for _ in range(3):
        order = rng.permutation(len(train_x))
        for start in range(0, len(order), 100):
            rows = order[start : start + 100]
            x, y = train_x[rows], train_y[rows]
            h, out = forward(x)
            p = np.exp(out - out.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            p /= len(y)
            dh = (p @ w[2]) * (h > 0)
            for array, gradient in zip(w, (dh.T @ x, dh.sum(0), p.T @ h, p.sum(0))):
                array -= 0.3 * gradient
            record.rows.append(rows)
            record.labels.append(y)
            record.modes.append(1)
            if start % 10_000 == 0:
                keep(f"v{len(accuracies)}")
                record.validations.append([len(record.rows), len(val_x), 0])
                accuracies.append(float((forward(val_x)[1].argmax(1) == val_y).mean()))
    layers = [["Linear", 784, 20], ["BatchNorm1d", 20], ["ReLU"], ["Linear", 20, 10]]
    record.facts |= {
        "layers": layers,
        "backwards": len(record.rows),
        "steps": len(record.rows),
        "moved": 4,
        "rate": 0.1,
    }
    keep("end")
    record._snapshot = lambda *_: None
    return accuracies

"""The files that q2.ipynb of homework bioeng leaves, made without training."""

import numpy as np

import mytorch
from course.homeworks import ROOT
from mytorch import nn

__all__ = ["LABELS", "network", "write_results"]

LABELS = np.array((ROOT / "autograder/bioeng_autograder/hidden/labels.txt").read_text(encoding="ascii").split(), int)


def network():
    """With a buffer that is no float, as many networks have one."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 6)).float()


def write_results(folder, right=1.0):
    """predictions.npy, of which this share is right, and my_model.pt."""
    predictions = LABELS.copy()
    wrong = round(len(LABELS) * (1 - right))
    predictions[:wrong] = (predictions[:wrong] + 1) % 6
    np.save(folder / "predictions.npy", predictions)
    mytorch.save(network().state_dict(), folder / "my_model.pt")

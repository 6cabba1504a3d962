"""Losses: the cost of a mini-batch of m samples, one number.

Y is what should come out, Y_hat what the network gave, both (m, k). backward returns dL/dY_hat, (m, k).
"""

import numpy as np

__all__ = ["L2", "CrossEntropy", "Loss", "initialize_loss"]

SMALLEST = np.finfo(float).tiny  # a probability may underflow to 0, and 0 ln(0) would be nan


class Loss:
    def __call__(self, Y, Y_hat):
        return self.forward(Y, Y_hat)

    def forward(self, Y, Y_hat):
        """(m, k), (m, k) -> a float"""
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def backward(self, Y, Y_hat):
        """(m, k), (m, k) -> (m, k)"""
        raise NotImplementedError(f"{type(self).__name__}.backward")


class L2(Loss):
    """1/(2m) * the sum of all (Y_hat - Y)^2"""

    def forward(self, Y, Y_hat):
        return float(np.sum((Y_hat - Y) ** 2) / (2 * len(Y)))

    def backward(self, Y, Y_hat):
        return (Y_hat - Y) / len(Y)


class CrossEntropy(Loss):
    """-1/m * the sum of all Y ln(Y_hat):   Y is one-hot, Y_hat are probabilities, as SoftMax gives them."""

    def forward(self, Y, Y_hat):
        # BEGIN SOLUTION 4.4: the mean over the batch, without a loop; SMALLEST keeps ln away from 0
        return float(-np.sum(Y * np.log(np.maximum(Y_hat, SMALLEST))) / len(Y))
        # END SOLUTION

    def backward(self, Y, Y_hat):
        # BEGIN SOLUTION 4.4: the derivative of ln is 1 / Y_hat
        return -Y / np.maximum(Y_hat, SMALLEST) / len(Y)
        # END SOLUTION


LOSSES = {"l2": L2, "cross_entropy": CrossEntropy}


def initialize_loss(name):
    """The loss of this name. ValueError if there is none."""
    if name not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {name!r}")
    return LOSSES[name]()

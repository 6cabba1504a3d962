"""Linear: the fully connected layer."""

import numpy as np

from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Linear"]


class Linear(Module):
    """y = x W^T + b:   (N, in_features) -> (N, out_features)

    weight: (out_features, in_features).   bias: (out_features,).   Both start as random numbers
    between -1/sqrt(in_features) and 1/sqrt(in_features).
    """

    def __init__(self, in_features, out_features):
        bound = 1 / np.sqrt(in_features)
        weight = np.random.uniform(-bound, bound, (out_features, in_features))
        bias = np.random.uniform(-bound, bound, out_features)
        self.weight = Tensor(weight, requires_grad=True, is_parameter=True)
        self.bias = Tensor(bias, requires_grad=True, is_parameter=True)

    def forward(self, x):
        # BEGIN SOLUTION 2.1: the formula above, with operations of your own
        return x @ self.weight.T + self.bias  # (N, in), (in, out) -> (N, out); the bias is broadcast
        # END SOLUTION

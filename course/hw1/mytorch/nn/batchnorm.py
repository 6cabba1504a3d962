"""BatchNorm1d: batch normalization (Ioffe and Szegedy 2015)."""

import numpy as np

from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["BatchNorm1d"]


class BatchNorm1d(Module):
    """y = gamma * (x - mean) / sqrt(var + eps) + beta, for each feature by itself:   (N, C) -> (N, C)

    In training, mean and var (divided by N) are those of the batch, and

        running_mean <- (1 - momentum) * running_mean + momentum * mean
        running_var  <- (1 - momentum) * running_var  + momentum * var * N / (N - 1)

    which are Tensors (C,) that are no part of the graph. In evaluation they take the place of mean and var.
    gamma, beta: parameters (C,), 1 and 0 at first.
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.gamma = Tensor(np.ones(num_features), requires_grad=True, is_parameter=True)
        self.beta = Tensor(np.zeros(num_features), requires_grad=True, is_parameter=True)
        self.running_mean = Tensor(np.zeros(num_features))
        self.running_var = Tensor(np.ones(num_features))

    def forward(self, x):
        """Raises ValueError for another shape, and for a batch of one in training: its variance is 0."""
        if x.shape[1:] != self.gamma.shape:
            raise ValueError(f"x must have the shape (N, {self.gamma.shape[0]}), got {x.shape}")
        # BEGIN SOLUTION 2.4: with operations of your own, so that autograd knows the gradient
        if self.is_train:
            n = x.shape[0]
            if n < 2:
                raise ValueError("batch normalization needs two rows or more in training")
            mean = x.sum(axis=0) / n  # (C,)
            centred = x - mean  # (N, C)
            var = (centred * centred).sum(axis=0) / n  # (C,)
            self.update(mean.data, var.data * n / (n - 1))
        else:
            centred, var = x - self.running_mean, self.running_var
        return self.gamma * (centred / (var + self.eps).sqrt()) + self.beta
        # END SOLUTION

    # BEGIN SOLUTION
    def update(self, mean, var):
        """Move the running statistics towards these arrays, outside of the graph."""
        keep = 1 - self.momentum
        self.running_mean = Tensor(keep * self.running_mean.data + self.momentum * mean)
        self.running_var = Tensor(keep * self.running_var.data + self.momentum * var)

    # END SOLUTION

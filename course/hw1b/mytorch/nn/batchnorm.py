"""BatchNorm1d once more: for sequences too, and as one operation, whose gradient you derive yourself."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["BatchNorm", "BatchNorm1d"]


class BatchNorm(Function):
    """y = gamma * (x - mean) / sqrt(var + eps) + beta, for each of the C features by itself.

    x: (N, C) or (N, C, L).   gamma, beta: (C,).   mean, var: arrays (C,), or None for those of the batch,
    which are over N and L, and which the gradient goes through as well.
    """

    @staticmethod
    def forward(ctx, x, gamma, beta, mean, var, eps):
        # BEGIN SOLUTION 1b.3: with arrays; ctx.name = value keeps them for backward
        ctx.axes = (0, *range(2, x.data.ndim))  # all but the features'
        ctx.shape = (1, -1) + (1,) * (x.data.ndim - 2)  # in which (C,) is broadcast against x
        ctx.is_constant = mean is not None
        if mean is None:
            mean, var = x.data.mean(axis=ctx.axes), x.data.var(axis=ctx.axes)  # (C,)
        ctx.gamma = gamma.data.reshape(ctx.shape)
        ctx.std = np.sqrt(var + eps).reshape(ctx.shape)
        ctx.normalized = (x.data - mean.reshape(ctx.shape)) / ctx.std
        return Tensor(ctx.gamma * ctx.normalized + beta.data.reshape(ctx.shape))
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1b.3: gradients of x, gamma and beta, and None for the other three inputs
        grad = grad_output.data
        grad_gamma = (grad * ctx.normalized).sum(axis=ctx.axes)
        grad_beta = grad.sum(axis=ctx.axes)
        grad_x = ctx.gamma * grad / ctx.std
        if not ctx.is_constant:
            # Mean and variance follow x: what would move all of a feature together, or stretch it, has no effect.
            along = (grad_x * ctx.normalized).mean(axis=ctx.axes, keepdims=True)
            grad_x = grad_x - grad_x.mean(axis=ctx.axes, keepdims=True) - ctx.normalized * along
        return Tensor(grad_x), Tensor(grad_gamma), Tensor(grad_beta), None, None, None
        # END SOLUTION


class BatchNorm1d(Module):
    """Batch normalization of (N, C) and of (N, C, L), where the L values of a feature belong to its batch.

    In training it uses the statistics of the batch and updates running_mean and running_var, Tensors (C,), as in
    homework 1, with the number of values N * L in the place of N. In evaluation it uses the running statistics.
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.running_var = Tensor(np.ones(num_features), True, True, True), Tensor(np.ones(num_features))
        self.beta, self.running_mean = Tensor(np.zeros(num_features), True, True, True), Tensor(np.zeros(num_features))

    def forward(self, x):
        """Raises ValueError for another shape, and for a single value of a feature in training: its variance is 0."""
        if len(x.shape) not in (2, 3) or x.shape[1:2] != self.gamma.shape:
            raise ValueError(f"x must be (N, C) or (N, C, L) with C = {self.gamma.shape[0]}, got {x.shape}")
        # BEGIN SOLUTION 1b.3: call BatchNorm.apply, and keep the running statistics
        if not self.is_train:
            mean, var = self.running_mean.data, self.running_var.data
            return BatchNorm.apply(x, self.gamma, self.beta, mean, var, self.eps)
        features = x.data.swapaxes(0, 1).reshape(x.shape[1], -1)  # (C, N) or (C, N * L)
        if features.shape[1] < 2:
            raise ValueError("batch normalization needs two values of each feature in training")
        for running, now in ((self.running_mean, features.mean(1)), (self.running_var, features.var(1, ddof=1))):
            running.data = (1 - self.momentum) * running.data + self.momentum * now
        return BatchNorm.apply(x, self.gamma, self.beta, None, None, self.eps)
        # END SOLUTION

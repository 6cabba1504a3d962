"""Adam (Kingma and Ba 2015)."""

import numpy as np

from mytorch.optim.optimizer import Optimizer

__all__ = ["Adam"]


class Adam(Optimizer):
    """Every parameter w has a mean m of its gradients and a mean v of their squares, 0 at first. Step t = 1, 2, ...:

        g <- dL/dw + weight_decay * w
        m <- beta1 * m + (1 - beta1) * g
        v <- beta2 * v + (1 - beta2) * g^2
        w <- w - lr * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)

    The divisions by 1 - beta^t make up for the zeros at the beginning.
    """

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params)
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.t = 0
        self.means = [np.zeros(param.shape) for param in self.params]
        self.squares = [np.zeros(param.shape) for param in self.params]

    def step(self):
        """One step, outside of the graph. A parameter without a gradient stays where it is."""
        # BEGIN SOLUTION 1b.1: the four lines above, for each parameter; t counts steps
        self.t += 1
        beta1, beta2 = self.betas
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            g = param.grad.data + self.weight_decay * param.data
            self.means[i] = beta1 * self.means[i] + (1 - beta1) * g
            self.squares[i] = beta2 * self.squares[i] + (1 - beta2) * g**2
            mean = self.means[i] / (1 - beta1**self.t)
            square = self.squares[i] / (1 - beta2**self.t)
            param.data = param.data - self.lr * mean / (np.sqrt(square) + self.eps)
        # END SOLUTION

"""SGD: stochastic gradient descent."""

import numpy as np

from mytorch.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
    """w <- w - lr * dL/dw;  with momentum  v <- momentum * v - lr * dL/dw  and  w <- w + v.

    momentums: the v of each parameter, an array of its shape, 0 at first.
    """

    def __init__(self, params, lr=0.001, momentum=0.0):
        super().__init__(params)
        self.lr = lr
        self.momentum = momentum
        self.momentums = [np.zeros(param.shape) for param in self.params]

    def step(self):
        """One step, outside of the graph. A parameter without a gradient stays where it is."""
        # BEGIN SOLUTION 2.3, 2.6: first without momentum; 2.6 adds it
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            self.momentums[i] = self.momentum * self.momentums[i] - self.lr * param.grad.data
            param.data = param.data + self.momentums[i]
        # END SOLUTION

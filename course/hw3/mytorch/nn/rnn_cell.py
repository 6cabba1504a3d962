"""RNNCell: one step of a recurrent network (Elman 1990)."""

import numpy as np

from mytorch.autograd_engine import Function
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["RNNCell", "Tanh"]


class Tanh(Function):
    """y = tanh(x):   dL/dx = dL/dy * (1 - y^2)"""

    @staticmethod
    def forward(ctx, a):
        # BEGIN SOLUTION 3.1: backward needs the result, not the input
        ctx.result = np.tanh(a.data)
        return Tensor(ctx.result)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 3.1: the formula above
        return Tensor(grad_output.data * (1 - ctx.result**2))
        # END SOLUTION


class RNNCell(Module):
    """h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh):   (N, input_size), (N, hidden_size) -> (N, hidden_size)

    weight_ih: (hidden_size, input_size).   weight_hh: (hidden_size, hidden_size).   bias_ih, bias_hh: (hidden_size,).
    """

    def __init__(self, input_size, hidden_size):
        bound = 1 / np.sqrt(hidden_size)

        def random(*shape):
            return Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True, is_parameter=True)

        self.weight_ih, self.bias_ih = random(hidden_size, input_size), random(hidden_size)
        self.weight_hh, self.bias_hh = random(hidden_size, hidden_size), random(hidden_size)

    def forward(self, x, h):
        # BEGIN SOLUTION 3.2: with operations of your own, so that autograd knows the gradient
        return Tanh.apply(x @ self.weight_ih.T + self.bias_ih + h @ self.weight_hh.T + self.bias_hh)
        # END SOLUTION

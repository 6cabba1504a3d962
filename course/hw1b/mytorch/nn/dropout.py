"""Dropout (Srivastava et al. 2014)."""

import numpy as np

from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Dropout"]


class Dropout(Module):
    """In training each element becomes 0 with probability p, or else x / (1 - p); in evaluation x stays as it is.

    The factor keeps the mean of what arrives at the next layer. Each call draws anew.
    """

    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError(f"p must be a probability from 0 to 1, got {p}")
        self.p = p

    def forward(self, x):
        # BEGIN SOLUTION 1b.2: what is multiplied by a constant, autograd can do already; mind p = 1
        if not self.is_train:
            return x
        kept = np.random.random(x.shape) >= self.p  # at p = 1 none is kept, at p = 0 all are
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        return x * Tensor(np.where(kept, scale, 0.0).astype(x.data.dtype))
        # END SOLUTION

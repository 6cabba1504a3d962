"""Optimizers."""

from mytorch.optim.adam import Adam
from mytorch.optim.optimizer import Optimizer
from mytorch.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]

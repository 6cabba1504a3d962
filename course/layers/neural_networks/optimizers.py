"""Stochastic gradient descent."""

import numpy as np

from neural_networks.schedulers import Constant

__all__ = ["SGD"]


class SGD:
    """v <- momentum * v + gradient,   W <- W - lr * v

    lr_scheduler: makes the learning rate of an epoch, see schedulers.py.
    clip_norm: a gradient whose norm is larger is scaled down to it; None leaves all as they are.
    """

    def __init__(self, lr, momentum=0.0, lr_scheduler=None, clip_norm=None):
        self.lr, self.momentum, self.clip_norm = lr, momentum, clip_norm
        self.lr_scheduler = lr_scheduler or Constant()
        self.velocities = {}  # {(id of the layer, name): v}, made at the first step

    def step(self, layers, epoch=0):
        """One update of all parameters of the layers, from their gradients."""
        lr = self.lr_scheduler(self.lr, epoch)
        for layer in layers:
            for name, W in layer.parameters.items():
                key = id(layer), name
                v = self.momentum * self.velocities.get(key, 0.0) + self.clipped(layer.gradients[name])
                layer.parameters[name] = W - lr * v
                self.velocities[key] = v

    def clipped(self, gradient):
        """The gradient, its norm at most clip_norm."""
        norm = np.linalg.norm(gradient)
        return gradient if self.clip_norm is None or norm <= self.clip_norm else gradient * (self.clip_norm / norm)

"""Activation functions. Each takes an array of any shape; SoftMax works along the last axis.

backward is given the input Z of forward and dL/dY, and returns dL/dZ, in the shape of Z.
"""

import numpy as np

__all__ = ["Activation", "ArcTan", "Linear", "ReLU", "Sigmoid", "SoftMax", "TanH", "initialize_activation"]


class Activation:
    """Y = f(Z), without parameters."""

    def __call__(self, Z):
        return self.forward(Z)

    def forward(self, Z):
        """Z -> Y, in the same shape."""
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def backward(self, Z, dY):
        """Z and dL/dY -> dL/dZ."""
        raise NotImplementedError(f"{type(self).__name__}.backward")


class Linear(Activation):
    """f(z) = z"""

    def forward(self, Z):
        return Z

    def backward(self, Z, dY):
        return dY


class Sigmoid(Activation):
    """f(z) = 1 / (1 + e^-z),   f' = f (1 - f)"""

    def forward(self, Z):
        return np.exp(-np.logaddexp(0, -Z))  # e^-Z alone overflows for very negative Z

    def backward(self, Z, dY):
        Y = self.forward(Z)
        return dY * Y * (1 - Y)


class TanH(Activation):
    """f(z) = tanh(z),   f' = 1 - f^2"""

    def forward(self, Z):
        return np.tanh(Z)

    def backward(self, Z, dY):
        return dY * (1 - np.tanh(Z) ** 2)


class ArcTan(Activation):
    """f(z) = arctan(z),   f' = 1 / (1 + z^2)"""

    def forward(self, Z):
        return np.arctan(Z)

    def backward(self, Z, dY):
        return dY / (1 + Z**2)


class ReLU(Activation):
    """f(z) = z, and 0 for z < 0. Its derivative at 0 is taken as 0."""

    def forward(self, Z):
        # BEGIN SOLUTION 4.1: elementwise, without a loop
        return np.maximum(Z, 0)
        # END SOLUTION

    def backward(self, Z, dY):
        # BEGIN SOLUTION 4.1: the gradient goes through where Z is positive
        return dY * (Z > 0)
        # END SOLUTION


class SoftMax(Activation):
    """y_i = e^z_i / (e^z_1 + ... + e^z_k) along the last axis: k probabilities."""

    def forward(self, Z):
        # BEGIN SOLUTION 4.3: subtract the largest z first, or e^z overflows
        powers = np.exp(Z - Z.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)
        # END SOLUTION

    def backward(self, Z, dY):
        # BEGIN SOLUTION 4.3: dy_i/dz_j = y_i ((i = j) - y_j), multiplied by dY from the left
        Y = self.forward(Z)
        return Y * (dY - (dY * Y).sum(axis=-1, keepdims=True))
        # END SOLUTION


ACTIVATIONS = {
    "linear": Linear,
    "sigmoid": Sigmoid,
    "tanh": TanH,
    "arctan": ArcTan,
    "relu": ReLU,
    "softmax": SoftMax,
}


def initialize_activation(name):
    """The activation of this name. ValueError if there is none."""
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}")
    return ACTIVATIONS[name]()

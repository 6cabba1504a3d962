"""Layers. The first axis of every array is the mini-batch; images are (m, height, width, channels).

A layer has
    parameters   an OrderedDict of its weights W and its bias b; empty before the first forward pass
    gradients    an OrderedDict of dL/dW and dL/db, with the same keys, filled by backward
    cache        an OrderedDict of what backward needs from forward
    activation   what is applied to Z, see activations.py
    n_in, n_out  how many units (or channels) go in and come out; n_in is known after the first forward pass
"""

from collections import OrderedDict

import numpy as np

from neural_networks.activations import initialize_activation
from neural_networks.weights import initialize_weights

__all__ = ["Conv2D", "Flatten", "FullyConnected", "Layer", "Pool2D"]


class Layer:
    def __init__(self, activation="linear"):
        self.activation = initialize_activation(activation)
        self.parameters, self.gradients, self.cache = OrderedDict(), OrderedDict(), OrderedDict()
        self.n_in = self.n_out = None

    def forward(self, X):
        raise NotImplementedError(f"{type(self).__name__}.forward")

    def backward(self, dLdY):
        raise NotImplementedError(f"{type(self).__name__}.backward")

    def clear_gradients(self):
        """Forget what the last forward and backward pass have left."""
        self.cache.clear()
        self.gradients = OrderedDict((name, np.zeros_like(W)) for name, W in self.parameters.items())


class FullyConnected(Layer):
    """Y = activation(X W + b):   X (m, n_in), W (n_in, n_out), b (1, n_out) -> Y (m, n_out)"""

    def __init__(self, n_out, activation, weight_init="xavier_uniform"):
        super().__init__(activation)
        self.n_out = n_out
        self.init_weights = initialize_weights(weight_init)

    def _init_parameters(self, X_shape):
        """Make W with self.init_weights(shape), and b of zeros; gradients of zeros; an empty cache.

        X_shape: (m, n_in), the shape of the first input.
        """
        # BEGIN SOLUTION 4.2: n_in is the number of features
        self.n_in = X_shape[1]
        self.parameters["W"] = self.init_weights((self.n_in, self.n_out))
        self.parameters["b"] = np.zeros((1, self.n_out))
        self.clear_gradients()
        # END SOLUTION

    def forward(self, X):
        """(m, n_in) -> (m, n_out). Keeps in the cache what backward needs."""
        if self.n_in is None:
            self._init_parameters(X.shape)
        # BEGIN SOLUTION 4.2: Z = X W + b, then the activation
        Z = X @ self.parameters["W"] + self.parameters["b"]
        self.cache.update(X=X, Z=Z)
        return self.activation(Z)
        # END SOLUTION

    def backward(self, dLdY):
        """dL/dY (m, n_out) -> dL/dX (m, n_in). Puts dL/dW and dL/db into self.gradients, in the shapes of W and b."""
        # BEGIN SOLUTION 4.2: through the activation first; b has met every sample
        dLdZ = self.activation.backward(self.cache["Z"], dLdY)
        self.gradients["W"] = self.cache["X"].T @ dLdZ
        self.gradients["b"] = dLdZ.sum(axis=0, keepdims=True)
        return dLdZ @ self.parameters["W"].T
        # END SOLUTION


class Conv2D(Layer):
    """Cross-correlation, which is what networks call convolution, and the activation:

    Z[x, y, n] = b[n] + the sum over i, j, c of W[i, j, c, n] * X[stride * x + i, stride * y + j, c]

    X (m, H, W, n_in), W (k_1, k_2, n_in, n_out), b (1, n_out) -> Y (m, r_1, r_2, n_out)

    pad: rows and columns of zeros on each side; "valid" is 0, "same" is (k_1 - 1) // 2 and (k_2 - 1) // 2.
    """

    def __init__(self, n_out, kernel_shape, activation, stride=1, pad="same", weight_init="xavier_uniform"):
        super().__init__(activation)
        self.n_out, self.kernel_shape, self.stride = n_out, kernel_shape, stride
        named = {"valid": (0, 0), "same": ((kernel_shape[0] - 1) // 2, (kernel_shape[1] - 1) // 2)}
        self.pad = named[pad] if isinstance(pad, str) else (pad, pad)  # (rows, columns)
        self.init_weights = initialize_weights(weight_init)

    def _init_parameters(self, X_shape):
        """X_shape: (m, H, W, n_in)."""
        self.n_in = X_shape[3]
        self.parameters["W"] = self.init_weights((*self.kernel_shape, self.n_in, self.n_out))
        self.parameters["b"] = np.zeros((1, self.n_out))
        self.clear_gradients()

    def forward(self, X):
        """(m, H, W, n_in) -> (m, r_1, r_2, n_out),   r = (H + 2 pad - k) // stride + 1"""
        if self.n_in is None:
            self._init_parameters(X.shape)
        # BEGIN SOLUTION 6.2: np.einsum, or np.tensordot, over all windows at once
        (p, q), W = self.pad, self.parameters["W"]
        padded = np.pad(X, ((0, 0), (p, p), (q, q), (0, 0)))
        seen = windows(padded, self.kernel_shape, self.stride)  # (m, r_1, r_2, n_in, k_1, k_2)
        Z = np.tensordot(seen, W, ((4, 5, 3), (0, 1, 2))) + self.parameters["b"]
        self.cache.update(X=X, Z=Z, windows=seen)
        return self.activation(Z)
        # END SOLUTION

    def backward(self, dLdY):
        """dL/dY (m, r_1, r_2, n_out) -> dL/dX (m, H, W, n_in). Puts dL/dW and dL/db into self.gradients."""
        # BEGIN SOLUTION 6.2: a loop over the k_1 k_2 places in the kernel is fine, over the samples it is not
        X, W = self.cache["X"], self.parameters["W"]
        dLdZ = self.activation.backward(self.cache["Z"], dLdY)
        self.gradients["b"] = dLdZ.sum(axis=(0, 1, 2))[None]
        dLdW = np.tensordot(self.cache["windows"], dLdZ, ((0, 1, 2), (0, 1, 2)))  # (n_in, k_1, k_2, n_out)
        self.gradients["W"] = dLdW.transpose(1, 2, 0, 3)
        (p, q), (m, rows, columns, _) = self.pad, X.shape
        padded = np.zeros((m, rows + 2 * p, columns + 2 * q, self.n_in))
        for (i, j), place in places(padded, self.kernel_shape, self.stride, dLdZ.shape):
            place += dLdZ @ W[i, j].T
        return padded[:, p : p + rows, q : q + columns]
        # END SOLUTION


class Pool2D(Layer):
    """The largest number, or the mean, of each window: (m, H, W, c) -> (m, r_1, r_2, c),   r = (H - k) // stride + 1

    mode: "max" or "average".   pool_fn: np.max or np.mean, of a window.
    """

    def __init__(self, kernel_shape, mode="max", stride=1):
        super().__init__()
        if mode not in ("max", "average"):
            raise ValueError(f"mode must be 'max' or 'average', got {mode!r}")
        self.kernel_shape, self.mode, self.stride = kernel_shape, mode, stride
        self.pool_fn = {"max": np.max, "average": np.mean}[mode]

    def forward(self, X):
        """(m, H, W, c) -> (m, r_1, r_2, c)"""
        # BEGIN SOLUTION 6.3: of a maximum, backward must know where it was
        seen = windows(X, self.kernel_shape, self.stride)  # (m, r_1, r_2, c, k_1, k_2)
        self.n_in = self.n_out = X.shape[3]
        self.cache.update(X=X, best=seen.reshape(*seen.shape[:4], -1).argmax(axis=-1))
        return self.pool_fn(seen, axis=(4, 5))
        # END SOLUTION

    def backward(self, dLdY):
        """dL/dY (m, r_1, r_2, c) -> dL/dX (m, H, W, c). Where several are the largest, the first one counts."""
        # BEGIN SOLUTION 6.3: windows may overlap: their gradients add up
        dLdX = np.zeros(self.cache["X"].shape)
        width = self.kernel_shape[1]
        for (i, j), place in places(dLdX, self.kernel_shape, self.stride, dLdY.shape):
            if self.mode == "max":
                place += dLdY * (self.cache["best"] == i * width + j)
            else:
                place += dLdY / (self.kernel_shape[0] * width)
        return dLdX
        # END SOLUTION


class Flatten(Layer):
    """(m, ...) -> (m, the rest in one axis)"""

    def forward(self, X):
        self.cache["shape"] = X.shape
        return X.reshape(len(X), -1)

    def backward(self, dLdY):
        return dLdY.reshape(self.cache["shape"])


# BEGIN SOLUTION
def windows(X, kernel_shape, stride):
    """All windows of images (m, H, W, c), as a view: (m, r_1, r_2, c, k_1, k_2)"""
    seen = np.lib.stride_tricks.sliding_window_view(X, kernel_shape, axis=(1, 2))
    return seen[:, ::stride, ::stride]


def places(X, kernel_shape, stride, out_shape):
    """For each place (i, j) in the kernel the part of X that it meets, (m, r_1, r_2, c): writing there writes to X."""
    _, rows, columns, _ = out_shape
    for i, j in np.ndindex(*kernel_shape):
        yield (i, j), X[:, i : i + stride * rows : stride, j : j + stride * columns : stride]


# END SOLUTION

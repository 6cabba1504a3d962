"""Problem 1: a linear node, ReLU and softmax, forward and backward, in NumPy.

Do not rename this file or its functions: the autograder looks for them by their names.
"""

import numpy as np


def linear_forward(x, w, b):
    """The output of one linear node, without an activation function: w . x + b

    x, w: (D,), inputs and weights.   b: a number, the bias.   Returns a number.
    """
    # BEGIN SOLUTION 1.1: one number for the D inputs
    return w @ x + b
    # END SOLUTION


def linear_backward(x):
    """The derivatives of the node's output with respect to its weights and its bias.

    x: (D,), the inputs.   Returns (dw, db): (D,) and a number.
    """
    # BEGIN SOLUTION 1.1: differentiate w_1 x_1 + ... + w_D x_D + b by w_i, then by b
    return x.copy(), 1.0
    # END SOLUTION


def relu_forward(z):
    """max(z, 0), entry by entry.   z: any shape.   Returns the same shape."""
    # BEGIN SOLUTION 1.2: leave z as it is
    return np.maximum(z, 0)
    # END SOLUTION


def relu_backward(z):
    """The derivative of max(z, 0) with respect to z, entry by entry: numbers, in the shape of z.

    At z = 0 there is no derivative; take 0, as PyTorch does.
    """
    # BEGIN SOLUTION 1.2: the slope on the left of 0, and on the right
    return np.where(z > 0, 1.0, 0.0)
    # END SOLUTION


def softmax_forward(z):
    """e^(z_i) / (e^(z_1) + ... + e^(z_K)) for each i.   z: (K,).   Returns (K,): positive numbers with sum 1."""
    # BEGIN SOLUTION 1.3: the sum is over all K; subtracting the largest z first changes nothing but avoids overflow
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()
    # END SOLUTION


def softmax_backward(z):
    """The derivative of each output s_i with respect to each input z_j, as a matrix: [i, j] is ds_i / dz_j.

    z: (K,), the inputs of softmax, not its outputs.   Returns (K, K).
    """
    # BEGIN SOLUTION 1.3: one case for i = j, one for i != j: every output depends on every input
    s = softmax_forward(z)
    return np.diag(s) - np.outer(s, s)
    # END SOLUTION

"""The logistic loss of a network with one hidden layer, and its gradient by hand. (Handout 003, sections 1 and 3.1.)

B samples of D numbers, K hidden units, sigmoids and no biases:

    z_1 = X w_1,   x_1 = sigmoid(z_1),   z_2 = x_1 w_2,   y_hat = sigmoid(z_2)

X is (B, D); W is {"w_1": (D, K), "w_2": (K, 1)}; z_1 is (B, K); z_2, y_hat and y are (B,), the labels y 0 or 1.
"""

import numpy as np

__all__ = ["gradient", "logistic_loss", "make_new_sample", "predict", "sigmoid", "stable_logistic_loss"]


def sigmoid(z):
    """1 / (1 + e^-z). As e^(-log(1 + e^-z)), because e^-z alone overflows for very negative z."""
    return np.exp(-np.logaddexp(0, -z))


def predict(X, W):
    """z_1 (B, K), z_2 (B,) and y_hat (B,) of the samples X (B, D)."""
    # BEGIN SOLUTION 1.1: all samples at once; the column of w_2 must not stay an axis of z_2
    z_1 = X @ W["w_1"]
    z_2 = (sigmoid(z_1) @ W["w_2"])[:, 0]
    return z_1, z_2, sigmoid(z_2)
    # END SOLUTION


def logistic_loss(y, y_hat):
    """The mean of -y log(y_hat) - (1 - y) log(1 - y_hat), as the formula stands."""
    # BEGIN SOLUTION 1.2: the formula; what comes out for y = y_hat = 0?
    return float(np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)))
    # END SOLUTION


def stable_logistic_loss(y, z_2):
    """The same loss from y_hat's logit z_2: finite for every finite z_2, and without loss of digits."""
    # BEGIN SOLUTION 1.3: for y = 0 it is log(1 + e^z), and for y = 1 log(1 + e^-z): np.logaddexp
    return float(np.mean(np.logaddexp(0, (1 - 2 * y) * z_2)))
    # END SOLUTION


def gradient(X, y, W):
    """The gradient of the mean loss with respect to both weights: {"w_1": (D, K), "w_2": (K, 1)}.

    Derive it first (problem 1.4), for one sample and from the loss back.
    """
    # BEGIN SOLUTION 1.5: dL/dz_2 is very simple, and dividing by y_hat or 1 - y_hat is not stable
    z_1, _, y_hat = predict(X, W)
    x_1 = sigmoid(z_1)
    # For one sample: dL/dz_2 = -y (1 - y_hat) + (1 - y) y_hat = y_hat - y, as sigma' = sigma (1 - sigma).
    dz_2 = (y_hat - y)[:, None] / len(X)  # (B, 1)
    dz_1 = dz_2 @ W["w_2"].T * x_1 * (1 - x_1)  # (B, K)
    return {"w_1": X.T @ dz_1, "w_2": x_1.T @ dz_2}  # the products add up over the samples
    # END SOLUTION


def make_new_sample(x1, x2):
    """A MultiMNIST image (36, 36): x1 (28, 28) at the top left, x2 (28, 28) at the bottom right.

    Where they overlap, the larger of the two. Two arrays give an array; two Tensors, of torch or of mytorch, give a
    Tensor: x1.numpy() is its array, and x1.new_tensor(array) makes another one.
    """
    # BEGIN SOLUTION 3.1: an empty image, then one image after the other, then the 20 by 20 pixels that both have
    a, b = (x if isinstance(x, np.ndarray) else x.numpy() for x in (x1, x2))
    image = np.zeros((36, 36), a.dtype)
    image[:28, :28] = a
    image[8:, 8:] = b
    image[8:28, 8:28] = np.maximum(a[8:, 8:], b[:20, :20])
    return image if isinstance(x1, np.ndarray) else x1.new_tensor(image)
    # END SOLUTION

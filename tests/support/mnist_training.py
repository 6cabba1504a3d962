"""What several tests of hw1/mnist.py use."""

import numpy as np
from support.digit_files import digits


def rows(count, seed=0, dtype="float64"):
    """Images as rows, and labels, as `mnist` takes them."""
    images, labels = digits(count, seed)
    return images.reshape(count, 784).astype(dtype) / np.dtype(dtype).type(255), labels.astype(np.int64)

"""PyTorch's path to `Variable`."""

from mytorch.compat.legacy import Variable

__all__ = ["Variable"]

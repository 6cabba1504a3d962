"""Datasets: found on this computer or downloaded, checked, and read into NumPy arrays."""

from mytorch.datasets.files import DatasetError
from mytorch.datasets.mnist import MNIST, load_mnist

__all__ = ["MNIST", "DatasetError", "load_mnist"]

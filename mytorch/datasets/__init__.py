"""Datasets: found on this computer or downloaded, checked, and read into NumPy arrays."""

from mytorch.datasets.canonical import DatasetWarning
from mytorch.datasets.cifar10 import CIFAR10
from mytorch.datasets.fashion_mnist import FashionMNIST
from mytorch.datasets.files import DatasetError
from mytorch.datasets.iris import Iris
from mytorch.datasets.mnist import MNIST, load_mnist
from mytorch.datasets.multi_mnist import MultiMNIST, make_new_sample

__all__ = [
    "CIFAR10",
    "MNIST",
    "DatasetError",
    "DatasetWarning",
    "FashionMNIST",
    "Iris",
    "MultiMNIST",
    "load_mnist",
    "make_new_sample",
]

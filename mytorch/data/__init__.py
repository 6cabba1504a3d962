"""Data: datasets, the order of their samples, batches of them, and transforms of images."""

from mytorch.data import transforms
from mytorch.data.dataset import ConcatDataset, Dataset, Subset, TensorDataset, random_split
from mytorch.data.loader import DataLoader, default_collate
from mytorch.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "random_split",
    "transforms",
]

"""Data: datasets, the order of their samples, batches of them, and transforms of images."""

import importlib
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.data import transforms
from mytorch.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from mytorch.data.loader import DataLoader, default_collate
from mytorch.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

if TYPE_CHECKING:
    from mytorch.data.distributed import DistributedSampler as DistributedSampler

__all__ = [
    "BatchSampler",
    "ChainDataset",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "DistributedSampler",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StackDataset",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "random_split",
    "transforms",
]


def __getattr__(name: str) -> Any:
    """DistributedSampler, which few programs use, when it is first asked for."""
    if name == "DistributedSampler":
        globals()[name] = importlib.import_module("mytorch.data.distributed").DistributedSampler
        return globals()[name]
    return lacking("mytorch.data", name)

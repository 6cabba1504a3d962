"""PyTorch's door to `mytorch.data`."""

import importlib
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)
from mytorch.data.loader import default_convert
from mytorch.utils.data import dataloader, dataset, sampler
from mytorch.utils.data.workers import get_worker_info

if TYPE_CHECKING:
    from mytorch.data.distributed import DistributedSampler as DistributedSampler

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "DistributedSampler", "IterableDataset",
    "RandomSampler", "Sampler", "SequentialSampler", "StackDataset", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "dataloader", "dataset", "default_collate", "default_convert",
    "get_worker_info", "random_split", "sampler",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """DistributedSampler, and the module of that name, when it is first asked for."""
    if name == "DistributedSampler":
        globals()[name] = importlib.import_module("mytorch.data.distributed").DistributedSampler
        return globals()[name]
    if name == "distributed":
        return importlib.import_module("mytorch.utils.data.distributed")
    return lacking("mytorch.utils.data", name)

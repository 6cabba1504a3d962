"""Wrappers that let several processors work on a batch."""

import importlib
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.nn.parallel.data_parallel import DataParallel

if TYPE_CHECKING:
    from mytorch.nn.parallel.distributed import DistributedDataParallel as DistributedDataParallel

__all__ = ["DataParallel", "DistributedDataParallel"]


def __getattr__(name: str) -> Any:
    """DistributedDataParallel, which few programs use, when it is first asked for."""
    if name == "DistributedDataParallel":
        globals()[name] = importlib.import_module("mytorch.nn.parallel.distributed").DistributedDataParallel
        return globals()[name]
    return lacking("mytorch.nn.parallel", name)

"""MyTorch, as anyone imports it after `pip install mytorch`: without the extra onednn, installed here or not."""

from __future__ import annotations

import os
from typing import Any

os.environ["MYTORCH_ONEDNN"] = "0"  # read when the first convolution looks for the library

import mytorch
from benchmarks.contenders import torch_like
from benchmarks.workloads import Workload

__all__ = ["build", "set_threads", "version"]

version = mytorch.__version__


def set_threads(count: int) -> None:
    if hasattr(mytorch, "set_num_threads"):  # an older MyTorch, measured for comparison, has none
        mytorch.set_num_threads(count)


def build(workload: Workload) -> Any:
    return torch_like.build(mytorch, workload)

"""MyTorch, as anyone imports it."""

from __future__ import annotations

from typing import Any

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

"""PyTorch on the CPU, eager, with its default settings: images are (N, C, H, W) in memory too."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contenders import torch_like
from benchmarks.workloads import Workload

__all__ = ["build", "set_threads", "version"]

version = torch.__version__
set_threads = torch.set_num_threads


def build(workload: Workload) -> Any:
    return torch_like.build(torch, workload)

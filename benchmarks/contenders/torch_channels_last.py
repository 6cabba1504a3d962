"""PyTorch with images stored as (N, H, W, C), which its convolutions like better."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contenders import torch_like
from benchmarks.contenders.cannot import Cannot
from benchmarks.contenders.torch_ import set_threads, version
from benchmarks.workloads import Conv, Network, Workload

__all__ = ["build", "set_threads", "version"]


def build(workload: Workload) -> Any:
    if not (isinstance(workload, Network) and any(isinstance(layer, Conv) for layer in workload.layers)):
        raise Cannot("a memory format of images: nothing else has channels")
    return torch_like.build(torch, workload, lambda thing: thing.to(memory_format=torch.channels_last))

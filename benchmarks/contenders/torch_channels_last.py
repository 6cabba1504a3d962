"""PyTorch with images stored as (N, H, W, C), which its convolutions like better."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contenders import torch_like
from benchmarks.contenders.cannot import Cannot
from benchmarks.contenders.torch_ import set_threads, version
from benchmarks.workloads import Conv, Network, Program, Workload

__all__ = ["build", "set_threads", "version"]


def build(workload: Workload) -> Any:
    has_images = isinstance(workload, Program) and workload.images
    if isinstance(workload, Network):
        has_images = any(isinstance(layer, Conv) for layer in workload.layers)
    if not has_images:
        raise Cannot("a memory format of images: nothing else has channels")
    return torch_like.build(torch, workload, lambda thing: thing.to(memory_format=torch.channels_last))

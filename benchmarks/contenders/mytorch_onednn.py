"""MyTorch with the extra: `pip install 'mytorch[onednn]'`. It changes convolution, pooling, norms and GELU."""

from __future__ import annotations

from typing import Any

import mytorch
from benchmarks.contenders import torch_like
from benchmarks.contenders.cannot import Cannot
from benchmarks.workloads import Conv, Network, Workload
from mytorch.backends import mkldnn

__all__ = ["build", "set_threads", "version"]

version = f"{mytorch.__version__}, oneDNN {mkldnn.version()}"


def set_threads(count: int) -> None:
    mytorch.set_num_threads(count)


def build(workload: Workload) -> Any:
    if not mkldnn.is_available():
        raise Cannot("oneDNN is not installed: pip install 'mytorch[onednn]'")
    layers = workload.layers if isinstance(workload, Network) else ()
    convolves = any(isinstance(layer, Conv) for layer in layers) or getattr(workload, "images", False)
    if not (convolves or getattr(workload, "tokens", None)):  # tokens: a transformer, with layer norms and GELU
        raise Cannot("nothing that the extra computes: the same as without it")
    return torch_like.build(mytorch, workload)

"""MyTorch with the extra: `pip install 'mytorch[onednn]'`. It changes convolution, pooling and large batch norms."""

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
    if not (any(isinstance(layer, Conv) for layer in layers) or getattr(workload, "images", False)):
        raise Cannot("no convolution: the same as without the extra")
    return torch_like.build(mytorch, workload)

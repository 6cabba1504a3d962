"""Adaptive pooling as modules: the size of the output is given, whatever that of the input."""

from __future__ import annotations

from typing import Any

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import OutputSize
from mytorch.tensor import Tensor

__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d"]


class _AdaptivePool(Module):
    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptivePool):
    """Means of `output_size` windows: (N, C, L) or (C, L) -> (N, C, output_size)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptivePool):
    """Means of windows: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW). output_size: an int or a pair,
    in which None keeps a size."""

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class _AdaptiveMaxPool(_AdaptivePool):
    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Largest elements of `output_size` windows: (N, C, L) or (C, L) -> (N, C, output_size).
    return_indices: return (values, positions)."""

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Largest elements of windows: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW). output_size: an int
    or a pair, in which None keeps a size. return_indices: return (values, positions)."""

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)

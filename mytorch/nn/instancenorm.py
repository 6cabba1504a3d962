"""InstanceNorm1d and InstanceNorm2d."""

from __future__ import annotations

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.module import Module, Parameter
from mytorch.tensor import Tensor

__all__ = ["InstanceNorm1d", "InstanceNorm2d"]


class _InstanceNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var of each channel of each sample.

    affine: whether there are weight and bias, (C,).  track_running_stats: keep running averages of
    mean and var, as batch norm does, and take them in evaluation. (Ulyanov et al. 2016.)
    """

    _spatial: str  # the axes behind the channels, for errors

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        dtype, tracked = get_default_dtype(), track_running_stats
        self.register_parameter("weight", Parameter(np.ones(num_features, dtype)) if affine else None)
        self.register_parameter("bias", Parameter(np.zeros(num_features, dtype)) if affine else None)
        self.register_buffer("running_mean", Tensor(np.zeros(num_features, dtype)) if tracked else None)
        self.register_buffer("running_var", Tensor(np.ones(num_features, dtype)) if tracked else None)
        self.register_buffer("num_batches_tracked", Tensor(0) if tracked else None)

    def forward(self, x: Tensor) -> Tensor:
        axes = len(self._spatial.split(", ")) + 2
        batched = x.ndim == axes
        if x.ndim not in (axes - 1, axes) or x.shape[1 - axes] != self.num_features:
            raise ValueError(
                f"{self!r}: input must have shape (N, {self.num_features}, {self._spatial}) or "
                f"({self.num_features}, {self._spatial}), got {x.shape}"
            )
        of_input = self.training or not self.track_running_stats
        y = F.instance_norm(
            x if batched else x.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            of_input,
            self.momentum,
            self.eps,
        )
        return y if batched else y.squeeze(0)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class InstanceNorm1d(_InstanceNorm):
    """Instance normalization of (N, C, L) or (C, L): see the class above."""

    _spatial = "L"


class InstanceNorm2d(_InstanceNorm):
    """Instance normalization of images (N, C, H, W) or (C, H, W): see the class above."""

    _spatial = "H, W"

"""InstanceNorm1d and InstanceNorm2d."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.modules.normalizations.base import ChannelNorm
from mytorch.tensor import Tensor

__all__ = ["InstanceNorm1d", "InstanceNorm2d"]


class _InstanceNorm(ChannelNorm):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var of each channel of each sample.

    affine: whether there are weight and bias, (C,).  track_running_stats: keep running averages of
    mean and var, as batch norm does, and take them in evaluation. (Ulyanov et al. 2016.)
    """

    _spatial: str  # the axes behind the channels, for errors

    @placed
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        axes = len(self._spatial.split(", ")) + 2
        batched = input.ndim == axes
        if input.ndim not in (axes - 1, axes) or input.shape[1 - axes] != self.num_features:
            raise ValueError(
                f"{self!r}: input must have shape (N, {self.num_features}, {self._spatial}) or "
                f"({self.num_features}, {self._spatial}), got {input.shape}"
            )
        of_input = self.training or not self.track_running_stats
        y = F.instance_norm(
            input if batched else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            of_input,
            0.0 if self.momentum is None else self.momentum,  # PyTorch: with None they stay as they are
            self.eps,
        )
        return y if batched else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Instance normalization of (N, C, L) or (C, L): see the class above."""

    _spatial = "L"


class InstanceNorm2d(_InstanceNorm):
    """Instance normalization of images (N, C, H, W) or (C, H, W): see the class above."""

    _spatial = "H, W"

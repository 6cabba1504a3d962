"""LayerNorm, RMSNorm and GroupNorm: normalization of every sample by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Module, Parameter
from mytorch.nn.resetting import Resettable
from mytorch.tensor import Tensor

__all__ = ["GroupNorm", "LayerNorm", "RMSNorm"]


def _register_scales(module: Module, shape: tuple[int, ...], weight: bool, bias: bool) -> None:
    """`weight` of ones and `bias` of zeros, or None."""
    dtype = get_default_dtype()
    module.register_parameter("weight", Parameter(np.ones(shape, dtype)) if weight else None)
    module.register_parameter("bias", Parameter(np.zeros(shape, dtype)) if bias else None)


def _as_shape(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    return (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)


class LayerNorm(Resettable):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over the last axes, whose sizes are
    `normalized_shape`, as are weight and bias.    (..., *normalized_shape), same out
    (Ba, Kiros and Hinton 2016.)"""

    @placed
    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        _register_scales(self, self.normalized_shape, elementwise_affine, elementwise_affine and bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Resettable):
    """x / sqrt(mean of x^2 + eps) * weight, over the last axes, whose sizes are `normalized_shape`.
    eps=None: the dtype's machine epsilon. (Zhang and Sennrich 2019.)"""

    @placed
    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        _register_scales(self, self.normalized_shape, elementwise_affine, False)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Resettable):
    """The channels in `num_groups` groups, and each group of each sample normalized as in LayerNorm;
    weight and bias per channel.    (N, num_channels, ...), same out    (Wu and He 2018.)"""

    @placed
    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, *, bias: bool = True
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ValueError(
                f"GroupNorm: num_channels must be a multiple of num_groups, got {num_channels} and {num_groups}"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        _register_scales(self, (num_channels,), affine, affine and bias)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim < 2 or input.shape[1] != self.num_channels:
            raise ValueError(f"{self!r}: input must have shape (N, {self.num_channels}, ...), got {input.shape}")
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        bias = self.bias is not None
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={bias}"

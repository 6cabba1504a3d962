"""class Linear: the fully connected layer."""

from __future__ import annotations

import math

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.random import drawn_uniformly
from mytorch.tensor import Tensor

__all__ = ["Linear"]


class Linear(Resettable):
    """y = x W^T + b        (..., in_features) -> (..., out_features)

    weight: (out_features, in_features), bias: (out_features,), both drawn at first from
    U(-1/sqrt(in_features), 1/sqrt(in_features)), as in PyTorch. (Handout 002, section 2.1.)
    """

    @placed
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        for name, size in (("in_features", in_features), ("out_features", out_features)):
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"Linear: {name} must be a positive int, got {size!r}")
        self.in_features = in_features
        self.out_features = out_features
        bound = 1 / math.sqrt(in_features)
        dtype = get_default_dtype()
        self.weight = Parameter(drawn_uniformly(-bound, bound, (out_features, in_features), dtype))
        self.register_parameter(
            "bias", Parameter(drawn_uniformly(-bound, bound, out_features, dtype)) if bias else None
        )

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim == 0 or input.shape[-1] != self.in_features:
            raise ValueError(f"{self!r}: input must have shape (..., {self.in_features}), got {input.shape}")
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"

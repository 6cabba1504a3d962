"""class Bilinear: a layer of two inputs, linear in each."""

from __future__ import annotations

import math

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Bilinear"]


class Bilinear(Resettable):
    """y = x1^T W x2 + b, with a matrix W for every output.

    Shapes: input1 (..., in1_features), input2 (..., in2_features) -> (..., out_features).
    weight: (out_features, in1_features, in2_features), bias: (out_features,), both drawn at first from
    U(-1/sqrt(in1_features), 1/sqrt(in1_features)), as in PyTorch.
    """

    @placed
    def __init__(self, in1_features: int, in2_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        sizes = {"in1_features": in1_features, "in2_features": in2_features, "out_features": out_features}
        for name, size in sizes.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"Bilinear: {name} must be a positive int, got {size!r}")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        bound, dtype = 1 / math.sqrt(in1_features), get_default_dtype()
        draw = default_generator().uniform
        self.weight = Parameter(draw(-bound, bound, (out_features, in1_features, in2_features)).astype(dtype))
        self.register_parameter("bias", Parameter(draw(-bound, bound, out_features).astype(dtype)) if bias else None)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """See `nn.functional.bilinear`."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )

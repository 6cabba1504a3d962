"""Activation functions made of straight pieces, and hardswish, as modules."""

from __future__ import annotations

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.activations import InPlaceActivation
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.tensor import Tensor

__all__ = ["Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "PReLU", "ReLU6", "Threshold"]


class Hardsigmoid(InPlaceActivation):
    """relu6(x + 3) / 6, element-wise."""

    def forward(self, input: Tensor) -> Tensor:
        """hardsigmoid(input), of the same shape and dtype."""
        return F.hardsigmoid(input, self.inplace)


class Hardswish(InPlaceActivation):
    """x * relu6(x + 3) / 6, element-wise."""

    def forward(self, input: Tensor) -> Tensor:
        """hardswish(input), of the same shape and dtype."""
        return F.hardswish(input, self.inplace)


class Hardtanh(InPlaceActivation):
    """x held between min_val and max_val, element-wise."""

    _options = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: Tensor) -> Tensor:
        """hardtanh(input), of the same shape and dtype."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


class LeakyReLU(InPlaceActivation):
    """x where positive, else negative_slope * x."""

    _options = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """leaky_relu(input), of the same shape and dtype."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class PReLU(Resettable):
    """x where positive, else weight * x, with a weight that is learned.    (N, C, ...), same out

    weight: (num_parameters,), one for all or one per channel, `init` at first. (He et al. 2015.)
    """

    @placed
    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(np.full(num_parameters, init, get_default_dtype()))

    def forward(self, input: Tensor) -> Tensor:
        """prelu(input, weight), of the same shape and dtype."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many weights there are."""
        return f"num_parameters={self.num_parameters}"


class ReLU6(InPlaceActivation):
    """min(max(x, 0), 6), element-wise."""

    def forward(self, input: Tensor) -> Tensor:
        """relu6(input), of the same shape and dtype."""
        return F.relu6(input, self.inplace)


class Threshold(InPlaceActivation):
    """x where above `threshold`, else `value`."""

    _options = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold = threshold
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """threshold(input), of the same shape and dtype."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

"""Smooth activation functions as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.activations import Activation, InPlaceActivation
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "LogSigmoid",
    "Mish",
    "SiLU",
    "Softplus",
    "Softsign",
    "Tanhshrink",
]


class CELU(InPlaceActivation):
    """y = x where x > 0, else alpha * (e^(x / alpha) - 1), element-wise. (Barron 2017.)

    alpha: -alpha is the least value; not 0.
    inplace: whether to write the result into the input.
    Shapes: any, same out.
    """

    _options = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """celu(input), of the same shape and dtype."""
        return F.celu(input, self.alpha, self.inplace)


class ELU(InPlaceActivation):
    """y = x where x > 0, else alpha * (e^x - 1), element-wise. (Clevert, Unterthiner and Hochreiter 2016.)

    alpha: -alpha is the least value.
    inplace: whether to write the result into the input.
    Shapes: any, same out.
    """

    _options = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """elu(input), of the same shape and dtype."""
        return F.elu(input, self.alpha, self.inplace)


class GELU(Activation):
    """y = x * P(Z <= x), Z standard normal, element-wise. (Hendrycks and Gimpel 2016.)

    approximate: "none", or "tanh" for x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))).
    Shapes: any, same out.
    """

    _options = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """gelu(input), of the same shape and dtype."""
        return F.gelu(input, self.approximate)


class GLU(Activation):
    """y = a * sigmoid(b), a and b being the two halves of x along `dim`. (Dauphin et al. 2017.)

    dim: the axis that is halved; its length must be even.
    Shapes: (..., 2 n, ...) -> (..., n, ...).
    """

    _options = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The first half of `input`, let through by the second.    (..., 2 n, ...) -> (..., n, ...)"""
        return F.glu(input, self.dim)


class LogSigmoid(Module):
    """y = ln(1 / (1 + e^-x)), element-wise, without overflow.

    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """logsigmoid(input), of the same shape and dtype."""
        return F.logsigmoid(input)


class Mish(InPlaceActivation):
    """y = x * tanh(ln(1 + e^x)), element-wise. (Misra 2019.)

    inplace: whether to write the result into the input.
    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """mish(input), of the same shape and dtype."""
        return F.mish(input, self.inplace)


class SELU(InPlaceActivation):
    """y = 1.0507... * (x where x > 0, else 1.6732... * (e^x - 1)), element-wise: the numbers that keep
    mean 0 and variance 1 from layer to layer. (Klambauer et al. 2017.)

    inplace: whether to write the result into the input.
    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """selu(input), of the same shape and dtype."""
        return F.selu(input, self.inplace)


class SiLU(InPlaceActivation):
    """y = x / (1 + e^-x), element-wise; also known as swish. (Elfwing, Uchibe and Doya 2018.)

    inplace: whether to write the result into the input.
    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """silu(input), of the same shape and dtype."""
        return F.silu(input, self.inplace)


class Softplus(Activation):
    """y = ln(1 + e^(beta x)) / beta, element-wise: a smooth ReLU.

    beta: how sharp the bend is; not 0.
    threshold: where beta x is above it, y = x, which differs less than rounding does.
    Shapes: any, same out.
    """

    _options = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """softplus(input), of the same shape and dtype."""
        return F.softplus(input, self.beta, self.threshold)


class Softsign(Module):
    """y = x / (1 + |x|), element-wise: between -1 and 1, as tanh, but slower to saturate.

    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """softsign(input), of the same shape and dtype."""
        return F.softsign(input)


class Tanhshrink(Module):
    """y = x - tanh x, element-wise.

    Shapes: any, same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanhshrink(input), of the same shape and dtype."""
        return F.tanhshrink(input)

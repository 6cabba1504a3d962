"""GELU, exact and with tanh. (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units".)"""

from __future__ import annotations

import math

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.activation import Tanh
from mytorch.ops.common import T, require_float
from mytorch.ops.elementwise import Exp

__all__ = ["GELU", "GELUTanh", "NormalCDF", "gelu"]

_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has no erf; this calls Python's for every element


class NormalCDF(Operation):
    """y = P(standard normal <= x) = erfc(-x / sqrt 2) / 2.   dL/dx = dL/dy * e^(-x^2/2) / sqrt(2 pi)

    erfc, because 1 + erf loses all digits for negative x."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y = _erfc(x.data * -math.sqrt(0.5))
        return x.new_tensor(np.asarray(y, dtype=x.data.dtype) * x.data.dtype.type(0.5))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * NormalCDF.density(x)

    @staticmethod
    def density(x):
        return Exp.run(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))


class GELU(Operation):
    """y = x P(x), P the normal distribution function.   dL/dx = dL/dy * (P(x) + x p(x)), p its density"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data * NormalCDF.run(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * (NormalCDF.run(x) + x * NormalCDF.density(x))


class GELUTanh(Operation):
    """y = x (1 + t) / 2, t = tanh u, u = sqrt(2 / pi) (x + 0.044715 x^3)
    dL/dx = dL/dy * ((1 + t) + x (1 - t^2) du/dx) / 2"""

    RATE = math.sqrt(2 / math.pi)
    CUBIC = 0.044715

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y = x.data * (1 + GELUTanh._t(x.data)) / 2
        return x.new_tensor(y.astype(x.data.dtype, copy=False))

    @staticmethod
    def _t(x):
        return Tanh.run((x * x * GELUTanh.CUBIC + 1) * x * GELUTanh.RATE)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        t = GELUTanh._t(x)
        du = (x * x * (3 * GELUTanh.CUBIC) + 1) * GELUTanh.RATE
        return grad_y * ((1 + t + x * (1 - t * t) * du) / 2)


def gelu(input: T, approximate: str = "none") -> T:
    """input * P(standard normal <= input); approximate="tanh" takes a near formula with tanh."""
    require_float("gelu", input)
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return GELU.apply(input) if approximate == "none" else GELUTanh.apply(input)

"""GELU, exact and with tanh. (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units".)"""

from __future__ import annotations

import math

from mytorch.autograd_engine import Operation
from mytorch.ops.activation import Tanh
from mytorch.ops.common import T, require_float
from mytorch.ops.elementwise import Exp
from mytorch.ops.special import Erfc

__all__ = ["GELU", "GELUTanh", "gelu"]

_ROOT_HALF = math.sqrt(1 / 2)


class GELU(Operation):
    """y = x P(x),   P(x) = erfc(-x / sqrt 2) / 2, the probability that a standard normal number is below x
    dL/dx = dL/dy * (P(x) + x p(x)),   p(x) = e^(-x^2 / 2) / sqrt(2 pi), its density

    erfc, because 1 + erf would lose all digits for negative x."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data * GELU._p_below(x.data).astype(x.data.dtype, copy=False))

    @staticmethod
    def _p_below(x):
        return Erfc.run(x * -_ROOT_HALF) * 0.5

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        density = Exp.run(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))
        return grad_y * (GELU._p_below(x) + x * density)


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

"""GELU, exact and with tanh. (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units".)"""

from __future__ import annotations

import math

from mytorch.engine.function import Operation
from mytorch.engine.grad_mode import grad_mode
from mytorch.ops import kernels
from mytorch.ops.activations.gelu_arrays import DENSITY_AT_0, ROOT_HALF
from mytorch.ops.activations.sigmoids import Tanh
from mytorch.ops.common.operands import T, require_float
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.elementwise.error_function import Erfc
from mytorch.ops.elementwise.exponential import Exp
from mytorch.runtime.blocks import in_blocks

__all__ = ["GELU", "GELUTanh", "gelu"]


class GELU(Operation):
    """y = x P(x),   P(x) = erfc(-x / sqrt 2) / 2, the probability that a standard normal variable is below x
    dL/dx = dL/dy * (P(x) + x p(x)),   p(x) = e^(-x^2 / 2) / sqrt(2 pi), its density

    erfc, because 1 + erf would lose all digits for negative x."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y, ctx.slope = kernels.gelu(x.data, ctx.wanted[0] is not None and grad_mode.enabled)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        if ctx.on_arrays:
            return kernels.gelu_gradient(grad_y, x) if ctx.slope is None else grad_y * ctx.slope
        below = Erfc.run(x * -ROOT_HALF) * 0.5
        return grad_y * (below + x * Exp.run(x * x * -0.5) * DENSITY_AT_0)


class GELUTanh(Operation):
    """y = x (1 + t) / 2, t = tanh u, u = sqrt(2 / pi) (x + 0.044715 x^3)
    dL/dx = dL/dy * ((1 + t) + x (1 - t^2) du/dx) / 2"""

    RATE = math.sqrt(2 / math.pi)
    CUBIC = 0.044715

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(in_blocks(lambda x: x * (1 + GELUTanh._t(x)) / 2, x.data))

    @staticmethod
    def _t(x):
        return Tanh.run((x * x * GELUTanh.CUBIC + 1) * x * GELUTanh.RATE)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return in_blocks(GELUTanh._gradient, grad_y, x)

    @staticmethod
    def _gradient(grad_y, x):
        t = GELUTanh._t(x)
        du = (x * x * (3 * GELUTanh.CUBIC) + 1) * GELUTanh.RATE
        return grad_y * ((1 + t + x * (1 - t * t) * du) / 2)


@half_by_float32
def gelu(input: T, approximate: str = "none") -> T:
    """input * P(standard normal <= input); approximate="tanh" takes an approximation by tanh."""
    require_float("gelu", input)
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return GELU.apply(input) if approximate == "none" else GELUTanh.apply(input)

"""The `forward` that most functions of one variable share: NumPy's function, and what to keep for backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.ops.common.operands import float_data
from mytorch.runtime.blocks import elementwise

__all__ = ["saving_input", "saving_output"]


def saving_input(function: Callable[[np.ndarray], np.ndarray]) -> Any:
    """The `forward` of y = function(x) whose derivative is written with x. Integers count as floats."""

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x.new_tensor(elementwise(function, float_data(x)))

    return staticmethod(forward)


def saving_output(function: Callable[[np.ndarray], np.ndarray]) -> Any:
    """The `forward` of y = function(x) whose derivative is written with y. Integers count as floats."""

    def forward(ctx: Any, x: Any) -> Any:
        y = x.new_tensor(elementwise(function, float_data(x)))
        ctx.save_for_backward(y)
        return y

    return staticmethod(forward)

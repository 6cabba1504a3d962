"""Negative log-likelihoods of counts (Poisson) and of numbers with an uncertainty (Gaussian)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import add, mul, sub
from mytorch.ops.elementwise.choice import where
from mytorch.ops.elementwise.division import div
from mytorch.ops.elementwise.exponential import exp, log
from mytorch.ops.losses.reduce import check_reduction, older_reduction, reduce_loss
from mytorch.ops.shapes.reshape import unsqueeze

__all__ = ["gaussian_nll_loss", "poisson_nll_loss"]


@older_reduction
def poisson_nll_loss(
    input: T, target: Any, log_input: bool = True, full: bool = False, eps: float = 1e-8, *, reduction: str = "mean"
) -> T:
    """-ln of the probability of the count `target` under a Poisson distribution with the rate e^input.

    L = e^input - target * input, or with log_input=False, where `input` is the rate itself,
    L = input - target * ln(input + eps).  What depends on the target alone is left out, unless `full`:
    then Stirling's formula for ln(target!), target ln target - target + ln(2 pi target) / 2, is added
    where target > 1.  input, target: shapes that broadcast.  reduction: "mean" and "sum" give a 0-d
    Tensor, "none" a loss per element.
    """
    name = "poisson_nll_loss"
    require_tensor(name, "input", input)
    check_reduction(name, reduction)
    target = as_operand(target, input, f"{name}: target")
    if target.data.dtype.kind != "f":  # so that whole numbers do not turn float32 into float64
        target = input.new_tensor(target.data.astype(input.data.dtype))
    rate, log_rate = (exp(input), input) if log_input else (input, log(add(input, eps)))
    losses = sub(rate, mul(target, log_rate))
    if full:
        large = target > 1
        t = where(large, target, 1.0)  # where the formula is not used, it must not make nan
        stirling = add(sub(mul(t, log(t)), t), mul(log(mul(t, 2 * math.pi)), 0.5))
        losses = add(losses, Masked.apply(stirling, large))
    return reduce_loss(losses, reduction)


@older_reduction
def gaussian_nll_loss(
    input: T, target: Any, var: Any, full: bool = False, eps: float = 1e-6, *, reduction: str = "mean"
) -> T:
    """-ln of the density of `target` under a normal distribution with mean `input` and variance `var`.

    L = (ln v + (input - target)^2 / v) / 2 with v = max(var, eps); with `full`, ln(2 pi) / 2 is added.
    The maximum passes the gradient on to var unchanged.  (Nix and Weigend 1994.)

    input, target: shapes that broadcast.  var: of the shape of input, or with a last axis of 1 or none
    where one variance serves all of it, or a number.  ValueError for a negative variance.
    """
    name = "gaussian_nll_loss"
    require_tensor(name, "input", input)
    check_reduction(name, reduction)
    target, var = (as_operand(x, input, f"{name}: {key}") for key, x in (("target", target), ("var", var)))
    if (var.data < 0).any():
        raise ValueError(f"{name}: var must not be negative, got {var.data.min()}")
    shape = input.data.shape
    if var.data.ndim and var.data.shape == shape[:-1]:
        var = unsqueeze(var, -1)
    try:
        fits = np.broadcast_shapes(var.data.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name}: var must have the shape of input, {shape}, or broadcast to it, got {var.data.shape}")
    var = add(var, np.maximum(var.data.dtype.type(eps) - var.data, var.data.dtype.type(0)))
    error = sub(input, target)
    losses = mul(add(log(var), div(mul(error, error), var)), 0.5)
    return reduce_loss(add(losses, 0.5 * math.log(2 * math.pi)) if full else losses, reduction)

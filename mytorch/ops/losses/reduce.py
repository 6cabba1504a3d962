"""What all losses share: their last step, from one loss per element to the result."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.reductions.sums import mean, sum

__all__ = ["REDUCTIONS", "broadcast_weight", "check_reduction", "older_reduction", "paired", "reduce_loss", "weighted"]


REDUCTIONS = ("mean", "sum", "none")


def check_reduction(function: str, reduction: str, allowed: tuple[str, ...] = REDUCTIONS) -> None:
    """ValueError unless `reduction` is one of the allowed ones."""
    if reduction not in allowed:
        raise ValueError(f"{function}: reduction must be one of {allowed}, got {reduction!r}")


def reduce_loss(losses: T, reduction: str) -> T:
    """The mean or the sum of the losses (0-d), or with "none" the losses themselves."""
    return losses if reduction == "none" else mean(losses) if reduction == "mean" else sum(losses)


def paired(function: str, input: Any, target: Any) -> Any:
    """`target` (a Tensor or array) as a Tensor, which must have the shape of `input`."""
    require_tensor(function, "input", input)
    target = as_operand(target, input, f"{function}: target")
    if target.data.shape != input.data.shape:
        raise ValueError(
            f"{function}: target must have the shape of input, {input.data.shape}, got {target.data.shape}"
        )
    return target


def weighted(function: str, losses: T, weight: Any) -> T:
    """losses * weight, unless weight is None; it must broadcast to the shape of the losses."""
    return losses if weight is None else mul(losses, broadcast_weight(function, "weight", weight, losses))


def broadcast_weight(function: str, name: str, weight: Any, losses: Any) -> Any:
    """`weight`, the argument `name`, as a Tensor that broadcasts to the shape of the losses."""
    weight = as_operand(weight, losses, f"{function}: {name}")
    shape, full = weight.data.shape, losses.data.shape
    if len(shape) > len(full) or any(n not in (1, m) for n, m in zip(shape[::-1], full[::-1])):
        raise ValueError(f"{function}: {name} must broadcast to the shape of the losses, {full}, got {shape}")
    return weight


F = TypeVar("F", bound=Callable[..., Any])


def older_reduction(function: F) -> F:
    """`function`, a loss or a loss module's __init__, with PyTorch's older keywords: size_average=False is
    reduction="sum", and reduce=False is reduction="none". They warn."""

    @functools.wraps(function)
    def with_older(*args: Any, size_average: bool | None = None, reduce: bool | None = None, **kwargs: Any) -> Any:
        if size_average is not None or reduce is not None:
            none, total = reduce is False, size_average is False
            kwargs["reduction"] = "none" if none else "sum" if total else "mean"
            warnings.warn(
                f"size_average and reduce are PyTorch's older words for reduction={kwargs['reduction']!r}", stacklevel=2
            )
        return function(*args, **kwargs)

    return with_older  # type: ignore[return-value]

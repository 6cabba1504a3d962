"""`once_differentiable`: for a `backward` that cannot be differentiated in its turn."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mytorch.engine.function import Function
from mytorch.engine.grad_mode import is_grad_enabled, no_grad
from mytorch.engine.tensor_base import TensorBase

__all__ = ["once_differentiable"]


class _OnlyOnce(Function):
    @staticmethod
    def forward(ctx, grad, name):
        ctx.name = name
        return grad

    @staticmethod
    def backward(ctx, grad_grad):
        raise RuntimeError(f"differentiating {ctx.name} twice, whose backward is marked @once_differentiable")


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for the `backward` of a Function that computes with arrays: the gradients that it
    returns can be used, but differentiating them raises RuntimeError instead of giving 0.

    class Cube(Function):
        ...
        @staticmethod
        @once_differentiable
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output.new_tensor(3 * x.data**2 * grad_output.data)
    """

    @functools.wraps(backward)
    def wrapped(ctx: Any, *grad_outputs: Any) -> Any:
        with no_grad():
            gradients = backward(ctx, *grad_outputs)
        if not is_grad_enabled():  # not create_graph
            return gradients
        several = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
        return tuple([_guarded(gradient, ctx.function_name) for gradient in several])

    return wrapped


def _guarded(gradient: Any, name: str) -> Any:
    if not isinstance(gradient, TensorBase):
        return gradient
    leaf: Any = gradient.new_alias(gradient._data)
    leaf.requires_grad = True  # so that _OnlyOnce is recorded
    return _OnlyOnce.apply(leaf, name)

"""PyTorch's path to `Function` and what belongs to it."""

from mytorch.autograd.once import once_differentiable
from mytorch.engine.function import Function
from mytorch.engine.node import BackwardFunction as FunctionCtx

__all__ = ["Function", "FunctionCtx", "once_differentiable"]

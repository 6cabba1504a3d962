"""The engine: operations are recorded on the way forward and walked on the way back.

Handout 002, sections 0.1.4 and 0.1.5, in one picture:

    d = a * b          Function.apply runs Mul.forward and puts a node on d:

                       d.grad_fn = BackwardFunction "Mul"
                                     next_functions = [AccumulateGrad of a, AccumulateGrad of b]

    d.backward()       `backward` starts at d.grad_fn and goes from node to node: a
                       BackwardFunction turns the gradient of its output into gradients of its
                       inputs, an AccumulateGrad adds what arrives to its tensor's `.grad`.

Nothing here knows what an operation computes: that is in `mytorch/ops`. Nothing here makes a
Tensor from nothing either: new ones are made from old ones, by `new_tensor`.
"""

from __future__ import annotations

from mytorch.engine.function import BinaryOperation, Function, Operation
from mytorch.engine.grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from mytorch.engine.node import AccumulateGrad, BackwardFunction, ContextManager
from mytorch.engine.tensor_base import TensorBase
from mytorch.engine.walk import backward, walk

__all__ = [
    "AccumulateGrad",
    "BackwardFunction",
    "BinaryOperation",
    "ContextManager",
    "Function",
    "Operation",
    "TensorBase",
    "backward",
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
    "walk",
]

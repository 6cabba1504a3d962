"""A convolution or a linear layer and the batch norm behind it as one layer, for a network in use."""

from __future__ import annotations

import copy
from typing import Any

from mytorch.nn.module import Module, Parameter

__all__ = ["fuse_conv_bn_eval", "fuse_linear_bn_eval"]


def fuse_conv_bn_eval(conv: Module, bn: Module, transpose: bool = False) -> Module:
    """A copy of `conv` that computes bn(conv(x)). Both must be in evaluation mode: RuntimeError."""
    return _fused(conv, bn, 1 if transpose else 0)


def fuse_linear_bn_eval(linear: Module, bn: Module) -> Module:
    """A copy of `linear` that computes bn(linear(x)). Both must be in evaluation mode: RuntimeError."""
    return _fused(linear, bn, 0)


def _fused(layer: Any, bn: Any, axis: int) -> Any:
    if layer.training or bn.training:
        raise RuntimeError("fusing needs layers in evaluation mode: call .eval() first")
    weight, mean = layer.weight.data, bn.running_mean.data
    scale = (1.0 if bn.weight is None else bn.weight.data) / (bn.running_var.data + bn.eps) ** 0.5
    shape = [1] * weight.ndim
    shape[axis] = -1
    shift = (0.0 if layer.bias is None else layer.bias.data) - mean
    fused = copy.deepcopy(layer)
    fused.weight = Parameter((weight * scale.reshape(shape)).astype(weight.dtype))
    bias = shift * scale + (0.0 if bn.bias is None else bn.bias.data)
    fused.bias = Parameter(bias.astype(weight.dtype))
    return fused

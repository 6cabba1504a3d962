"""Activation functions as methods."""

from __future__ import annotations

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.activations import rectifiers, shrink, sigmoids, softmax as softmax_ops

__all__ = ["ActivationMethods"]


class ActivationMethods(TensorBase):
    """The activation functions that PyTorch has as methods."""

    __slots__ = ()

    relu = rectifiers.relu

    tanh = sigmoids.tanh
    sigmoid = sigmoids.sigmoid

    softmax = softmax_ops.softmax
    log_softmax = softmax_ops.log_softmax
    prelu = rectifiers.prelu
    hardshrink = shrink.hardshrink

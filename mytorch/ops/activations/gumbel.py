"""Samples of categories that gradients flow through: gumbel_softmax."""

from __future__ import annotations

import numpy as np

from mytorch.ops.activations.softmax import softmax
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_float
from mytorch.random import default_generator

__all__ = ["gumbel_softmax"]


def gumbel_softmax(logits: T, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> T:
    """softmax((logits + g) / tau) along `dim`, g = -ln(-ln u), u evenly distributed: near a one-hot sample of the
    categories for a small tau. (Jang, Gu and Poole 2017; Maddison, Mnih and Teh 2017.)

    hard: the result is the one-hot sample itself, its gradient that of the softmax.   eps: has no effect, as in
    PyTorch."""
    require_float("gumbel_softmax", logits)
    axis = axis_of("gumbel_softmax", dim, logits.data.ndim)
    noise = default_generator().gumbel(size=logits.data.shape).astype(logits.data.dtype)
    soft = softmax((logits + logits.new_tensor(noise)) / tau, axis)
    if not hard:
        return soft
    sample = np.zeros_like(soft.data)
    np.put_along_axis(sample, np.expand_dims(soft.data.argmax(axis), axis), 1, axis)
    return logits.new_tensor(sample) - soft.detach() + soft

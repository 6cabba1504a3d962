"""Names for the engine's signatures: they say what a value is for, where one Python type would not do."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "Gradient", "Like", "Node"]

Array: TypeAlias = np.ndarray
Gradient: TypeAlias = Any  # an array; a Tensor where the walk is recorded; a GradientsByOutput between nodes
Node: TypeAlias = Any  # a BackwardFunction or an AccumulateGrad
Like: TypeAlias = Any  # a Tensor from which new ones are made, because class Tensor is a floor above

"""Names for the types in the signatures of layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.tensor import Tensor

__all__ = ["ArrayLike", "Ints", "OutputSize"]

ArrayLike = Tensor | np.ndarray | Any  # what a loss takes as target: a Tensor, an array or nested lists
Ints = int | tuple[int, ...] | list[int]  # one int for all axes, or one per axis
OutputSize = int | tuple[int | None, ...] | None  # None keeps the size of an axis

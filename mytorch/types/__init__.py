"""Types that PyTorch's programs name in their annotations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from mytorch.compat.devices import device
from mytorch.tensor import Tensor

__all__ = ["Device", "FileLike", "Number", "Storage", "Tensor"]

Number: TypeAlias = int | float | bool
Device: TypeAlias = device | str | int | None
FileLike: TypeAlias = str | os.PathLike | Any
Storage: TypeAlias = np.ndarray

_int, _float, _bool, _size = int, float, bool, Sequence[int]
_dtype, _device = np.dtype, device
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]

"""Identity and Unflatten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mytorch.nn.module import Module
from mytorch.ops.common.axes import axis_of
from mytorch.tensor import Tensor

__all__ = ["Identity", "Unflatten"]


class Identity(Module):
    """Its input, unchanged: stands in for a layer. Takes any arguments and ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Unflatten(Module):
    """Splits the axis `dim` into axes of the sizes `unflattened_size`, one of which may be -1:
    Unflatten(1, (3, 4, 4)) makes (N, 48) (N, 3, 4, 4)."""

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        axis = axis_of("Unflatten", self.dim, input.ndim)
        return input.reshape(*input.shape[:axis], *self.unflattened_size, *input.shape[axis + 1 :])

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"

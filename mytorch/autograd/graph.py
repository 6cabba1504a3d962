"""PyTorch's path to the graph: `Node`, a step on the way back, as `y.grad_fn` gives it."""

from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.engine.node import BackwardFunction as Node

__all__ = ["Node"]

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)

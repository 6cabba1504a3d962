"""Helpers around training."""

import importlib
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.utils import checkpoint

if TYPE_CHECKING:
    from mytorch.utils import benchmark, data, hooks, tensorboard

__all__ = ["benchmark", "checkpoint", "data", "hooks", "tensorboard"]

_MODULES = ("benchmark", "data", "hooks", "tensorboard")  # imported when first used

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        return lacking(__name__, name)

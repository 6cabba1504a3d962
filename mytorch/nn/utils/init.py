"""skip_init: a module whose weights are about to be loaded anyway."""

from __future__ import annotations

from typing import Any

__all__ = ["skip_init"]


def skip_init(module_cls: type, *args: Any, **kwargs: Any) -> Any:
    """`module_cls(*args, **kwargs)`. Its weights are drawn all the same: that takes a moment, and no more memory."""
    return module_cls(*args, **kwargs)

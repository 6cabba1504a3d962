"""PyTorch's older door to `mytorch.amp`: autocast(enabled) and GradScaler() without the name of a device."""

from __future__ import annotations

from typing import Any

from mytorch import amp
from mytorch.amp import custom_bwd, custom_fwd

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


class autocast(amp.autocast):  # noqa: N801 (PyTorch's name)
    """`mytorch.amp.autocast("cuda", ...)`."""

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`mytorch.amp.GradScaler("cuda", ...)`."""

    def __init__(self, *args: Any, enabled: bool = True, **options: Any) -> None:
        super().__init__("cuda", *args, enabled=enabled, **options)

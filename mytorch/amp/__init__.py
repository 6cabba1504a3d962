"""Mixed precision, which PyTorch's programs switch on for cards: here it stays off, and says so.

with mytorch.amp.autocast("cuda", enabled=use_amp): ...
scaler = mytorch.amp.GradScaler("cuda", enabled=use_amp)
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


class autocast:  # noqa: N801 (PyTorch's name)
    """A context, or a decorator, in which nothing changes. With enabled=True on "cuda" a warning says so, as in a
    PyTorch without a card; on "cpu" it is an error, because NumPy has no bfloat16: write x.half() where it is wanted.
    """

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: Any = None
    ) -> None:
        if enabled and device_type == "cpu":
            raise NotImplementedError(
                "autocast on the CPU computes in bfloat16, which NumPy has not; leave it out, or enabled=False"
            )
        if enabled:
            warnings.warn("autocast: there is no CUDA device, so nothing is cast", UserWarning, stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def same(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return same


class GradScaler:
    """A scaler that scales by 1, as PyTorch's does without a card: `scaler.scale(loss).backward()`,
    `scaler.step(optimizer)`, `scaler.update()`. With enabled=True a warning says that it does nothing."""

    def __init__(self, device: str = "cuda", *args: Any, enabled: bool = True, **options: Any) -> None:
        if enabled:
            warnings.warn("GradScaler: there is no CUDA device, so nothing is scaled", UserWarning, stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """The loss, or losses, as they are."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing to divide by."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing to adapt."""

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Empty, as PyTorch's when it is not enabled."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to take over."""


def custom_fwd(fwd: Callable[..., Any] | None = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """A decorator for the forward of a Function: as it is, because nothing is cast."""
    return fwd if fwd is not None else lambda function: function


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str = "cuda") -> Any:
    """A decorator for the backward of a Function: as it is, because nothing is cast."""
    return bwd if bwd is not None else lambda function: function


def is_autocast_available(device_type: str) -> bool:
    """False."""
    return False

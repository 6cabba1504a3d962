"""class Work: what a call with async_op=True returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["DONE", "Work"]


class Work:
    """A message on its way. `wait()` returns when it has arrived."""

    def __init__(self, finish: Callable[[], Any] | None = None) -> None:
        self._finish = finish

    def wait(self, timeout: Any = None) -> bool:
        """Return True when the call is done. timeout: accepted; that of the group holds."""
        if self._finish is not None:
            finish, self._finish = self._finish, None
            finish()
        return True

    def is_completed(self) -> bool:
        """Whether `wait()` has nothing to do."""
        return self._finish is None


DONE = Work()

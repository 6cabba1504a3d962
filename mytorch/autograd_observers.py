"""Watching the engine at work, for `detect_anomaly` and `checkpoint`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mytorch.autograd_nodes import BackwardFunction

__all__ = ["observers"]


class _Observers:
    """Those who want to see nodes as they are made (`made`), or what a backward computes (`check`).

    While nobody does, nothing is spent on it: `made` works by exchanging BackwardFunction.__init__.
    """

    def __init__(self) -> None:
        self.check: Callable[[BackwardFunction, Any, Sequence[Any]], None] | None = None
        self._of_made: tuple = ()
        self._plain_init = BackwardFunction.__init__

    def add(self, made: Callable[[BackwardFunction], None]) -> None:
        self._of_made = (*self._of_made, made)
        plain_init = self._plain_init

        def observed_init(node: BackwardFunction, function: Any, next_functions: list) -> None:
            plain_init(node, function, next_functions)
            for observer in self._of_made:
                observer(node)

        type.__setattr__(BackwardFunction, "__init__", observed_init)

    def remove(self, made: Callable[[BackwardFunction], None]) -> None:
        self._of_made = tuple([observer for observer in self._of_made if observer is not made])
        if not self._of_made:
            type.__setattr__(BackwardFunction, "__init__", self._plain_init)


observers = _Observers()

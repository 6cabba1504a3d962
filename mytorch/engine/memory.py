"""Which tensors look at the same memory, and when it was last changed in place."""

from __future__ import annotations

import threading
import weakref
from typing import Any

__all__ = ["OUTDATED", "UNRECORDED", "Memory", "changes"]


class _InPlaceChanges:
    """Counts the in-place changes of all tensors. A tensor's version is the count at its last
    change, so "changed since it was saved" is one comparison, and none where nothing changed."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        with self._lock:
            self.count += 1
            return self.count


changes = _InPlaceChanges()

UNRECORDED: Any = object()  # the base of a view that was made while nothing was recorded

# Stands in the place of a view's node after a change of the memory that it looks at. The true node
# is made when somebody asks for it (`in_place.history`), so that a change costs the same however
# many views there are: a loop of `y[i] = f(y[i - 1])` would be quadratic otherwise.
OUTDATED: Any = object()


class Memory:
    """What a tensor knows of the others that look at its memory; most tensors need none.

    counter: [version], one list for all of them.
    base: of a view, the tensor that it was taken from in the end; None for any other tensor.
    made_by: of the output of a user's Function that lies in the memory of an argument, the
        Function's name. Its node cannot be made anew, so changes in place are refused.
    views: of a base, those of its views whose nodes are up to date; outdated: the others. By weak
        references: a view holds its base, not the other way.
    """

    __slots__ = ("base", "counter", "made_by", "outdated", "views")

    def __init__(self, counter: list[int], base: Any = None, made_by: str | None = None) -> None:
        self.counter = counter
        self.base = base
        self.made_by = made_by
        self.views: list[weakref.ref] = []
        self.outdated: list[weakref.ref] = []

    def add_view(self, view: Any) -> None:
        self.views = _with(self.views, view)

    def add_outdated(self, view: Any) -> None:
        self.outdated = _with(self.outdated, view)

    def take_views(self) -> list:
        """The living views that are up to date, which leave the list."""
        views, self.views = self.views, []
        return [view for reference in views if (view := reference()) is not None]


def _with(references: list[weakref.ref], view: Any) -> list[weakref.ref]:
    references.append(weakref.ref(view))
    if len(references) >= 16 and len(references) & (len(references) - 1) == 0:  # at 16, 32, 64, ...: forget the dead
        return [reference for reference in references if reference() is not None]
    return references

"""Methods that look into the graph: the work is in `mytorch/insight`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mytorch.engine.tensor_base import TensorBase

__all__ = ["InsightMethods"]


class InsightMethods(TensorBase):
    """explain, and how a small tensor looks in a notebook."""

    __slots__ = ()

    def explain(
        self, gradient: Any = None, *, names: Any = None, accumulate: bool = False, retain_graph: bool = True
    ) -> Any:
        """What `backward` from here does, step by step: an Explanation, which prints as text, shows itself as a
        table in a notebook, and has `records`. No `.grad` changes, unless with `accumulate`. See `mytorch.explain`."""
        # On demand, as `mytorch.explain`: programs that train do without it.
        explain = import_module("mytorch.insight.explain").explain
        return explain(self, gradient, names=names, accumulate=accumulate, retain_graph=retain_graph)

    def _repr_html_(self) -> Any:
        """In a notebook vectors and matrices of at most 100 numbers are tables; for others None: `repr` is shown."""
        return import_module("mytorch.insight.tensor_table").table_of(self)

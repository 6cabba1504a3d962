"""A small Tensor as an HTML table for a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from mytorch.engine.in_place import history
from mytorch.engine.node import BackwardFunction

__all__ = ["table_of"]

_LARGEST = 100  # elements
_STYLE = ' style="text-align: right; border: 1px solid #8884; padding: 1px 6px"'


def table_of(tensor: Any) -> str | None:
    """A row per row of a matrix, one for a vector, and what the tensor is below; None for other and larger ones."""
    data = tensor._data
    if data.ndim not in (1, 2) or not 0 < data.size <= _LARGEST:
        return None
    rows = data.reshape(-1, data.shape[-1])
    body = "".join([f"<tr>{''.join([f'<td{_STYLE}>{_in_words(number)}</td>' for number in row])}</tr>" for row in rows])
    node = history(tensor)
    notes = [f"shape {data.shape}", str(data.dtype)]
    if type(node) is BackwardFunction:
        notes.append(f"made by {node.function_name}")
    elif node is not None:
        notes.append("requires grad")
    return f"<table>{body}</table><small>tensor, {escape(', '.join(notes))}</small>"


def _in_words(number: Any) -> str:
    return escape(f"{number:.4g}" if isinstance(number, np.floating) else str(number))

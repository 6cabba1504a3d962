"""Long tables of cases: a sample runs always, the rest with -m slow."""

import pytest

__all__ = ["sampled"]


def sampled(table, *kept):
    """Parameters for pytest of a table {name: value or tuple of values}; all but those called `kept` are slow."""
    assert set(kept) < set(table)
    return [
        pytest.param(*(v if isinstance(v, tuple) else (v,)), id=name, marks=() if name in kept else pytest.mark.slow)
        for name, v in table.items()
    ]

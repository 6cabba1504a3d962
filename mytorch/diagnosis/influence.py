"""Whether the loss changes with a parameter, found out by changing it: the gradient may be lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from mytorch.diagnosis.examination import Examination
from mytorch.engine.tensor_base import TensorBase

__all__ = ["with_influence"]

_MOST = 20  # parameters that are tried one by one


def with_influence(seen: Examination, parameters: Iterable[Any]) -> list[Any]:
    """Those of `parameters` that the loss changes with. All at once first, which for most models is all there is."""
    tried = list(parameters)
    before = _loss(seen, []) if tried else None
    if before is None or not _is_same(before, _value(seen.loss)):  # it draws numbers that nobody can put back
        return []
    if _is_same(before, _loss(seen, tried)):
        return []
    return [p for p in tried[:_MOST] if not _is_same(before, _loss(seen, [p]))]


def _loss(seen: Examination, parameters: list[Any]) -> np.ndarray | None:
    """The loss with these parameters changed, and with the random numbers of the examination; None after an error."""
    with seen.random_numbers.again(), _changed(parameters), np.errstate(all="ignore"):
        try:
            loss = seen.loss_of(seen.model(seen.inputs))
        except Exception:  # of a program whose numbers were changed: then nothing is known
            return None
    return _value(loss)


def _value(loss: Any) -> np.ndarray:
    return np.asarray(loss._data if isinstance(loss, TensorBase) else loss, dtype=float)


def _is_same(before: np.ndarray, after: np.ndarray | None) -> bool:
    return after is None or (before.shape == after.shape and np.allclose(before, after, rtol=1e-9, equal_nan=True))


@contextmanager
def _changed(parameters: list[Any]) -> Iterator[None]:
    kept = [(p, p._data) for p in parameters]
    try:
        for p, array in kept:
            p._data = (array * 1.5 + 0.25).astype(array.dtype)
            p.mark_changed()
        yield
    finally:
        for p, array in kept:
            p._data = array
            p.mark_changed()

"""What a batch is: inputs and targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["split_batch", "split_inputs"]

TARGET_NAMES = ("target", "targets", "label", "labels", "y")  # in a batch that is a dict


def split_batch(batch: Any) -> tuple[Any, list[Any]]:
    """(inputs, targets) of a batch: (x, y), (x, y1, y2), (x, (y1, y2)), ((x1, x2), y), or a dict.

    Of a dict "target", "targets", "label", "labels" or "y" is the target, and the rest the inputs: a dict
    again, or if it has one entry that entry.
    """
    if isinstance(batch, Mapping):
        inputs, targets = _split_dict(batch)
        if targets is None:
            raise TypeError(f"a batch that is a dict must have a target ({', '.join(TARGET_NAMES)}), got {list(batch)}")
    elif not isinstance(batch, (list, tuple)) or len(batch) < 2:
        got = type(batch).__name__ + (f" of length {len(batch)}" if isinstance(batch, (list, tuple)) else "")
        raise TypeError(f"a batch must be a sequence (inputs, target, ...), got {got}")
    else:
        inputs, *targets = batch
    if len(targets) == 1 and isinstance(targets[0], (list, tuple)):
        targets = list(targets[0])
    return inputs, targets


def split_inputs(batch: Any) -> Any:
    """The inputs of a batch that may have targets or not, for `predict`: of (x,), of x, of (x, y), of a dict."""
    if isinstance(batch, Mapping):
        return _split_dict(batch)[0]
    return batch[0] if type(batch) in (list, tuple) and batch else batch


def _split_dict(batch: Mapping) -> tuple[Any, list[Any] | None]:
    found = [name for name in TARGET_NAMES if name in batch]
    if len(found) > 1:
        raise TypeError(f"a batch that is a dict must have one target, got {found}")
    rest = {key: value for key, value in batch.items() if key not in found}
    inputs = next(iter(rest.values())) if len(rest) == 1 else rest
    return inputs, [batch[found[0]]] if found else None

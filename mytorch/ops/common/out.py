"""`out=`: a tensor that the result is written into. Of PyTorch's functions the few have it that its tutorials show."""

from __future__ import annotations

from typing import Any

from mytorch.engine.in_place import recorded
from mytorch.ops.common.operands import require_tensor

__all__ = ["written"]


def written(function: str, result: Any, out: Any) -> Any:
    """`result`, or if there is an `out`, that, with the numbers of the result in it. It must have the result's shape.
    RuntimeError where gradients are recorded: the history of `out` would not know of it."""
    if out is None:
        return result
    require_tensor(function, "out", out)
    if recorded(result, out):
        raise RuntimeError(f"{function}: out= is not recorded; leave it away, or compute under no_grad()")
    if out._data.shape != result._data.shape:
        raise RuntimeError(f"{function}: out must have the shape {result._data.shape}, got {out._data.shape}")
    if result._data.dtype.kind == "f" and out._data.dtype.kind != "f":
        raise RuntimeError(
            f"{function}: the result is {result._data.dtype} and does not fit into out, {out._data.dtype}"
        )
    out._data[...] = result._data
    out.mark_changed()
    return out

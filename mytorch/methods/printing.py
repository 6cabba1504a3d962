"""How a Tensor prints itself."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.in_place import history
from mytorch.engine.node import BackwardFunction
from mytorch.engine.tensor_base import TensorBase

__all__ = ["PrintingMethods", "set_printoptions"]


# What `set_printoptions` changes: NumPy's names of the options.
_DEFAULT: dict[str, Any] = {"precision": 4}
_PROFILES: dict[str, dict[str, Any]] = {
    "default": _DEFAULT,
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2},
    "full": {"precision": 4, "threshold": sys.maxsize},
}
_options = dict(_DEFAULT)


def set_printoptions(
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed from now on: digits, from how many elements on only `edgeitems` at each end are shown,
    the length of a line. profile: "default", "short" or "full", all of them. sci_mode=True is left out."""
    if sci_mode:
        raise NotImplementedError("set_printoptions: sci_mode=True is left out; format the numbers of x.tolist()")
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"set_printoptions: profile must be one of {', '.join(_PROFILES)}, got {profile!r}")
        _options.clear()
        _options.update(_PROFILES[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "max_line_width": linewidth}
    _options.update({name: value for name, value in given.items() if value is not None})


class PrintingMethods(TensorBase):
    """repr, format, and what plots ask for."""

    __slots__ = ()

    def __repr__(self) -> str:
        """As PyTorch prints it: whole numbers as `1.`, others with four digits."""
        data = self._data
        options = {"max_line_width": 80, **_options}
        options["max_line_width"] += max(
            data.ndim - 1, 0
        )  # NumPy also counts the brackets that close, PyTorch does not
        if data.dtype == np.bool_ and data.all():
            options["formatter"] = {"bool": str}  # NumPy leaves room for "False"
        text = np.array2string(
            data, separator=", ", prefix="tensor(", floatmode="maxprec" if _are_whole(data) else "fixed", **options
        )
        notes = [text]
        if self._data.size == 0:
            notes = [f"[], size={self._data.shape}"]
        if self._data.dtype not in (get_default_dtype(), np.int64, np.bool_):
            notes.append(f"dtype={self._data.dtype}")
        node = history(self)
        if type(node) is BackwardFunction:
            notes.append(f"grad_fn=<{node.function_name}Backward>")
        elif node is not None:
            notes.append("requires_grad=True")
        return f"{'Parameter containing:' + chr(10) if self.is_parameter else ''}tensor({', '.join(notes)})"

    def to_numpy(self) -> np.ndarray:
        """A copy of the numbers, without history: what Matplotlib asks for, so that `plt.plot(x)` works for tensors
        that require grad, too. To compute with, take `x.detach().numpy()`."""
        return self._data.copy()

    def __format__(self, spec: str) -> str:
        return format(self._data.item() if self._data.size == 1 and spec else repr(self), spec)


def _are_whole(data: np.ndarray) -> bool:
    finite = data[np.isfinite(data)]
    parts = (finite.real, finite.imag) if data.dtype.kind == "c" else (finite,)
    return all((part == np.trunc(part)).all() for part in parts)

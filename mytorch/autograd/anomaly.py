"""`detect_anomaly`: which operation made the nan?"""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.node import BackwardFunction
from mytorch.engine.observers import Observer, observers

__all__ = [
    "detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_anomaly_enabled", "set_detect_anomaly",
]  # fmt: skip

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LINE = "_anomaly_line"  # among the attributes of ctx


class set_detect_anomaly:  # noqa: N801 (PyTorch's name)
    """`set_detect_anomaly(mode)` switches the search for nan on or off, for all threads; in `with`
    it lasts for the block. check_nan=False only remembers the lines, for errors in backward."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._previous = _State.mode, _State.check_nan
        _switch(bool(mode), check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        _switch(*self._previous)


class detect_anomaly:  # noqa: N801 (PyTorch's name)
    """`with detect_anomaly():` around forward and backward: when the backward of an operation
    returns a nan, RuntimeError says which operation that was and which line of the program ran it
    in the forward pass. Slow; costs nothing when off.

    check_nan: with False no search for nan.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._previous: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._previous.append((_State.mode, _State.check_nan))
        _switch(True, self._check_nan)

    def __exit__(self, *exception: object) -> None:
        _switch(*self._previous.pop())


class _State:
    mode = False
    check_nan = True


class _LinesAndNan(Observer):
    def before_forward(self, node: BackwardFunction, inputs: tuple) -> None:
        """Note where the program was when it ran the operation: the innermost line outside of mytorch."""
        stack = traceback.extract_stack()
        outside = [frame for frame in stack if not os.path.abspath(frame.filename).startswith(_PACKAGE)]
        frame = (outside or stack)[-1]
        node.__dict__[_LINE] = f'File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}'

    def after_backward(self, node: BackwardFunction, gradients: tuple, contributions: Sequence[Any] | None) -> None:
        if _State.check_nan and contributions is not None:
            _find_nan(node, contributions)


_observer = _LinesAndNan()


def _switch(mode: bool, check_nan: bool) -> None:
    if mode and not _State.mode:
        observers.append(_observer)
    elif _State.mode and not mode:
        observers.remove(_observer)
    _State.mode, _State.check_nan = mode, check_nan


def _find_nan(node: BackwardFunction, contributions: Sequence[Any]) -> None:
    for i, (parent, contribution) in enumerate(zip(node.next_functions, contributions)):
        if parent is None or contribution is None:
            continue
        array = contribution if isinstance(contribution, np.ndarray) else np.asarray(contribution.data)
        if array.dtype.kind in "fc" and np.isnan(array).any():
            line = node.__dict__.get(_LINE)
            where = (
                f"In the forward pass it was run here:\n  {line}"
                if line
                else ("Run the forward pass inside detect_anomaly(), too, to see its line")
            )
            raise RuntimeError(f"{node.function_name}.backward returned nan for argument {i} of forward. {where}")


def is_anomaly_enabled() -> bool:
    """Whether nan is searched for, or lines are remembered."""
    return _State.mode


def is_anomaly_check_nan_enabled() -> bool:
    """Whether nan is searched for, where `is_anomaly_enabled`."""
    return _State.check_nan


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """`set_detect_anomaly`, as a function only."""
    _switch(bool(mode), check_nan)

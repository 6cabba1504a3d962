"""`mytorch.testing.assert_close`: for the tests of programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mytorch.tensor import Tensor

__all__ = ["assert_close"]

# dtype -> (rtol, atol), PyTorch's.
_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
               "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7)}  # fmt: skip


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Any = None,
) -> None:
    """AssertionError unless |actual - expected| <= atol + rtol |expected| everywhere, and shapes and (with
    check_dtype) dtypes agree. Tensors, numbers, and sequences and mappings of them.

    rtol, atol: both or neither; without them by dtype (float32: 1.3e-6 and 1e-5, float64: 1e-7 and 1e-7; other
    dtypes must be equal). msg: what to say instead, a str, or a function of the message.
    check_device, check_layout and check_stride have no meaning here.
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"assert_close: rtol and atol go together, got rtol={rtol}, atol={atol}")
    problem = _difference(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    if problem is not None:
        raise AssertionError(problem if msg is None else msg(problem) if callable(msg) else msg)


def _difference(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str) -> str | None:
    """What is wrong, as a sentence; None if nothing is. `at`: where in the containers, "[0]['x']"."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if set(a) != set(b):
            return f"the keys{at} differ: {sorted(map(repr, a))} and {sorted(map(repr, b))}"
        pairs = [(f"{at}[{key!r}]", a[key], b[key]) for key in b]
    elif _is_sequence(a) and _is_sequence(b):
        if len(a) != len(b):
            return f"the lengths{at} differ: {len(a)} and {len(b)}"
        pairs = [(f"{at}[{i}]", x, y) for i, (x, y) in enumerate(zip(a, b))]
    else:
        return _different_numbers(a, b, rtol, atol, equal_nan, check_dtype, at)
    problems = [_difference(x, y, rtol, atol, equal_nan, check_dtype, where) for where, x, y in pairs]
    return next((problem for problem in problems if problem is not None), None)


def _is_sequence(thing: Any) -> bool:
    return isinstance(thing, Sequence) and not isinstance(thing, (str, bytes))


def _different_numbers(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str) -> str | None:
    if isinstance(a, Tensor) != isinstance(b, Tensor):
        raise TypeError(
            f"assert_close: both must be Tensors or neither, got {type(a).__name__}, {type(b).__name__}{at}"
        )
    x, y = [np.asarray(v.data if isinstance(v, Tensor) else v) for v in (a, b)]
    if x.shape != y.shape:
        return f"the shapes{at} differ: {x.shape} and {y.shape}"
    if check_dtype and isinstance(a, Tensor) and x.dtype != y.dtype:
        return f"the dtypes{at} differ: {x.dtype} and {y.dtype}"
    if x.dtype.kind not in "fiubc" or y.dtype.kind not in "fiubc":
        raise TypeError(f"assert_close: cannot compare {x.dtype} and {y.dtype}{at}; tensors and numbers only")
    if rtol is None:  # the coarser of both
        both = [_TOLERANCES.get(v.dtype.name, (0.0, 0.0)) for v in (x, y)]
        rtol, atol = max(t[0] for t in both), max(t[1] for t in both)
    close = np.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if close.all():
        return None
    with np.errstate(all="ignore"):
        apart = np.abs(x.astype(np.complex128) - y)
    worst = np.unravel_index(int(np.where(close, -1.0, apart).argmax()), x.shape)
    return (
        f"{(~close).sum()} of {close.size} numbers{at} differ; the most {x[worst]} and {y[worst]} at "
        f"{tuple(map(int, worst))} (rtol={rtol}, atol={atol})"
    )

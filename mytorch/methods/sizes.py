"""Sizes and axes as Tensor's methods take them: one after the other or as a tuple."""

from __future__ import annotations

from typing import Any

__all__ = ["sizes_from"]


def sizes_from(args: tuple, named: Any = None) -> tuple[int, ...]:
    """Sizes or axes, given as `f(2, 3)`, as `f((2, 3))`, or `named`, as `f(dims=(2, 3))`."""
    if named is not None:
        if args:
            raise TypeError(f"sizes or axes were given twice, {args} and {named}")
        args = (named,)
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    return tuple([int(n.__index__()) for n in args])

"""Reading a result in whichever form a student's code has it: a Tensor, an array, a number."""

from __future__ import annotations

import re

__all__ = ["reading"]

_READ = "(lambda v: v if v is None or isinstance(v, (int, float, list, tuple, {np}.ndarray, {np}.generic)) else v.data)"
READ = _READ.format(np="__import__('numpy')")


def reading(expression: str) -> str:
    """The expression as the student's process evaluates it. `x.grad.data` means the numbers of `x.grad`: of an array
    and of a number these are the value itself (an array's own `.data` is a memory address), of None it is None."""
    owner = expression.removesuffix(".data")
    if owner != expression:
        return f"{READ}({owner})"
    return re.sub(r"\b([A-Za-z_][\w.]*(?:\[\d+\])?)\.data\b(?!\()", rf"{READ}(\1)", expression)

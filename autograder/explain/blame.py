"""From the facts of `probe` to one sentence: which operation or method is at fault, what is wrong, what to do."""

from __future__ import annotations

import itertools
from typing import Any

from autograder.explain import sentences_graph, sentences_names, sentences_operations
from autograder.explain.sentence import MAKERS, Blame

__all__ = ["blame"]

SENTENCES = (sentences_names, sentences_operations, sentences_graph)  # each registers its facts when it is imported


def blame(facts: Any, raised: bool, about_gradient: bool, arrived: bool = True) -> Blame | None:
    """The most telling fact as a sentence; None if nothing is wrong with any operation.

    raised: the snippet ended with an exception.  about_gradient: what is wrong may come from a backward.
    arrived: False if a gradient is None that should not be.
    """
    found: list[Blame] = []
    facts = _merged([fact for fact in facts if isinstance(fact, list) and fact and isinstance(fact[0], str)])
    for kind, *details in facts:
        maker = MAKERS.get(kind)
        if maker is None or (kind in _ONLY_IF_RAISED and not raised) or (kind == "never reached" and arrived):
            continue
        try:
            made = maker(*details)
        except (
            TypeError,
            ValueError,
            LookupError,
            AttributeError,
            ArithmeticError,
        ):  # facts come from a process that nobody trusts
            continue
        if made is not None and isinstance(made.operation, str) and (about_gradient or not made.of_gradient):
            found.append(made)
    plain = [made for made in found if made.text.startswith(_as_arrays(facts))]
    return next(iter(plain), min(found, key=lambda made: made.rank, default=None))  # the first of the lowest rank


def _is_plain(value: Any) -> bool:
    """Text, a number, None or lists of these, which can be compared; not an array."""
    return all(map(_is_plain, value)) if isinstance(value, list) else isinstance(value, (str, int, float, type(None)))


def _as_arrays(facts: list) -> tuple[str, ...]:
    """How the sentences begin about gradients that came as arrays, if it was for an array that something failed: then
    not the operation is at fault that failed, but the one that made the array."""
    failed = any(str(f[0]).endswith("raises") and ("memoryview" in str(f) or "ndarray" in str(f)) for f in facts)
    names = {f[1] for f in facts if f[0] == "gradient plain" and len(f) > 1 and isinstance(f[1], str)}
    return tuple(f"{name}.backward returns the gradient of" for name in names) if failed else ()


_ONLY_IF_RAISED = {
    "backward list",
    "gradient plain",
    "forward raises",
    "backward raises",
    "accumulate raises",
    "grad plain",
    "zero_grad leaves",
}


def _merged(facts: list) -> list:
    """Two gradients whose shapes are exchanged are one mistake."""
    shapes = [f for f in facts if f[0] == "gradient shape" and len(f) == 6 and _is_plain(f)]
    for one, two in itertools.pairwise(shapes):
        if one[1] == two[1] and one[2:3] != two[2:3] and one[3] == two[4] and two[3] == one[4]:
            return [["exchanged", one[1], one[3], one[4]], *facts]
    return facts

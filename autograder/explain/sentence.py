"""What a fact becomes: a `Blame`, made by the function that is registered for its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["BROKEN", "DETAIL", "FORMULA", "GRAPH", "MAKERS", "SHAPE", "Blame", "a_or_an", "fact", "shape_text", "which"]

# How sure a sentence is, and how early in the chain of causes: of two facts the lower one is told.
BROKEN, SHAPE, FORMULA, GRAPH, DETAIL = range(5)


@dataclass(frozen=True)
class Blame:
    """rank: see above. operation: at fault, '' if it is the graph or a layer. text: the sentence.
    reason: whether the text says why (and not only where)."""

    rank: int
    operation: str
    text: str
    reason: bool = True
    of_gradient: bool = False


Maker = Callable[..., "Blame | None"]
MAKERS: dict[str, Maker] = {}


def fact(kind: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        MAKERS[kind] = make
        return make

    return register


def shape_text(sizes: Any) -> str:
    return str(tuple(int(n) for n in sizes))


def which(i: int) -> str:
    return f"its {('first', 'second', 'third', 'fourth')[i]} input" if 0 <= i < 4 else f"input {i}"


def a_or_an(word: str) -> str:
    return f"{'an' if word[:1] in ('a', 'e', 'i', 'o') or word.startswith('nd') else 'a'} {word}"

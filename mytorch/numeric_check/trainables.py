"""Which arrays of a layer of NumPy arrays are trained, and where backward puts their gradients.

Names differ from course to course (weights and grad_weights, W and dW, parameters["W"] and
gradients["W"]), so what is trained is found by what it does: moved, it changes the output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["MISSING", "get", "gradient_of", "name_of", "put", "reachable"]

Path = tuple[tuple[str, Any], ...]  # ("attribute", name) or ("item", key or index), from the layer on

SAME = {"weights": "w", "weight": "w", "biases": "b", "bias": "b"}
VALUES = ("data", "value", "values", "val")  # of an object that is one parameter, beside its .grad
MISSING = object()


def reachable(value: Any, path: Path = (), seen: frozenset[int] = frozenset()) -> Iterator[tuple[Path, Any]]:
    """Every array, number or None in the layer, in its dicts and lists and in the layers that it holds."""
    if value is None or isinstance(value, (float, np.floating, np.ndarray)):
        yield path, value
        return
    if id(value) in seen or len(path) > 8 or isinstance(value, (type, str, bytes)):
        return
    steps: list[tuple[tuple[str, Any], Any]] = []
    if isinstance(value, Mapping):
        steps = [(("item", key), inner) for key, inner in value.items()]
    elif isinstance(value, (list, tuple)):
        steps = [(("item", i), inner) for i, inner in enumerate(value)]
    elif hasattr(value, "__dict__"):
        steps = [(("attribute", key), inner) for key, inner in vars(value).items()]
    for step, inner in steps:
        yield from reachable(inner, (*path, step), seen | {id(value)})


def get(layer: Any, path: Path) -> Any:
    for kind, key in path:
        layer = getattr(layer, key) if kind == "attribute" else layer[key]
    return layer


def put(layer: Any, path: Path, value: Any) -> None:
    """Set what is there. TypeError in a tuple."""
    holder, (kind, key) = get(layer, path[:-1]), path[-1]
    if kind == "attribute":
        setattr(holder, key, value)
    else:
        holder[key] = value


def name_of(path: Path) -> str:
    """As in Python: layers[0].weights."""
    if path[0] == ("attribute", "parameters") and len(path) == 2:
        return str(path[1][1])  # handout 001's dict
    parts = [f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in path]
    return "".join(parts).lstrip(".")


def gradient_of(layer: Any, path: Path) -> Any:
    """What backward has left as the gradient of the array at `path`: an array, None where its place is empty,
    MISSING where there is no place."""
    holder = path[:-1]  # of layers[0].params["W"]: layers[0], the object nearest to it
    while holder and not hasattr(get(layer, holder), "__dict__"):
        holder = holder[:-1]
    owner, own = get(layer, holder), [str(key) for _, key in path[len(holder) :]]
    if len(own) == 1 and own[0].strip("_") in VALUES and hasattr(owner, "grad"):
        return owner.grad
    for other, value in reachable(owner):
        words = [str(key) for _, key in other]
        of_owner = all(kind == "item" for kind, _ in other[1:])  # and not of a layer inside
        if of_owner and words != own and _says_gradient(words) and _names_match(words, own):
            return value
    return MISSING


def _says_gradient(words: list[str]) -> bool:
    """Whether these names are of a gradient: grad_weights, grads["W"], dW, dL_dW, delta_b."""
    text = " ".join(words).lower()
    return "grad" in text or "delta" in text or re.match(r"_*(dl_?d|dloss_?d|d)", words[-1].lower()) is not None


def _names_match(words: list[str], own: list[str]) -> bool:
    if len(words) != len(own):
        return min(len(words), len(own)) == 1 and _core(own[-1]) in _cores(words[-1])
    first = _core(words[0]) == "" and len(words) > 1  # grads[...] for whatever the parameters are called
    return (first or _core(own[0]) in _cores(words[0])) and all(
        _core(o) in _cores(w) for w, o in zip(words[1:], own[1:])
    )


def _cores(name: str) -> tuple[str, ...]:
    """The names of which this may be the gradient's: "dW" is that of "w"."""
    core = _core(name)
    return (core, _core(core[1:])) if core.startswith("d") else (core,)


def _core(name: str) -> str:
    """The name without what says gradient, and without plural: "grad_weights" -> "w", "dL_db" -> "db"."""
    text = re.sub(r"gradients?|grads?|delta", "", name.lower()).replace("_", "")
    text = re.sub(r"^(dl|dloss)(?=d)", "", text)
    stem = text.rstrip("0123456789")
    return SAME.get(stem, stem) + text[len(stem) :]

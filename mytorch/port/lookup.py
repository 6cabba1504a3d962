"""What MyTorch has of the names that a program mentions."""

from __future__ import annotations

import importlib
import inspect
import types
from typing import Any, NamedTuple

import mytorch
from mytorch.compat.left_out import LeftOut, LeftOutModule
from mytorch.methods.left_out import LeftOutMethods
from mytorch.port.on_purpose import DIFFERS, SAME_IN_NUMPY
from mytorch.port.reading import BESIDE, Mention, mentions
from mytorch.port.tensor_methods import TENSOR_METHODS
from mytorch.tensor import Tensor

__all__ = ["Finding", "findings"]

_OF_CONTAINERS = {"index", "values", "indices"}  # of lists, dicts and slices; a sparse tensor has them, too


class Finding(NamedTuple):
    """kind: "has", "lacks", "left out" or "differs".  note: what to know, or to write instead."""

    kind: str
    name: str
    lines: list[int]
    note: str


def findings(text: str, path: str = "<text>") -> list[Finding]:
    """One Finding per name of PyTorch's in the program and what is to be said of it, in the order of the lines."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for mention in mentions(text, path):
        for kind, name, note in _judged(mention):
            lines = found.setdefault((kind, name, note), [])
            if mention.line not in lines:
                lines.append(mention.line)
    return [Finding(kind, name, lines, note) for (kind, name, note), lines in found.items()]


def _judged(mention: Mention) -> list[tuple[str, str, str]]:
    """(kind, name, note) of a mention; of an object's method nothing, unless we know better."""
    name = mention.name
    if name in BESIDE:
        return [("lacks", name, "a package of its own that needs PyTorch")]
    if name.startswith(".data."):
        return _behind_data(name.removeprefix(".data."))
    if name.startswith("."):
        if name in DIFFERS:
            return [("differs", name, DIFFERS[name])]
        method = name[1:]
        if method in vars(LeftOutMethods):
            return [("left out", f"Tensor{name}", f"{vars(LeftOutMethods)[method].__doc__} If it is a tensor's")]
        if method in TENSOR_METHODS and not hasattr(Tensor, method) and method not in _OF_CONTAINERS:
            return [("lacks", f"Tensor{name}", "if it is a tensor's")]
        return []
    return _named(name, mention.keywords)


def _behind_data(attribute: str) -> list[tuple[str, str, str]]:
    """`x.data.max(1)`: of an array here, of a tensor in PyTorch."""
    if attribute not in TENSOR_METHODS or attribute in SAME_IN_NUMPY:
        return []
    instead = "with torch.no_grad(): x" if attribute.endswith("_") else "x.detach()"
    note = f".data is a NumPy array; write {instead}.{attribute}"
    return [("differs", f".data.{attribute}", note)]


def _named(name: str, keywords: tuple[str, ...]) -> list[tuple[str, str, str]]:
    kind, thing, note = _look_up(name)
    if kind != "has":
        return [(kind, name, note)]
    judged = [("differs", name, DIFFERS[name])] if name in DIFFERS else [("has", name, "")]
    unknown = _unknown_keywords(thing, keywords)
    return [*judged, *[("lacks", f"{name}({keyword}=)", "the argument") for keyword in unknown]]


def _look_up(name: str) -> tuple[str, Any, str]:
    """(kind, the thing or None, note) of "torch.nn.Linear"."""
    thing: Any = mytorch
    for part in name.split(".")[1:]:
        if part == "*":
            return "has", None, ""
        try:
            thing = _part(thing, part)
        except LeftOut as error:
            return "left out", None, str(error)
        except AttributeError:
            return "lacks", None, ""
        if isinstance(thing, LeftOutModule):
            return "left out", None, thing.reason
    return "has", thing, ""


def _part(thing: Any, part: str) -> Any:
    """`thing.part`, which may be a module that nobody has imported yet. AttributeError if there is none."""
    if isinstance(thing, types.ModuleType) and hasattr(thing, "__path__"):
        name = f"{thing.__name__}.{part}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
        else:
            return getattr(thing, part, module)
    return getattr(thing, part)


def _unknown_keywords(thing: Any, keywords: tuple[str, ...]) -> list[str]:
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):  # no function, or one without a signature
        return []
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return []
    known = {parameter.name for parameter in parameters}
    wrapper: Any = vars(thing).get("__init__") if isinstance(thing, type) else thing
    while hasattr(wrapper, "__wrapped__"):  # a decorator may take more, such as PyTorch's older size_average
        known |= set(inspect.signature(wrapper, follow_wrapped=False).parameters)
        wrapper = wrapper.__wrapped__
    both = {"axis": "dim", "keepdims": "keepdim"}  # functions that have PyTorch's name take NumPy's, too
    return [keyword for keyword in keywords if both.get(keyword, keyword) not in known]

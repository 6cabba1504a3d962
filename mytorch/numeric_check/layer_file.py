"""A user's file of layers: load it, find what can be checked, and build it."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mytorch.engine.function import Function
from mytorch.nn.module import Module

__all__ = ["Case", "LayerFileError", "cases_of", "load_file", "parse_arguments", "subjects_of"]

TABLE = "NUMERIC_CHECKS"
KEYS = ("args", "kwargs", "shapes", "inputs")
DEFAULT_SHAPE = (4, 5)
LABEL_NAMES = ("label", "labels", "target", "targets", "y", "t", "y_true", "onehot", "one_hot", "truth")
PROBABILITY_NAMES = ("y_hat", "yhat", "p", "probs", "probabilities", "y_pred")


class LayerFileError(Exception):
    """The file, a name or a table entry cannot be used; the message is for the user."""


# ------------------------------------------------------------------------------ loading


def load_file(path: Path) -> ModuleType:
    """Import the file. Of a package (`__init__.py` beside it) under its dotted name, so that its
    relative imports work."""
    if not path.is_file():
        raise LayerFileError(f"{path}: there is no such file")
    path = path.resolve()
    root, name = path.parent, path.stem
    while (root / "__init__.py").is_file():
        root, name = root.parent, f"{root.name}.{name}"
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module(name) if "." in name else _load_alone(path)
    except (Exception, SystemExit) as error:
        raise LayerFileError(f"{path} cannot be imported:\n{short_traceback(error, path)}") from None


def _load_alone(path: Path) -> ModuleType:
    # Under a name that no installed package has: the file may be called random.py.
    name = f"numeric_check_of_{path.stem}"
    loader = SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look it up there
    loader.exec_module(module)
    return module


def short_traceback(error: BaseException, path: Path) -> str:
    """The error, and how it was reached from the user's file on."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, frame in enumerate(frames) if frame.filename == str(path)), len(frames))
    lines = [*traceback.format_list(frames[first:]), *traceback.format_exception_only(type(error), error)]
    return "".join(lines).rstrip()


# ------------------------------------------------------------------------------- finding


def subjects_of(module: ModuleType, path: Path, wanted: Sequence[str]) -> dict[str, Any]:
    """By name: the classes and functions to check. Without `wanted` all layers and Functions that are
    defined in the file, except those whose names begin with an underscore, and all of its table."""
    if Path(getattr(module, "__file__", None) or "").resolve() != path.resolve():
        raise LayerFileError(f"{path}: another file of that name was imported, {getattr(module, '__file__', None)}")
    own = {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", None) == module.__name__
        and not isinstance(value, ModuleType)
    }
    for name in (*wanted, *_table(module)):
        if name not in own:
            near = get_close_matches(name, own, 3, 0.5) or sorted(own)
            raise LayerFileError(
                f"{path} defines no class or function {name!r}; it defines {', '.join(near) or 'none'}"
            )
    if wanted:
        return {name: own[name] for name in wanted}
    public = {n: v for n, v in own.items() if n in _table(module) or (not n.startswith("_") and _is_layer_class(v))}
    if not public:
        raise LayerFileError(
            f"{path} defines no layer: no subclass of nn.Module or Function, and no class with forward and backward"
        )
    return public


def _is_layer_class(value: Any) -> bool:
    if not isinstance(value, type) or inspect.isabstract(value):
        return False
    if issubclass(value, Module):
        return value.forward is not Module.forward
    return issubclass(value, Function) or all(callable(getattr(value, n, None)) for n in ("forward", "backward"))


# ------------------------------------------------------------------------------ building


@dataclass(frozen=True)
class Case:
    """One entry of the file's table, or the command line's `--args` and `--shape`.

    args, kwargs: of the constructor. shapes: of inputs to draw from N(0, 1). inputs: given ones.
    """

    args: tuple = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    shapes: tuple | None = None
    inputs: tuple | None = None

    def build(self, name: str, subject: Any, rng: np.random.Generator) -> tuple[Any, list]:
        """The layer and its inputs. LayerFileError if the constructor needs what is not there."""
        layer = subject
        if isinstance(subject, type) and not issubclass(subject, Function):
            _require_arguments(name, subject, self)
            layer = subject(*self.args, **self.kwargs)
        if self.inputs is not None:
            return layer, list(self.inputs)
        names = _input_names(subject)
        shapes = self.shapes if self.shapes is not None else (DEFAULT_SHAPE,) * len(names)
        names += [""] * (len(shapes) - len(names))
        return layer, [_drawn(name if len(shapes) > 1 else "", shape, rng) for name, shape in zip(names, shapes)]


def cases_of(name: str, module: ModuleType) -> list[Case]:
    """The cases of the table for this name; without an entry one with nothing given."""
    entries = _table(module).get(name, {})
    cases = []
    for entry in entries if isinstance(entries, (list, tuple)) else [entries]:
        if not isinstance(entry, dict) or set(entry) - set(KEYS):
            raise LayerFileError(
                f"{TABLE}[{name!r}] must be a dict with keys of {KEYS}, or a list of these, got {entry!r}"
            )
        if "shapes" in entry and "inputs" in entry:
            raise LayerFileError(f"{TABLE}[{name!r}] must have shapes or inputs, not both")
        for key in ("args", "shapes", "inputs"):
            if key in entry and not isinstance(entry[key], (tuple, list)):
                raise LayerFileError(f"{TABLE}[{name!r}][{key!r}] must be a list, got {entry[key]!r}")
        given = {key: tuple(entry[key]) for key in ("args", "shapes", "inputs") if key in entry}
        cases.append(Case(kwargs=entry.get("kwargs", {}), **given))
    return cases


def _table(module: ModuleType) -> dict[str, Any]:
    table = getattr(module, TABLE, {})
    if not isinstance(table, dict):
        raise LayerFileError(f"{TABLE} must be a dict from names to cases, got {type(table).__name__}")
    return table


def parse_arguments(text: str) -> tuple[tuple, dict[str, Any]]:
    """'4, 3, bias=False' -> ((4, 3), {"bias": False}). ValueError for what is not literals."""
    try:
        call = ast.parse(f"f({text}\n)", mode="eval").body
        assert isinstance(call, ast.Call)
        keywords = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords if k.arg is not None}
        return tuple([ast.literal_eval(value) for value in call.args]), keywords
    except (SyntaxError, ValueError, AssertionError):
        raise ValueError(f"expected numbers and strings as in a call, such as 4, 3, bias=False; got {text!r}") from None


def _require_arguments(name: str, constructor: Callable[..., Any], case: Case) -> None:
    try:
        signature = inspect.signature(constructor)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*case.args, **case.kwargs)
    except TypeError as error:
        raise LayerFileError(
            f"{name}{signature} cannot be made ({error}). Give the arguments in the command, for example\n"
            f"  {name} --args '4, 3' --shape 5,4\n"
            f"or in the file, with as many shapes as forward has inputs:\n"
            f"  {TABLE} = {{{name!r}: {{'args': (4, 3), 'shapes': [(5, 4)]}}}}"
        ) from None


def _drawn(name: str, shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """From N(0, 1); of a loss the labels one-hot and the probabilities such, (N, C)."""
    values = rng.standard_normal(shape)
    if len(shape) == 2 and name.lower() in LABEL_NAMES:
        return np.eye(shape[1])[values.argmax(axis=1)]
    if len(shape) == 2 and name.lower() in PROBABILITY_NAMES:
        return np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    return values


def _input_names(subject: Any) -> list[str]:
    """Of the inputs that forward must have: its arguments without defaults, but for self and ctx."""
    is_class, own = isinstance(subject, type), 0
    if is_class:
        own = int(not issubclass(subject, Function) or subject.setup_context is Function.setup_context)
    parameters = list(inspect.signature(subject.forward if is_class else subject).parameters.values())[own:]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind in kinds]

"""The source of a function, class or method, found by its name without running anything."""

from __future__ import annotations

import ast
import functools
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

__all__ = ["ExportError", "NotFoundError", "Piece", "find", "find_all"]

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class ExportError(Exception):
    """A file or name that cannot be exported; the message is for the user."""


class NotFoundError(ExportError):
    """There is no such file, or the name is not defined in it."""


@dataclass(frozen=True)
class Piece:
    """Code to show: of which name, from which file and line."""

    name: str
    file: str
    line: int
    code: str


@dataclass(frozen=True)
class _File:
    path: Path
    shown: str  # the path as the reader sees it
    lines: list[str]
    tree: ast.Module


def find(root: Path, file: str, name: str) -> list[Piece]:
    """The piece called `name`, "function", "Class" or "Class.method", of a file below `root`.

    A name that the file imports from another file below `root` is shown from there. A name that is
    defined several times (a property and its setter) gives all of them. Raises ExportError.
    """
    source = _read(root, file)
    first, *rest = name.split(".")
    home, definitions = _definitions(root, source, first, set())
    known = _names(home.tree.body) if definitions else _names(source.tree.body)
    for part in rest:
        inside = [statement for d in definitions if isinstance(d, ast.ClassDef) for statement in d.body]
        definitions, known = [d for d in _all(inside) if d.name == part], _names(inside)
    if not definitions:
        near = ", ".join(get_close_matches(name.split(".")[-1], known, 3, 0.5) or known[:20])
        where = f"{'.'.join(name.split('.')[:-1])} in {home.shown}" if rest else source.shown
        raise NotFoundError(f"{where} defines no {name.split('.')[-1]!r}; it defines {near or 'nothing'}")
    return [_piece(home, name, d) for d in definitions]


def find_all(root: Path, file: str) -> list[Piece]:
    """All functions and classes that the file itself defines."""
    source = _read(root, file)
    return [_piece(source, d.name, d) for d in _all(source.tree.body)]


def _read(root: Path, file: str) -> _File:
    path = root / file
    if not path.is_file():
        raise NotFoundError(f"{file}: there is no such file in {root}")
    return _parse(path, Path(file).as_posix())


@functools.cache
def _parse(path: Path, shown: str) -> _File:
    try:
        with tokenize.open(path) as stream:  # minds the file's own encoding line
            text = stream.read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\d" in the student's strings
            tree = ast.parse(text)
    except SyntaxError as error:
        raise ExportError(f"{shown}, line {error.lineno}: the file is not Python: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise ExportError(f"{shown}: the file is not text in UTF-8 or the encoding it names: {error}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes; too deeply nested
        raise ExportError(f"{shown}: the file cannot be parsed: {error}") from None
    except OSError as error:
        raise ExportError(f"{shown}: the file cannot be read: {error.strerror}") from None
    return _File(path, shown, text.split("\n"), tree)  # not splitlines(): it splits at form feeds, ast does not


def _all(statements: Sequence[ast.stmt]) -> Iterator:
    """Definitions among the statements, also inside of `if` and `try`."""
    for statement in statements:
        if isinstance(statement, Definition):
            yield statement
        elif isinstance(statement, (ast.If, ast.Try, ast.With)):
            for block in ("body", "orelse", "finalbody"):
                yield from _all(getattr(statement, block, []))
            for handler in getattr(statement, "handlers", []):
                yield from _all(handler.body)


def _names(statements: Sequence[ast.stmt]) -> list[str]:
    return list(dict.fromkeys(d.name for d in _all(statements)))


def _definitions(root: Path, source: _File, name: str, seen: set[Path]) -> tuple[_File, list]:
    """Where `name` is defined: here, or in a file that it is imported from."""
    found = [d for d in _all(source.tree.body) if d.name == name]
    seen.add(source.path)
    if found:
        return source, found
    for statement in source.tree.body:
        if not isinstance(statement, ast.ImportFrom):
            continue
        original = next((a.name for a in statement.names if (a.asname or a.name) in (name, "*")), None)
        other = _imported_file(root, source, statement)
        if original is None or other is None or other in seen:
            continue
        shown = other.relative_to(root).as_posix()
        home, found = _definitions(root, _parse(other, shown), name if original == "*" else original, seen)
        if found:
            return home, found
    return source, []


def _imported_file(root: Path, source: _File, statement: ast.ImportFrom) -> Path | None:
    """The file of `from module import ...`, if it is below `root`."""
    module = (statement.module or "").split(".") if statement.module else []
    folder = source.path.parents[statement.level - 1] if statement.level else root
    path = folder.joinpath(*module)
    for candidate in (path.with_suffix(".py") if module else path, path / "__init__.py"):
        if candidate.is_file() and candidate.is_relative_to(root):
            return candidate
    return None


def _piece(source: _File, name: str, definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Piece:
    """The lines of the definition with its decorators, moved to the left margin."""
    start = min([definition.lineno, *[d.lineno for d in definition.decorator_list]])
    lines = source.lines[start - 1 : definition.end_lineno]
    margin = " " * definition.col_offset  # in front of a def there is only white space
    margin = lines[0][: definition.col_offset] if lines[0].startswith("\t") else margin
    # A text over several lines may have lines that begin further left: they stay.
    code = "\n".join([line.removeprefix(margin).rstrip() for line in lines])
    return Piece(name, source.shown, start, code)

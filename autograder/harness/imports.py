"""Importing a student's package so that one broken file costs only what needs that file.

Packages import their files eagerly: `mytorch/nn/__init__.py` names every layer. Python would
therefore let a syntax error in batchnorm.py stop `from mytorch.nn.linear import Linear` too. Here
a module that cannot be imported becomes a stub instead. Whatever is taken from it (by name or by
`import *`) is a `Broken` class, which can be passed around and subclassed, and which raises the
original error as soon as it is used.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import traceback
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["FORBIDDEN", "PACKAGE", "BrokenFileError", "StudentImports", "TimeLimitError", "install"]

PACKAGE = "mytorch"
# Libraries that do what the homework asks for: a file that imports one of them counts as broken.
FORBIDDEN = ("torch", "tensorflow", "jax", "autograd", "mygrad", "tinygrad", "keras", "mxnet", "paddle", "theano")


class BrokenFileError(ImportError):
    """Something from a file that cannot be imported was used."""


class ForbiddenImportError(ImportError):
    """A library was imported that does the homework."""


class TimeLimitError(BaseException):
    """Raised in the middle of the student's code when its time is up. Not an Exception, so that
    `except Exception` does not stop it, and no reason to make a stub: the whole check ends."""


class Broken(type):
    """The type of what stands in for a class, function or constant of a broken file."""

    def _fail(cls, *args: Any, **kwargs: Any) -> Any:
        raise BrokenFileError(cls._reason)

    __call__ = __instancecheck__ = __iter__ = __len__ = __getitem__ = __bool__ = __float__ = _fail
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _fail

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise BrokenFileError(cls._reason)


def _stub(name: str, reason: str) -> Any:
    return Broken(name, (), {"_reason": reason})


class StudentImports(importlib.abc.MetaPathFinder):
    """Finds the student's packages, and all below them, in one folder and nowhere else, and survives broken files.

    known_broken: {module: reason} of modules that must not even be tried, because importing them
        hangs or ends the process.
    shown: the name of the folder in messages.
    tell: is called with ("begin" or "end", module), so that somebody outside knows which module
        was being imported when the process ended.
    packages: their folders and files. Where mytorch is none of them it does the homework, and is forbidden.
    broken: {module: reason}, what has turned out so far.
    """

    def __init__(
        self,
        folder: str,
        known_broken: Mapping[str, str],
        tell: Callable[[str, str], None] = lambda *_: None,
        shown: str | None = None,
        packages: Sequence[str] = (PACKAGE,),
    ) -> None:
        self.folder = folder
        self.packages = {entry.removesuffix(".py"): entry for entry in packages}
        self.forbidden = FORBIDDEN if PACKAGE in packages else (*FORBIDDEN, PACKAGE)
        self.may_import_forbidden = re.compile(
            rb"\b(?:import|from)\b[^\n]*\b(?:%s)\b" % "|".join(self.forbidden).encode()
        )
        self.shown = shown or folder
        self.known_broken = known_broken
        self.tell = tell
        self.broken: dict[str, str] = {}
        self.missing: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] in self.forbidden:
            raise ForbiddenImportError(f"{name} may not be imported: the homework is to write what it does")
        if name.partition(".")[0] not in self.packages:
            return None
        if name in self.missing:
            return importlib.machinery.ModuleSpec(name, _MissingModule(self), is_package=True)
        spec = importlib.machinery.PathFinder.find_spec(name, [self.folder] if path is None else list(path))
        if spec is None:
            # Python goes on to search sys.path for a top-level name: another mytorch may be there.
            if name in self.packages:
                entry = self.packages[name]
                kind = "file " if entry.endswith(".py") else ""
                raise ModuleNotFoundError(f"there is no {kind}{entry} in {self.shown}", name=name)
            return None
        if spec.submodule_search_locations is not None:
            # A plain list: without __init__.py it would collect every mytorch of sys.path.
            spec.submodule_search_locations = list(spec.submodule_search_locations)
        if spec.loader is not None and spec.origin is not None:
            spec.loader = _ForgivingLoader(spec.loader, self)
        return spec

    def become_stub(self, module: types.ModuleType, reason: str) -> None:
        """Replace the contents of `module`, whose import failed, by `Broken` things."""
        self.broken[module.__name__] = reason
        is_package = hasattr(module, "__path__")
        for name in list(vars(module)):
            # A package's __init__ collects names from other files: those that came before the
            # failing line are as good as ever. A file's own half-made contents are not.
            if not is_package and not name.startswith("__"):
                delattr(module, name)
        for name in _names_defined_in(module):
            if not hasattr(module, name):
                setattr(module, name, _stub(name, reason))

        def missing_attribute(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            if is_package and importlib.util.find_spec(f"{module.__name__}.{name}"):
                return importlib.import_module(f"{module.__name__}.{name}")
            return _stub(name, reason)

        module.__getattr__ = missing_attribute  # type: ignore[method-assign]

    def describe(self, module: types.ModuleType, error: BaseException) -> str:
        """Why the import of `module` failed, with file and line."""
        file = str(module.__file__)
        if isinstance(error, SyntaxError) and error.filename == file:
            what, line = f"{type(error).__name__}: {error.msg}", error.lineno
        else:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
            what = (
                str(error)
                if isinstance(error, (BrokenFileError, ForbiddenImportError))
                else f"{type(error).__name__}: {error}"
            )
            line = lines[-1] if lines else None
        at = f" (line {line})" if line else ""
        return f"{Path(file).relative_to(self.folder).as_posix()} cannot be imported: {what:.300}{at}"


class _ForgivingLoader(importlib.abc.Loader):
    """Runs a module as the real loader does, and turns it into a stub when that fails."""

    def __init__(self, loader: Any, imports: StudentImports) -> None:
        self._loader = loader
        self._imports = imports

    def __getattr__(self, name: str) -> Any:  # get_source and others, for tracebacks and inspect
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        imports, name = self._imports, module.__name__
        if name in imports.known_broken:
            imports.become_stub(module, imports.known_broken[name])
            return
        imports.tell("begin", name)
        try:
            self._refuse_forbidden_imports(module)
            self._exec_without_missing_modules(module)
        except TimeLimitError:
            raise
        except BaseException as error:  # SystemExit too: sys.exit() in one file costs that file
            imports.become_stub(module, imports.describe(module, error))
        imports.tell("end", name)

    def _refuse_forbidden_imports(self, module: types.ModuleType) -> None:
        """Also of imports inside functions, and of those that expect to fail. (A file that cannot be
        parsed is left to the real loader.)"""
        try:
            source = Path(str(module.__file__)).read_bytes()
            if not self._imports.may_import_forbidden.search(source):
                return
            tree = ast.parse(source)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return
        # "Other than for testing": what only runs when the file itself is started may import them.
        tree.body = [
            node for node in tree.body if not (isinstance(node, ast.If) and "'__main__'" in ast.dump(node.test))
        ]
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                if name.partition(".")[0] in self._imports.forbidden:
                    raise ForbiddenImportError(
                        f"line {node.lineno} imports {name}, which the handout forbids: the homework is to write "
                        "what it does"
                    )

    def _exec_without_missing_modules(self, module: types.ModuleType) -> None:
        """Run the module; if it fails because a file of the package is missing, again with a stub
        in its place. (Not at once a stub: the module may be written to handle the ImportError.)"""
        before = dict(vars(module))
        while True:
            try:
                self._loader.exec_module(module)
                return
            except ModuleNotFoundError as error:
                missing = error.name or ""
                if (
                    missing.partition(".")[0] not in self._imports.packages
                    or "." not in missing
                    or missing in self._imports.missing
                ):
                    raise
                self._imports.missing.add(missing)
                vars(module).clear()
                vars(module).update(before)


class _MissingModule(importlib.abc.Loader):
    """Loads a stub in the place of a file that is not there."""

    def __init__(self, imports: StudentImports) -> None:
        self._imports = imports

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        self._imports.become_stub(module, f"there is no file {module.__name__.replace('.', '/')}.py")


def _names_defined_in(module: types.ModuleType) -> set[str]:
    """The names that `from module import *` would bring, read off the text of a file that Python
    cannot run."""
    file = getattr(module, "__file__", None)
    if file is None:
        return set()
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"^(?:(?:class|def)\s+([A-Za-z]\w*)|([A-Za-z]\w*)\s*=)", text, re.MULTILINE)
    return {name for pair in found for name in pair if name}


def install(imports: StudentImports) -> None:
    """Let this process import the student's packages through `imports`, and from nowhere else."""
    for name in [name for name in sys.modules if name.partition(".")[0] in imports.packages]:
        del sys.modules[name]
    # `pip install -e` adds a finder of its own, which would supply the files that a student lacks.
    finders = [f for f in sys.meta_path if f is not importlib.machinery.PathFinder and hasattr(f, "find_spec")]
    others = [f for f in finders if any(f.find_spec(name, None) is not None for name in imports.packages)]
    sys.meta_path[:] = [imports, *(finder for finder in sys.meta_path if finder not in others)]
    importlib.invalidate_caches()

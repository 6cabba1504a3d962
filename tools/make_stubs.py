"""Write mytorch/__init__.pyi and mytorch/nn/functional.pyi, which tell editors and checkers of types every public name.

    python tools/make_stubs.py            write them
    python tools/make_stubs.py --check    exit status 1 if they are not what would be written

A checker of types does not run a module, so that it cannot see names that are imported when they are first used, or
that come by an `__all__` which is computed. The stubs say where each stands; what it is it says itself, there.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
import types
from pathlib import Path
from typing import Any

import mytorch
from mytorch.compat.further import _IN_PLACE as IN_PLACE

ROOT = Path(mytorch.__file__).parent
HEAD = '"""Written by tools/make_stubs.py: where every public name of `{}` stands, for checkers of types."""\n'
# Values that have a type of their own, with the text that says it.
TYPED = {
    **dict.fromkeys(["inf", "nan", "pi", "e"], "builtins.float"),
    "newaxis": "None",
    "default_generator": "Generator",
}
DTYPES = {"bool": "bool_", "float": "float_", "int": "int_"}  # names that hide Python's own stand there under others


def modules() -> dict[str, types.ModuleType]:
    """All modules of the package, by name."""
    found = {}
    for info in pkgutil.walk_packages([str(ROOT)], "mytorch."):
        if not info.name.rpartition(".")[2].startswith("__"):
            found[info.name] = importlib.import_module(info.name)
    return found


def place_of(name: str, value: Any, everything: dict[str, types.ModuleType]) -> tuple[str, str] | None:
    """(module, name there) of what a module calls `name`; None if it is defined nowhere else."""
    module = getattr(value, "__module__", None)
    own = getattr(value, "__name__", None)
    if module in everything and own and getattr(everything[module], own, None) is value:
        return module, own
    for other in sorted(everything):
        if not other.startswith("mytorch.ops") and other.count(".") == 1 and vars(everything[other]).get(name) is value:
            return other, name
    for other in sorted(everything):
        if vars(everything[other]).get(name) is value:
            return other, name
    return None


def stub(path: str, names: list[str]) -> str:
    """The stub of the module at `path`: an import for every name."""
    everything, module = modules(), importlib.import_module(path)
    everything.pop(path, None)
    everything.pop("mytorch.compat.further", None)
    lines, typed = [], []
    for name in sorted(names):
        value = getattr(module, name)
        if name == "tensor" and path == "mytorch":
            flags = "requires_grad: builtins.bool = False, **placement: Any"
            typed.append(f"def tensor(data: Any, dtype: Any = None, {flags}) -> Tensor: ...")
        elif isinstance(value, types.ModuleType) and value.__name__ == f"{path}.{name}":
            lines.append(f"from {path} import {name} as {name}")
        elif name in DTYPES and path == "mytorch":
            lines.append(f"from mytorch.dtypes import {DTYPES[name]} as {name}")
        elif name in IN_PLACE and path == "mytorch":
            typed.append(f"def {name}(input: Tensor, *args: Any, **kwargs: Any) -> Tensor: ...")
        elif name in TYPED:
            typed.append(f"{name}: {TYPED[name]}")
        elif (place := place_of(name, value, everything)) is not None:
            lines.append(f"from {place[0]} import {place[1]} as {name}")
        elif inspect.isfunction(value) and path == "mytorch":
            lines.append(f"from mytorch.compat.further import {name} as {name}")
        else:
            lines.append(f"from mytorch.compat.further import {name} as {name}" if path == "mytorch" else f"# {name}")
    if path == "mytorch":
        lines += ["import builtins", "from mytorch.version import __version__ as __version__", "from typing import Any"]
    return "\n".join([HEAD.format(path), *sorted(lines), "", *typed]).rstrip() + "\n"


def public(module: Any) -> list[str]:
    """The names that `dir` lists, without what is there by the way (`importlib`, `Any`, ...)."""
    from_elsewhere = {"Any", "TYPE_CHECKING", "find_left_out_modules", "importlib", "keep_freed_memory", "lacking",
                      "compat", "annotations"}  # fmt: skip
    return [name for name in dir(module) if not name.startswith("_") and name not in from_elsewhere]


def stubs() -> dict[Path, str]:
    functional = importlib.import_module("mytorch.nn.functional")
    return {
        ROOT / "__init__.pyi": stub("mytorch", public(mytorch)),
        ROOT / "nn" / "functional.pyi": stub("mytorch.nn.functional", public(functional)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if something would change")
    options = parser.parse_args()
    status = 0
    for path, text in stubs().items():
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path} is out of date: run python tools/make_stubs.py")
                status = 1
        else:
            path.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())

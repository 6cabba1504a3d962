#!/usr/bin/env python3
"""Writes docs/api.md: every public name of mytorch, what it is, and the file that it is defined in.

python3 tools/make_api_page.py            write the page
python3 tools/make_api_page.py --check    exit 1 if the page is not what would be written (CI)
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"
INTRODUCTION = """# Every name

Made by `python3 tools/make_api_page.py` from the docstrings; do not edit. What a name means beyond the line here
is in the docstring: `help(mytorch.cat)`.
"""


def main(check: bool) -> int:
    sys.path.insert(0, str(ROOT))
    text = page()
    if check:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if current != text:
            print(f"{PAGE.relative_to(ROOT)} is not up to date: run python3 tools/make_api_page.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {text.count(chr(10) + '| ')} names")
    return 0


def page() -> str:
    import mytorch

    parts = [INTRODUCTION, section("Tensor", members_of_tensor(mytorch.Tensor))]
    parts += [section(module.__name__, members(module)) for module in public_modules(mytorch)]
    return "\n".join(part for part in parts if part)


def public_modules(package: ModuleType) -> Iterator[ModuleType]:
    """mytorch and the modules of its that have a public `__all__` of their own under PyTorch's names."""
    yield package
    for name in MODULES:
        yield importlib.import_module(f"mytorch.{name}")


# Not found by walking the files: a user writes mytorch.nn.Linear, wherever the class is defined.
MODULES = (
    "linalg", "autograd", "autograd.functional", "nn", "nn.functional", "nn.init", "nn.utils", "nn.utils.rnn",
    "numeric_check", "optim", "optim.lr_scheduler", "data", "data.transforms", "datasets", "profiler",
    "training", "training.plots", "utils.checkpoint",
)  # fmt: skip


def members(module: ModuleType) -> list[tuple[str, Any]]:
    """Public functions and classes of a module, of ours; operations' classes are not for users."""
    # `mytorch.__all__` leaves out the names that would hide Python's own, such as sum.
    names = dir(module) if module.__name__ == "mytorch" else sorted(module.__all__)
    values = [(name, getattr(module, name)) for name in names if not name.startswith("_")]
    return [(name, value) for name, value in values if is_ours(value) and not is_operation(value)]


def members_of_tensor(tensor: type) -> list[tuple[str, Any]]:
    names = [name for name in dir(tensor) if not name.startswith("_")]
    values = [(name, inspect.getattr_static(tensor, name)) for name in names]
    return [(name, value) for name, value in values if callable(value) or isinstance(value, property)]


def is_ours(value: Any) -> bool:
    return (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__.startswith("mytorch")


def is_operation(value: Any) -> bool:
    from mytorch.autograd_engine import Operation

    return inspect.isclass(value) and issubclass(value, Operation)


def section(title: str, entries: list[tuple[str, Any]]) -> str:
    if not entries:
        return ""
    rows = [f"| `{name}` | {first_line(value)} | {link(value)} |" for name, value in entries]
    return "\n".join([f"## {title}\n", "| | | |", "|---|---|---|", *rows, ""])


def first_line(value: Any) -> str:
    """The first sentence of the docstring, fit for a table."""
    text = inspect.getdoc(value) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    sentence = paragraph.split(". ")[0].rstrip(".")
    return sentence.replace("|", "\\|")


def link(value: Any) -> str:
    function = inspect.unwrap(value.fget if isinstance(value, property) else value)
    try:
        file = Path(inspect.getsourcefile(function) or "").resolve()
    except TypeError:  # a built-in, such as a slot of the class
        return ""
    return f"[{file.relative_to(ROOT).as_posix()}]({Path(os.path.relpath(file, PAGE.parent)).as_posix()})"


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:] == ["--check"]))

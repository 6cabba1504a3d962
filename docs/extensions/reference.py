"""The reference: a page per module with every public name of mytorch, from the docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from made import write_pages

# A page each, beside the packages and what `mytorch.NAME` imports.
FURTHER = (
    "autograd.functional", "autograd.graph", "backends.mkldnn", "data.transforms", "nn.attention", "nn.functional",
    "nn.init", "nn.utils.parametrizations", "nn.utils.parametrize", "nn.utils.prune", "nn.utils.rnn",
    "optim.swa_utils", "training.plots", "training.sklearn_metrics", "training.tensorboard", "utils.benchmark",
    "utils.checkpoint", "utils.tensorboard",
)  # fmt: skip
# Of no use to a user: the inside, and PyTorch's paths to what has its page elsewhere.
INSIDE = ("engine", "ops", "methods", "runtime", "compat", "nn.modules", "functional", "utils.data", "version")

LINK_BACK = re.compile(
    r'(?P<before><div class="viewcode-block" id="(?P<name>[\w.]+)">\s*<a class="viewcode-back" '
    r'href="[^"#]*made/reference/(?P<page>mytorch[\w.]*)\.html)#[\w.]*'
)


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _write)
    app.connect("build-finished", _mend_links_back)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Any) -> None:
    write_pages(Path(app.srcdir) / "made" / "reference", pages())


def _mend_links_back(app: Any, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for page in (Path(app.outdir) / "_modules").rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            mended = with_links_back(text)
            if mended != text:
                page.write_text(mended, encoding="utf-8")


def with_links_back(text: str) -> str:
    """Of a page with a file's code: viewcode takes one module for all names of a file, though they are on the pages of
    several."""

    def link(match: re.Match) -> str:
        module = "mytorch" if match["page"] == "mytorch.Tensor" else match["page"]
        return f"{match['before']}#{module}.{match['name']}"

    return LINK_BACK.sub(link, text)


def modules() -> list[str]:
    """Names below mytorch, sorted: mytorch itself is ""."""
    mytorch = importlib.import_module("mytorch")
    packages = [found.name for found in pkgutil.walk_packages(mytorch.__path__, "mytorch.") if found.ispkg]
    names = {name.removeprefix("mytorch.") for name in packages}
    names |= {*FURTHER, *mytorch._MODULES_ON_DEMAND}
    inside = tuple([f"{name}." for name in INSIDE])
    return ["", *sorted(name for name in names if not f"{name}.".startswith(inside))]


def pages() -> dict[str, str]:
    """{file name: text}. Pages without an entry of their own are left out."""
    mytorch = importlib.import_module("mytorch")
    seen = {id(mytorch.Tensor): "mytorch.Tensor"}
    found = {"mytorch.Tensor.rst": _page("mytorch.Tensor", "", _tensor_entries(mytorch.Tensor))}
    for module in [importlib.import_module(f"mytorch.{name}".rstrip(".")) for name in modules()]:
        entries = [_entry(f"{module.__name__}.{name}", value, seen) for name, value in members(module)]
        if any(entry.startswith("..") for entry in entries):
            found[f"{module.__name__}.rst"] = _page(module.__name__, module.__name__, entries)
    return found


def _page(title: str, module: str, entries: list[str]) -> str:
    head = [title, "=" * len(title), ""]
    if module:
        head += [f".. automodule:: {module}", "   :no-members:", ""]
    return "\n".join([*head, *entries]) + "\n"


def members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Public functions and classes of a module, of ours; operations' classes are not for users."""
    # Two of them leave out of `__all__` what would hide a function of Python's own, such as sum.
    names = dir(module) if module.__name__ in ("mytorch", "mytorch.nn.functional") else sorted(module.__all__)
    operation = importlib.import_module("mytorch.engine.function").Operation
    for name in names:
        value = getattr(module, name)
        ours = (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__.startswith("mytorch")
        if ours and not name.startswith("_") and not (inspect.isclass(value) and issubclass(value, operation)):
            yield name, value


def _entry(name: str, value: Any, seen: dict[int, str]) -> str:
    """seen: {id of a class: the name of its entry}. Sphinx knows a class by where it is defined, and wants only one."""
    if not inspect.isclass(value):
        return f".. autofunction:: {name}\n"
    if id(value) in seen:
        return f"``{name}`` is :class:`{seen[id(value)]}`.\n"
    seen[id(value)] = name
    return f".. autoclass:: {name}\n   :members:\n"


def _tensor_entries(tensor: type) -> list[str]:
    entries = [".. autoclass:: mytorch.Tensor\n   :no-members:\n"]
    for name in dir(tensor):
        value = inspect.getattr_static(tensor, name)
        if not name.startswith("_") and (callable(value) or isinstance(value, (property, staticmethod, classmethod))):
            kind = "autoproperty" if isinstance(value, property) else "automethod"
            entries.append(f".. {kind}:: mytorch.Tensor.{name}\n")
    return entries

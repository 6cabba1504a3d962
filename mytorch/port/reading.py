"""What a program mentions of PyTorch: the names, with their lines, found in its syntax tree."""

from __future__ import annotations

import ast
from typing import NamedTuple

__all__ = ["Mention", "mentions"]

# Packages that come with PyTorch and need it: nothing here takes their place.
BESIDE = ("torchaudio", "torchdata", "torchtext", "torchvision", "pytorch_lightning", "lightning", "torch_geometric")

# Attributes, not methods, of which there is something to say.
TOLD = ("next_functions",)


class Mention(NamedTuple):
    """One place. name: "torch.nn.Linear", the method ".view" of some object, or ".data.max" behind an attribute data.
    keywords: the names of the arguments of the call that it is, if it is one."""

    name: str
    line: int
    keywords: tuple[str, ...] = ()


def mentions(text: str, path: str = "<text>") -> list[Mention]:
    """All mentions in a program, in the order of the lines. SyntaxError if it does not parse."""
    reader = _Reader()
    tree = ast.parse(text, path)
    for node in ast.walk(tree):  # functions may use a name above the line that imports it
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            reader.read_import(node)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            reader.own.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            reader.own.add(node.attr)  # self.short = nn.Sequential(...)
    reader.visit(tree)
    return sorted(reader.found, key=lambda mention: mention.line)


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # what the program calls it -> PyTorch's dotted name
        self.modules: set[str] = set()  # other modules: what stands behind their dots is not a tensor's
        self.own: set[str] = set()  # functions, classes and attributes of the program
        self.found: list[Mention] = []

    def read_import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = "" if isinstance(node, ast.Import) else node.module or ""
        for alias in node.names:
            full = f"{module}.{alias.name}" if module else alias.name
            first = full.partition(".")[0]
            bound = alias.asname or (first if not module else alias.name)
            if first == "torch" and not getattr(node, "level", 0):
                if alias.name == "*":
                    self.found.append(Mention(f"{module}.*", node.lineno))
                    continue
                self.names[bound] = full if alias.asname or module else first
                self.found.append(Mention(full, node.lineno))
            else:
                self.modules.add(bound)
                if first in BESIDE:
                    self.found.append(Mention(first, node.lineno))

    def dotted(self, node: ast.expr) -> str | None:
        """PyTorch's name of `nn.functional.relu`, or None if it is not one."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return None if base is None else f"{base}.{node.attr}"
        return None

    def visit_Call(self, node: ast.Call) -> None:
        keywords = tuple([keyword.arg for keyword in node.keywords if keyword.arg is not None])
        self.mention(node.func, keywords, called=True)
        for child in (*node.args, *[keyword.value for keyword in node.keywords]):
            self.visit(child)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.mention(node, (), called=False)

    def mention(self, node: ast.expr, keywords: tuple[str, ...], called: bool) -> None:
        name = self.dotted(node)
        if name is not None:
            self.found.append(Mention(name, node.lineno, keywords))
            return
        if not isinstance(node, ast.Attribute):
            self.visit(node)
            return
        if isinstance(node.value, ast.Attribute) and node.value.attr == "data":
            self.found.append(Mention(f".data.{node.attr}", node.end_lineno or node.lineno))
        elif (called or node.attr in TOLD) and not self.of_a_module(node.value) and node.attr not in self.own:
            self.found.append(Mention(f".{node.attr}", node.end_lineno or node.lineno))
        self.visit(node.value)

    def of_a_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules

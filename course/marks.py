"""Cutting solutions out of a file.

In a homework's source a solution stands between two comments, indented like the lines around them:

    # BEGIN SOLUTION 1.1.1: as in Add            becomes    # TODO 1.1.1: as in Add
    return Tensor(a.data - b.data)                          raise NotImplementedError("TODO 1.1.1: Sub.forward")
    # END SOLUTION

The number is the problem's; several are written `2.3, 2.6`. The words after the colon are a hint, and stay. Signature
and docstring stay because they stand outside of the marks. Two more forms:

    # BEGIN SOLUTION 2.1: reduce the gradients   becomes    # TODO 2.1: reduce the gradients
    return unbroadcast(grad, a.shape)                       return grad
    # INSTEAD
    # return grad
    # END SOLUTION

after INSTEAD, as comments, come the lines that students find in its place (perhaps none: then what follows must do);

    # BEGIN SOLUTION                             leaves nothing: for helpers that belong to the solution alone
    def helper(): ...
    # END SOLUTION
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from course.errors import CourseError

__all__ = ["Block", "blocks", "cut", "without_marks"]

BEGIN = re.compile(
    r"^(?P<indent> *)# BEGIN SOLUTION(?: (?P<numbers>\d\w*(?:\.\d+)+(?:, \d\w*(?:\.\d+)+)*): (?P<hint>\S.*))?$"
)
INSTEAD = re.compile(r"^ *# INSTEAD$")
END = re.compile(r"^ *# END SOLUTION$")
ANY_MARK = re.compile(r"#\s*(BEGIN|END)[ _-]*SOLUTION|#\s*INSTEAD\b", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A solution: lines[start] is BEGIN, lines[stop] is END; counted from 0.

    numbers: of the problems, "" for a helper.   instead: the lines for students, None without INSTEAD.
    """

    start: int
    stop: int
    indent: str
    numbers: str
    hint: str
    solution: tuple[str, ...]
    instead: tuple[str, ...] | None


def blocks(text: str, file: str) -> list[Block]:
    """The solutions in a file's text. Raises CourseError for marks that do not fit together."""
    found = []
    lines = enumerate(text.splitlines())
    for number, line in lines:
        begin = BEGIN.match(line)
        if begin:
            found.append(_block(begin, number, lines, file))
        elif ANY_MARK.search(line):
            raise CourseError(f"{file}, line {number + 1}: a BEGIN SOLUTION was expected here, got: {line.strip()}")
    return found


def _block(begin: re.Match, start: int, lines: Iterator[tuple[int, str]], file: str) -> Block:
    """Read on from BEGIN to END."""
    indent, numbers, hint = begin["indent"], begin["numbers"] or "", begin["hint"] or ""
    solution: list[str] = []
    instead: list[str] | None = None
    for number, line in lines:
        where = f"{file}, line {number + 1}"
        if END.match(line):
            return Block(
                start, number, indent, numbers, hint, tuple(solution), None if instead is None else tuple(instead)
            )
        if INSTEAD.match(line) and instead is None and numbers:
            instead = []
        elif ANY_MARK.search(line):
            raise CourseError(f"{where}: END SOLUTION was expected before: {line.strip()}")
        elif instead is None:
            solution.append(line)
        elif line.startswith(f"{indent}# "):
            instead.append(indent + line[len(indent) + 2 :])
        else:
            raise CourseError(f"{where}: after INSTEAD come comments, got: {line.strip()}")
    raise CourseError(f"{file}, line {start + 1}: BEGIN SOLUTION has no END SOLUTION")


def cut(text: str, file: str) -> str:
    """The text as students get it. Raises CourseError if the marks are wrong, or what is left does not compile."""
    lines, left, at = text.splitlines(), [], 0
    try:
        names = _names(ast.parse(text))
        for block in blocks(text, file):
            left += lines[at : block.start]
            left += _for_students(block, names.get(block.start + 1, ""))
            at = block.stop + 1
            if not block.numbers:  # the blank lines around a helper must not add up
                while left and not left[-1].strip() and (at == len(lines) or not lines[at].strip()):
                    left.pop()
        left += lines[at:]
        result = "\n".join(left) + "\n" if left else ""
        compile(result, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CourseError(
            f"{file}, line {error.lineno}: with or without its solutions this does not compile: {error.msg}"
        ) from None
    return result


def without_marks(text: str, file: str) -> str:
    """The text with its solutions, and without the marks and what stands after INSTEAD."""
    lines, left, at = text.splitlines(), [], 0
    for block in blocks(text, file):
        left += [*lines[at : block.start], *block.solution]
        at = block.stop + 1
    return "\n".join([*left, *lines[at:]]) + "\n"


def _for_students(block: Block, name: str) -> list[str]:
    """What stands in the place of a solution. name: of the function that it is in, or ""."""
    if not block.numbers:
        return []
    todo = f"{block.indent}# TODO {block.numbers}: {block.hint}"
    if block.instead is not None:
        return [todo, *block.instead]
    return [todo, f'{block.indent}raise NotImplementedError("TODO {block.numbers}: {name}")'] if name else [todo]


def _names(tree: ast.Module) -> dict[int, str]:
    """{line: "Class.method" or "function"} for every line inside of a function."""
    found: dict[int, str] = {}

    def visit(node: ast.AST, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                continue
            name = f"{outer}.{child.name}" if outer else child.name
            if isinstance(child, ast.FunctionDef):
                found.update(dict.fromkeys(range(child.lineno, (child.end_lineno or 0) + 1), name))
            visit(child, name)

    visit(tree, "")
    return found

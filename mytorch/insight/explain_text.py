"""An Explanation as text for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

from mytorch.insight.blocks import MANY, Block, blocks_of
from mytorch.insight.captions import TIMES
from mytorch.insight.numbers import amount_in_words, bytes_in_words, number_in_words
from mytorch.insight.records import Contribution, Record

__all__ = ["came_in", "folded_rows", "remarks", "text_of", "title", "went_to"]

WIDTH = 100
_MOST_RULES = 6
_LONG = 32
_MOST_ROWS = 60  # of a table; `records` has all


def text_of(explanation: Any, depth: int | None = None) -> str:
    operations = sum(record.kind == "operation" for record in explanation.records)
    lines = [title(explanation), ""]
    if depth is None and operations <= MANY:
        lines += _operations(explanation.records)
    else:
        lines += _table([("module", "operations", "came in", "parameters"), *folded_rows(explanation, depth)])
    lines += ["", *_leaves(explanation)] if depth is None and operations <= MANY else []
    lines += [""]
    for remark in remarks(explanation):
        lines += textwrap.wrap(remark, WIDTH, subsequent_indent="  ")
    return "\n".join(lines)


def title(explanation: Any) -> str:
    operations = [r for r in explanation.records if r.kind == "operation"]
    leaves = len(explanation.records) - len(operations)
    return (
        f"Backward from {explanation.of} = {amount_in_words(explanation.value)}: "
        f"{_count(len(operations), 'operation')}, {_count(leaves, 'leaf')}"
    )


def _count(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else what.replace('leaf', 'leave') + 's'}"


# ------------------------------------------------------------------------- operation by operation


def _operations(records: list[Record]) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "operation", "came in", "went to")]
    for record in records:
        if record.kind == "leaf":
            continue
        name = f"{record.operation} = {record.name}" if record.name else record.operation
        right = [*went_to(record), *_kept(record), *record.notes]
        left = came_in(record)
        for i in range(max(len(right), len(left))):
            head = (f"#{record.step}", name) if i == 0 else ("", "")
            rows.append((*head, left[i] if i < len(left) else "", right[i] if i < len(right) else ""))
    return _table(rows)


def _kept(record: Record) -> list[str]:
    """`with a = 1, b = 2`, on a line each where they are long."""
    parts = [f"{kept.name or 'kept'} = {amount_in_words(kept.amount)}" for kept in record.kept]
    if sum(map(len, parts)) > _LONG:
        return [("with " if i == 0 else "     ") + part for i, part in enumerate(parts)]
    return ["with " + ", ".join(parts)] if parts else []


def came_in(record: Record) -> list[str]:
    """`1 from #2`; several contributions with their sum: `1 from #2`, `+ 2 from #3`, `= 3`."""
    parts = [f"{amount_in_words(part.amount)}{_source(part)}" for part in record.received]
    if not parts:
        return ["nothing"]
    gradients = ", ".join([amount_in_words(part) for part in record.gradient])
    several_outputs = len(record.gradient) > 1
    changed = any("changed" in note for note in record.notes)
    if (len(parts) == 1 and not changed) or (several_outputs and not changed):
        return parts
    return [parts[0], *[f"+ {part}" for part in parts[1:]], f"= {gradients}" + (" after a hook" if changed else "")]


def _source(part: Contribution) -> str:
    of_output = f" (output {part.output})" if part.output else ""
    return f"{of_output} from #{part.source}" if part.source else f"{of_output} to start with"


def went_to(record: Record) -> list[str]:
    """`2 to a`, or why nothing went there."""
    lines = []
    for part in record.sent:
        if part.skipped is None:
            lines.append(f"{amount_in_words(part.amount)} to {part.to}")
        else:
            where = f"argument {part.argument}" if part.to is None else part.to
            lines.append(f"{where} skipped: {part.skipped}")
    return lines


def _leaves(explanation: Any) -> list[str]:
    rows: list[tuple[str, ...]] = [("leaf", "contributions, added up", ".grad")]
    for record in explanation.records:
        if record.kind == "leaf":
            rows.append((record.label, " ".join(came_in(record)), grad_in_words(record, explanation.accumulated)))
            rows += [("", note, "") for note in record.notes]
    return _table(rows)


def grad_in_words(record: Record, accumulated: bool) -> str:
    """What `.grad` was, and what it is or would be."""
    before = "None" if record.grad_before is None else amount_in_words(record.grad_before)
    if accumulated:
        return f"{before}, now {amount_in_words(record.grad_after)}"
    return before


# ------------------------------------------------------------------------------ module by module


def folded_rows(explanation: Any, depth: int | None = None) -> list[tuple[str, ...]]:
    """(what, operations, norm of what came in, norms of its parameters' gradients) of each box, in running order;
    of very many boxes the first and the last ones."""
    rows: list[tuple[str, ...]] = []
    for block in reversed(blocks_of(explanation.graph, depth).blocks):
        if block.kind == "leaf":
            continue
        operations = [n for n in block.members if not explanation.graph.vertices[n].is_leaf]
        rows.append((_box(block), str(len(operations)), _norms_in(block), _parameters(block, explanation)))
    if len(rows) <= _MOST_ROWS:
        return rows
    first, left_out = rows[: _MOST_ROWS // 2], rows[_MOST_ROWS // 2 : -_MOST_ROWS // 2]
    counted = sum(int(row[1]) for row in left_out)
    return [*first, (f"… {len(left_out):,} more, see records", str(counted), "…", ""), *rows[-_MOST_ROWS // 2 :]]


def _box(block: Block) -> str:
    name = f"{block.name}: {block.type}" if block.name else block.type
    return f"{name} {TIMES}{block.count}" if block.count > 1 else name


def _norms_in(block: Block) -> str:
    """The norm at its output; of repeated ones the last one's and the first one's, as the gradient passes them."""
    parts = block.parts or [block]
    norms = [part.gradient for part in (parts[-1], parts[0])] if block.parts else [block.gradient]
    return "norm " + " … ".join(["-" if norm is None else number_in_words(norm) for norm in norms])


def _parameters(block: Block, explanation: Any) -> str:
    vertices = explanation.graph.vertices
    leaves = {e.source for n in block.members for e in vertices[n].inputs if e and vertices[e.source].is_leaf}
    norms = [vertices[n].gradient for n in sorted(leaves) if vertices[n].gradient is not None]
    if not norms:
        return ""
    low, high = number_in_words(min(norms)), number_in_words(max(norms))
    return f"{len(norms)} of norm {low}" + (f" … {high}" if low != high else "")


# -------------------------------------------------------------------------------------- the rest


def remarks(explanation: Any) -> list[str]:
    """Sentences under the table: formulas, memory, what was left alone, what is not used."""
    lines = []
    rules = dict.fromkeys([f"{r.operation}: {r.rule}" for r in explanation.records if r.rule])
    if len(rules) <= _MOST_RULES:
        lines += [f"Formula of {rule}" for rule in rules]
    lines.append(f"Kept for this backward, beside leaves: {bytes_in_words(explanation.memory)}.")
    if not explanation.accumulated:
        lines.append("No .grad was changed; backward() adds to .grad.")
    for name in explanation.unused[:5]:
        lines.append(f"{name} requires grad and is not used by {explanation.of}: nothing will come to its .grad.")
    if len(explanation.unused) > 5:
        lines.append(f"... and {len(explanation.unused) - 5} more that it does not use.")
    return lines


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths)]).rstrip() for row in rows]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]

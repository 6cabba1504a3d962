"""An Explanation as an HTML table for a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

from mytorch.insight.blocks import MANY
from mytorch.insight.explain_text import came_in, folded_rows, grad_in_words, remarks, title, went_to
from mytorch.insight.numbers import amount_in_words

__all__ = ["html_of"]


def html_of(explanation: Any) -> str:
    operations = [record for record in explanation.records if record.kind == "operation"]
    if len(operations) > MANY:
        heads: tuple[str, ...] = ("module", "operations", "came in", "parameters")
        rows: list[tuple] = folded_rows(explanation)
    else:
        heads, rows = ("step", "operation", "came in", "went to", "kept", "notes"), []
        for record in operations:
            name = f"{record.operation} = {record.name}" if record.name else record.operation
            kept = [f"{kept.name or 'kept'} = {amount_in_words(kept.amount)}" for kept in record.kept]
            rows.append((f"#{record.step}", name, came_in(record), went_to(record), kept, record.notes))
    parts = [f"<p><b>{escape(title(explanation))}</b></p>", _table(heads, rows)]
    if len(operations) <= MANY:
        leaves = [
            (record.label, " ".join(came_in(record)), grad_in_words(record, explanation.accumulated), record.notes)
            for record in explanation.records
            if record.kind == "leaf"
        ]
        parts.append(_table(("leaf", "contributions, added up", ".grad", "notes"), leaves))
    parts += [f"<p>{escape(remark)}</p>" for remark in remarks(explanation)]
    return f"<div>{''.join(parts)}</div>"


def _table(heads: tuple, rows: list[tuple]) -> str:
    used = [i for i in range(len(heads)) if any(row[i] for row in rows)] or list(range(len(heads)))
    style = ' style="text-align: left; vertical-align: top; padding: 2px 10px; border-bottom: 1px solid #8884"'
    head = "".join([f"<th{style}>{escape(heads[i])}</th>" for i in used])
    body = "".join([f"<tr>{''.join([f'<td{style}>{_cell(row[i])}</td>' for i in used])}</tr>" for row in rows])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(content: Any) -> str:
    return "<br>".join([escape(line) for line in ([content] if isinstance(content, str) else content)])

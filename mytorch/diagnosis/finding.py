"""What the doctor says: illnesses by name, where they are, and what to change."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

__all__ = ["Diagnosis", "Finding"]

WIDTH = 88  # letters of a line
STYLE = ' style="text-align: left; vertical-align: top; padding: 2px 10px; border-bottom: 1px solid #8884"'


@dataclass(frozen=True)
class Finding:
    """illness: its name, one of `ILLNESSES`.   where: the parameter, module or operation.
    what: what was seen.   remedy: what to change."""

    illness: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.illness}: {self.where}\n  {self.what}\n  {self.remedy}"


@dataclass(frozen=True)
class Diagnosis:
    """All findings, the one that explains most first. Prints as text; a list to look through; `healthy` if empty.

    notes: what is no illness and good to know."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        return not self.findings

    @property
    def illnesses(self) -> list[str]:
        """The names, each once."""
        return list(dict.fromkeys(finding.illness for finding in self.findings))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __contains__(self, illness: object) -> bool:
        return illness in self.illnesses

    def __str__(self) -> str:
        count = len(self.findings)
        lines = ["No illness found." if not count else f"{count} finding{'s' if count > 1 else ''}:"]
        for finding in self.findings:
            lines += ["", f"{finding.illness}: {finding.where}"]
            for text in (finding.what, f"What to change: {finding.remedy}"):
                lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
        for note in self.notes:
            lines += ["", *textwrap.wrap(f"Note: {note}", WIDTH)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = [
            f"<tr>{''.join([f'<td{STYLE}>{escape(cell)}</td>' for cell in row])}</tr>"
            for row in [(f.illness, f.where, f.what, f.remedy) for f in self.findings]
        ]
        heads = ("illness", "where", "what", "what to change")
        head = f"<tr>{''.join([f'<th{STYLE}>{name}</th>' for name in heads])}</tr>"
        table = f"<table>{head}{''.join(cells)}</table>" if cells else "<p>No illness found.</p>"
        return "<div>" + table + "".join([f"<p>{escape(note)}</p>" for note in self.notes]) + "</div>"

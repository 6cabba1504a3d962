"""The results as Markdown that can be read in a terminal as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.contenders import BASE, SUBJECT, WITH_EXTRA
from benchmarks.summary import Row, rows_of
from benchmarks.workloads import TARGETS_WITH_ONEDNN

__all__ = ["markdown"]


def markdown(results: dict[str, Any]) -> str:
    """Ratios with targets, then every contender's figures, then what is not there and why."""
    rows = rows_of(results)
    parts = [
        f"Ratios to {BASE}: median over median; below 1 is faster (or less).",
        _ratio_table(rows),
        "Medians of the rounds' medians, the lowest and the highest of these, and the best single step.",
        _figure_table(rows),
        *_remarks(results),
        _origin(results),
    ]
    return "\n\n".join(parts) + "\n"


def aligned(header: Sequence[str], lines: Sequence[Sequence[str]], left: int) -> str:
    """A Markdown table: the first `left` columns to the left, the others to the right."""
    widths = [max(len(line[i]) for line in (header, *lines)) for i in range(len(header))]
    rule = [("-" * width) if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]

    def text(line: Sequence[str]) -> str:
        cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))]
        return f"| {' | '.join(cells)} |"

    return "\n".join([text(header), text(rule), *map(text, lines)])


def _ratio_table(rows: Sequence[Row]) -> str:
    others = _contenders(rows, without=(SUBJECT, WITH_EXTRA, BASE))
    header = ["", "workload", SUBJECT, "target", "stretch", "verdict"]
    with_extra = any(WITH_EXTRA in row.spreads for row in rows)
    if with_extra:
        header += [WITH_EXTRA, "target"]
    lines = []
    for row in rows:
        line = [row.name, row.title, *map(_number, (row.ratio(SUBJECT), row.target, row.stretch)), row.verdict]
        if with_extra:
            line += [_number(row.ratio(WITH_EXTRA)), _number(TARGETS_WITH_ONEDNN.get(row.name))]
        lines.append([*line, *[_number(row.ratio(other)) for other in others]])
    return aligned([*header, *others], lines, left=2)


def _figure_table(rows: Sequence[Row]) -> str:
    header = ["", "contender", "median", "lowest", "highest", "best step", "unit", f"/ {BASE}"]
    lines = [
        [row.name, contender, *map(_number, (s.median, s.low, s.high, s.best)), row.unit, _number(row.ratio(contender))]
        for row in rows
        for contender, s in row.spreads.items()
    ]
    return aligned(header, lines, left=2)


def _contenders(rows: Sequence[Row], without: Sequence[str] = ()) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row.spreads)
    return [name for name in names if name not in without]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _remarks(results: dict[str, Any]) -> list[str]:
    """Contenders that are missing, cannot express something, or failed."""
    remarks: dict[str, list[str]] = {}
    for package in results["missing"]:
        remarks[f"- missing: {package} is not installed"] = []
    for cell in results["cells"]:
        if cell["status"] != "ok":
            remark = f"- {cell['contender']} {cell['status']}: {cell['reason']}"
            remarks.setdefault(remark, []).append(cell["workload"])
    lines = [f"{remark} ({', '.join(workloads)})" if workloads else remark for remark, workloads in remarks.items()]
    return ["\n".join(lines)] if lines else []


def _origin(results: dict[str, Any]) -> str:
    machine, settings = results["machine"], results["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return (
        f"`{results['command']}` on {results['date']}, commit {results['commit']}; {settings['rounds']} rounds; "
        f"threads, where a row does not say: {settings['threads']}; "
        f"{'with one thread time on the processor' if settings.get('processor_time') else 'time on the wall'}, "
        f"load before {machine.get('load_before')}.\n"
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}, "
        f"{machine['blas']}; {versions}."
    )

"""`python -m benchmarks`: measure, print the table, write JSON, Markdown and charts."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import distributed, growth, operations, training
from benchmarks.chart import ratio_chart
from benchmarks.contenders import BASE, CONTENDERS, SUBJECT, WITH_EXTRA, missing
from benchmarks.files import write_figure, write_json, write_text
from benchmarks.import_time import import_times
from benchmarks.machine import commit, machine, now
from benchmarks.measure import Cell, Disagreement, Settings, measure
from benchmarks.processes import ROOT
from benchmarks.summary import rows_of
from benchmarks.table import markdown
from benchmarks.workloads import WORKLOADS

QUICK_LEAVES_OUT = ("W6-million", "torch channels_last")
IMPORT = "import"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 if all went well, 1 if contenders disagree or MyTorch failed somewhere."""
    options = _parser().parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    if options.what == "operations":
        rounds, seconds = options.rounds or (1 if options.quick else 3), options.seconds or 0.02
        return operations.run(options.output, options.only, rounds, seconds, options.threads, _progress)
    if options.what == "distributed":
        return distributed.run(options.output, options.quick, _progress)
    if options.what == "training":
        rounds, seconds = (
            options.rounds or (1 if options.quick else 3),
            options.seconds or (0.1 if options.quick else 0.5),
        )
        return training.run(options.output, options.only, rounds, seconds, _progress)
    if options.what == "growth":
        return growth.run(options.output, options.quick, options.threads, _progress)
    return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    settings = Settings(
        rounds=options.rounds or (2 if options.quick else 7),
        seconds=options.seconds or (0.2 if options.quick else 1.0),
        threads=options.threads,
        processor_time=options.processor_time,
        longest_turn=1.5 if options.quick else 30.0,
        time_limit=options.time_limit,
        memory_limit=int(options.memory_limit * 2**30),
    )
    left_out = QUICK_LEAVES_OUT if options.quick else ()
    names = [name for name in _chosen(options.workloads) if name not in left_out or name in options.workloads]
    wanted = [CONTENDERS[name] for name in options.contenders or CONTENDERS if name not in left_out]
    contenders = [contender for contender in wanted if contender.is_installed]
    results: dict[str, Any] = {
        "date": now(),
        "commit": commit(),
        "command": " ".join(["python -m benchmarks", *(sys.argv[1:])]),
        "machine": machine(),
        "settings": asdict(settings),
        "missing": missing(),
        "imports": {},
    }
    for package in results["missing"]:
        print(f"missing: {package} is not installed, so it is not compared", file=sys.stderr)
    try:
        cells = measure(contenders, [name for name in names if name != IMPORT], settings, progress=_progress)
        if IMPORT in names:
            others = (WITH_EXTRA, "torch channels_last")  # the same imports again
            packages = {c.name: c.package for c in contenders if c.name not in others}
            results["imports"] = import_times(packages, 3 if options.quick else max(settings.rounds, 7), _progress)
    except Disagreement as complaint:
        print(f"\nContenders do not compute the same, so nothing was compared:\n{complaint}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    results["versions"] = {cell.contender: cell.version for cell in cells if cell.version}
    results["cells"] = [asdict(cell) for cell in cells]
    _write(results, options.output)
    return _exit_code(cells)


def _write(results: dict[str, Any], folder: Path) -> None:
    text = markdown(results)
    print(f"\n{text}")
    write_json(folder / "results.json", results)
    write_text(folder / "results.md", text)
    written = ["results.json", "results.md"]
    if any(BASE in row.spreads for row in rows_of(results)):
        write_figure(folder / "ratios.png", ratio_chart(results))
        written.append("ratios.png")
    else:
        print(f"no chart: ratios are to {BASE}, of which there are no figures")
    print(f"written to {folder}: {', '.join(written)}")


def _exit_code(cells: Sequence[Cell]) -> int:
    failed = [cell for cell in cells if cell.status == "failed"]
    for cell in failed:
        print(f"failed: {cell.contender} on {cell.workload}: {cell.reason}", file=sys.stderr)
    return 1 if any(cell.contender in (SUBJECT, WITH_EXTRA) for cell in failed) else 0


def _chosen(workloads: Sequence[str]) -> list[str]:
    """Names of workloads; W4 stands for W4-float64 and the like too."""
    everything = [*WORKLOADS, IMPORT]
    if not workloads:
        return everything
    return [name for name in everything if name in workloads or name.partition("-")[0] in workloads]


def _progress(line: str) -> None:
    """On one line that is written over, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    names = [*WORKLOADS, IMPORT]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="MyTorch beside other libraries.")
    add = parser.add_argument
    add("what", nargs="?", choices=("compare", "distributed", "growth", "operations", "training"),
        default="compare", help="compare the contenders (default), steps on several processes, how cost grows with the "
        "size, every operation, or training")  # fmt: skip
    add("--quick", action="store_true", help="less than two minutes; rougher figures")
    add("--workloads", nargs="+", default=[], choices=names, metavar="NAME", help=f"some of: {', '.join(names)}")
    add(
        "--only",
        nargs="+",
        default=[],
        metavar="TEXT",
        help="operations, training: those with one of these in their name",
    )
    add("--contenders", nargs="+", choices=[*CONTENDERS], metavar="NAME", help=f"some of: {', '.join(CONTENDERS)}")
    add("--rounds", type=_positive(int), help="turns of each contender (default 7, quick 2; operations, training 3, 1)")
    add(
        "--seconds",
        type=_positive(float),
        help="measured in a turn (default 1, quick 0.2; operations, of each figure, 0.02)",
    )
    add("--threads", type=_positive(int), default=1, help="where the workload does not say (default 1)")
    add("--processor-time", action="store_true",
        help="on a busy machine: with one thread, a process's own time on the processor")  # fmt: skip
    add("--time-limit", type=_positive(float), default=300, help="seconds for a turn (default 300)")
    add("--memory-limit", type=_positive(float), default=16, help="GiB for a turn (default 16)")
    add("--output", type=Path, default=ROOT / "benchmarks" / "results",
        help="folder for results.json, results.md and the charts (default benchmarks/results)")  # fmt: skip
    return parser


def _positive(kind: type) -> Any:
    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"must be positive, got {text}")
        return value

    parse.__name__ = kind.__name__  # argparse shows it when `kind` refuses
    return parse


if __name__ == "__main__":
    sys.exit(main())

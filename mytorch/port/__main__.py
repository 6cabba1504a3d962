"""The command `python -m mytorch.port FILE ...`. Exit status 1 if something is lacking, 2 if a file cannot be read."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mytorch.port.lookup import Finding, findings

KINDS = ("lacks", "left out", "differs", "has")


def report(path: str, found: list[Finding], everything: bool) -> str:
    """The findings of one file as text, the important ones first."""
    counts = ", ".join([f"{sum(f.kind == kind for f in found)} {kind}" for kind in KINDS[::-1]])
    lines = [f"{path}: {counts}"]
    for kind in KINDS if everything else KINDS[:-1]:
        for finding in found:
            if finding.kind == kind:
                places = ", ".join(map(str, finding.lines[:8])) + (", ..." if len(finding.lines) > 8 else "")
                lines.append(
                    f"  {kind:8}  line {places}: {finding.name}" + (f": {finding.note}" if finding.note else "")
                )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m mytorch.port",
        description="Which of PyTorch's names in a program MyTorch has, lacks, leaves out or means otherwise.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--all", action="store_true", help="also list the names that MyTorch has")
    options = parser.parse_args(arguments)
    status = 0
    for path in options.files:
        try:
            found = findings(Path(path).read_text(encoding="utf-8"), path)
        except (OSError, UnicodeDecodeError, SyntaxError, ValueError) as error:
            print(f"{path}: cannot be read: {error}", file=sys.stderr)
            status = 2
            continue
        print(report(path, found, options.all))
        if status == 0 and any(finding.kind in ("lacks", "left out") for finding in found):
            status = 1
    return status


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # `... | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain at its end
        status = 1
    sys.exit(status)

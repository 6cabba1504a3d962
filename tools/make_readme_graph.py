#!/usr/bin/env python3
"""docs/graph.svg, the picture of a graph in README.md.

python tools/make_readme_graph.py            writes it
python tools/make_readme_graph.py --check    only says whether it is up to date; exit status 1 if not
"""

from __future__ import annotations

import sys
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mytorch  # noqa: E402
from mytorch import nn  # noqa: E402

FILE = ROOT / "docs" / "graph.svg"


def picture() -> str:
    """Laid out by MyTorch itself, so that it is the same where Graphviz is installed."""
    mytorch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    loss = nn.CrossEntropyLoss()(model(mytorch.randn(16, 4)), mytorch.randint(0, 3, (16,)))
    with mock.patch("mytorch.insight.svg.by_graphviz", return_value=None):
        return mytorch.draw_graph(mytorch.explain(loss, names=model)).svg


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    svg = picture() + "\n"
    if not arguments:
        FILE.write_text(svg, encoding="utf-8")
    elif not FILE.is_file() or FILE.read_text(encoding="utf-8") != svg:
        print(f"{FILE.relative_to(ROOT)} is not up to date: python tools/make_readme_graph.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

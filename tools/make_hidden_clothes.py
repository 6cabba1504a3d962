#!/usr/bin/env python3
"""Draw the hidden set of homework bioeng: the pictures for the students, the labels for the grader.

    python tools/make_hidden_clothes.py --seed N       N: yours alone, because who knows it knows the labels

Make the starter and the packages afterwards. The starter has no labels; the packages for the servers have them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course.bioeng import clothes

COUNT = 400
IMAGES = ROOT / "course/bioeng/hidden_images.npz"
LABELS = ROOT / "autograder/bioeng_autograder/hidden/labels.txt"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    images, labels = clothes.pictures(COUNT, parser.parse_args(arguments).seed)
    np.savez_compressed(IMAGES, images=images)
    LABELS.parent.mkdir(exist_ok=True)
    LABELS.write_text("".join(f"{label}\n" for label in labels), encoding="ascii")
    print(f"{IMAGES}: {COUNT} pictures, {IMAGES.stat().st_size:,} bytes; {LABELS}: their labels")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Make mytorch/datasets/bundled from OpenCV's sample image digits.png.

usage: python3 tools/make_bundled_digits.py digits.png [folder]

The image (https://github.com/opencv/opencv/blob/4.x/samples/data/digits.png) is a grid of 50 rows
and 100 columns of handwritten digits of 20 by 20 pixels, five rows for each of 0 to 9.
"""

from __future__ import annotations

import argparse
import gzip
import io
import struct
from pathlib import Path

import matplotlib.image
import numpy as np

BUNDLED = Path(__file__).resolve().parent.parent / "mytorch" / "datasets" / "bundled"
ROWS, COLUMNS, SIZE = 50, 100, 20
BORDER = 4  # pixels on each side, which make 20 by 20 pixels MNIST's 28 by 28
CLASSES = 10
EVERY = 10  # one image of so many validates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("png", type=Path, help="OpenCV's digits.png")
    parser.add_argument("folder", type=Path, nargs="?", default=BUNDLED, help="where to write (default: %(default)s)")
    arguments = parser.parse_args()
    for name, array in bundled_arrays(arguments.png).items():
        contents = compressed(idx(array))
        (arguments.folder / f"{name}.gz").write_bytes(contents)
        print(f"{name}.gz: {array.shape}, {len(contents):,} bytes")


def bundled_arrays(png: Path) -> dict[str, np.ndarray]:
    """The arrays of the four files, by file name. The names are those of MNIST's files."""
    images = np.pad(digits(png), ((0, 0), (0, 0), (BORDER, BORDER), (BORDER, BORDER)))  # (500, 10, 28, 28)
    labels = np.tile(np.arange(CLASSES, dtype=np.uint8), (len(images), 1))  # (500, 10)
    validates = np.arange(len(images)) % EVERY == EVERY - 1
    return {
        "train-images-idx3-ubyte": images[~validates].reshape(-1, *images.shape[2:]),
        "train-labels-idx1-ubyte": labels[~validates].reshape(-1),
        "t10k-images-idx3-ubyte": images[validates].reshape(-1, *images.shape[2:]),
        "t10k-labels-idx1-ubyte": labels[validates].reshape(-1),
    }


def digits(png: Path) -> np.ndarray:
    """The digits in the image, uint8: element [i, d] is the i-th image of digit d, (500, 10, 20, 20)."""
    image = matplotlib.image.imread(png)  # floats, k / 255
    if image.shape != (ROWS * SIZE, COLUMNS * SIZE):
        raise SystemExit(f"{png}: expected a grey image of {ROWS * SIZE} by {COLUMNS * SIZE} pixels, got {image.shape}")
    grid = np.rint(image * 255).astype(np.uint8).reshape(ROWS, SIZE, COLUMNS, SIZE)
    by_digit = grid.swapaxes(1, 2).reshape(CLASSES, -1, SIZE, SIZE)  # (50, 100, 20, 20) -> (10, 500, 20, 20)
    return by_digit.swapaxes(0, 1)  # 0, 1, ..., 9, 0, 1, ...: any part of the file has all digits


def idx(array: np.ndarray) -> bytes:
    """A uint8 array in the IDX format, see mytorch/datasets/idx.py."""
    return struct.pack(f">HBB{array.ndim}I", 0, 0x08, array.ndim, *array.shape) + array.tobytes()


def compressed(contents: bytes) -> bytes:
    """Gzipped without a name and a time, so that the same contents give the same file."""
    file = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, file, mtime=0) as stream:
        stream.write(contents)
    return file.getvalue()


if __name__ == "__main__":
    main()

"""Iris: 150 flowers of three species, four measurements each (Fisher 1936). Comes with MyTorch."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np

from mytorch.data.dataset import TensorDataset
from mytorch.datasets.canonical import are_canonical
from mytorch.datasets.files import Catalog, DataFile, DatasetError, read
from mytorch.dtypes import get_default_dtype

__all__ = ["Iris"]

BUNDLED = Path(__file__).with_name("bundled") / "iris.csv"
CHECKSUM = "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449"  # SHA-256 of the bundled file
LENGTH = 2734  # its bytes


class Iris(TensorDataset):
    """dataset[i] is (measurements, species): a Tensor of 4 floats in cm, and the class index.

    data: (150, 4), in the default dtype; the columns are `features`.   targets: 0..2, (150,).
    classes: the species. The order is by species: shuffle before you split.

    path: another CSV file of the same form: a first line "rows,features,name,name,..." and in every
        further line the features and the class index.
    A file as long as Iris itself that differs is probably a damaged copy: a DatasetWarning.
    verify: whether any file that is not Iris itself is a DatasetError.
    Raises DatasetError that names the file and the line if it is damaged.
    """

    features = ("sepal length", "sepal width", "petal length", "petal width")

    def __init__(self, path: str | os.PathLike | None = None, verify: bool = False) -> None:
        file = read(BUNDLED if path is None else Path(path))
        self.data, self.targets, self.classes = _parse(file)
        if verify or len(file.contents) == LENGTH:
            name = file.path.name.removesuffix(".gz")
            are_canonical(Catalog("Iris", (), {name: CHECKSUM}, (), {name: LENGTH}), [file], verify)
        super().__init__(self.data, self.targets)


def _parse(file: DataFile) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    path = file.path
    try:
        text = file.contents.decode("utf-8")
        lines = [line for line in csv.reader(text.splitlines(), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: must be a CSV file in UTF-8: {error}") from error
    try:
        count, features, classes = _whole(lines[0][0]), _whole(lines[0][1]), tuple(lines[0][2:])
    except (IndexError, ValueError):
        raise DatasetError(f"{path}: the first line must be rows,features,class names") from None
    if not count or not features or not classes or len(set(classes)) != len(classes):
        raise DatasetError(
            f"{path}: the first line must announce some rows, some features and classes of different names; got "
            f"{count} rows, {features} features, classes {', '.join(classes[:20])}"
        )
    if not all(name and name.isprintable() for name in classes):
        raise DatasetError(f"{path}: class names must be printable text; got {classes[:20]}")
    rows = lines[1:]
    if rows and len(rows[0]) != features + 1:  # before memory is taken for what the first line claims
        raise DatasetError(f"{path}, line 2: {features + 1} values are expected, there are {len(rows[0])}")
    if len(rows) != count:
        raise DatasetError(f"{path}: truncated or too long: {count} rows are announced, there are {len(rows)}")
    data = np.empty((count, features), get_default_dtype())
    targets = np.empty(count, np.int64)
    for i, row in enumerate(rows):
        try:
            if len(row) != features + 1:
                raise ValueError(f"{features + 1} values are expected, there are {len(row)}")
            data[i], targets[i] = [_number(value) for value in row[:-1]], _whole(row[-1])
            if not 0 <= targets[i] < len(classes) or not np.isfinite(data[i]).all():
                raise ValueError(f"class index {row[-1]} or a measurement is out of range")
        except ValueError as error:
            raise DatasetError(f"{path}, line {i + 2}: {error}") from None
    return data, targets, classes


def _whole(text: str) -> int:
    """Digits only: int() also takes "1_0", " 1" and digits of other scripts."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"a whole number is expected, got {text[:50]!r}")
    return int(text)


def _number(text: str) -> float:
    if (
        not re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+(e[-+]?[0-9]{1,3})?|nan|[-+]?inf", text[:50], re.IGNORECASE)
        or len(text) > 50
    ):
        raise ValueError(f"could not convert {text[:50]!r} to a number")
    return float(text)

"""Iris: 150 flowers of three species, four measurements each (Fisher 1936). Comes with MyTorch."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from mytorch.data.dataset import TensorDataset
from mytorch.datasets.files import DatasetError, read
from mytorch.dtypes import get_default_dtype

__all__ = ["Iris"]

BUNDLED = Path(__file__).with_name("bundled") / "iris.csv"


class Iris(TensorDataset):
    """dataset[i] is (measurements, species): a Tensor of 4 floats in cm, and the class number.

    data: (150, 4), in the default dtype; the columns are `features`.   targets: 0..2, (150,).
    classes: the species. The order is by species: shuffle before you split.

    path: another CSV file of the same form: a first line "rows,features,name,name,..." and in every
        further line the features and the class number.
    Raises DatasetError that names the file and the line if it is damaged.
    """

    features = ("sepal length", "sepal width", "petal length", "petal width")

    def __init__(self, path: str | os.PathLike | None = None) -> None:
        source = BUNDLED if path is None else Path(path)
        self.data, self.targets, self.classes = _parse(source)
        super().__init__(self.data, self.targets)


def _parse(path: Path) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    text = read(path).contents.decode("utf-8", "replace")
    lines = [line for line in csv.reader(text.splitlines()) if line]
    try:
        count, features, classes = int(lines[0][0]), int(lines[0][1]), tuple(lines[0][2:])
    except (IndexError, ValueError):
        raise DatasetError(f"{path}: the first line must be rows,features,class names") from None
    rows = lines[1:]
    if len(rows) != count:
        raise DatasetError(f"{path}: truncated or too long: {count} rows are announced, there are {len(rows)}")
    data = np.empty((count, features), get_default_dtype())
    targets = np.empty(count, np.int64)
    for i, row in enumerate(rows):
        try:
            if len(row) != features + 1:
                raise ValueError(f"{features + 1} values are expected, there are {len(row)}")
            data[i], targets[i] = [float(value) for value in row[:-1]], int(row[-1])
            if not 0 <= targets[i] < len(classes) or not np.isfinite(data[i]).all():
                raise ValueError(f"class number {row[-1]} or a measurement is out of range")
        except ValueError as error:
            raise DatasetError(f"{path}, line {i + 2}: {error}") from None
    return data, targets, classes

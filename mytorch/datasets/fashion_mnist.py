"""Fashion-MNIST: 70,000 pictures of clothes in MNIST's format (Xiao, Rasul and Vollgraf 2017)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.datasets.canonical import are_canonical
from mytorch.datasets.download import fetch, find_or_fetch
from mytorch.datasets.files import Catalog, DatasetError, read
from mytorch.datasets.images import ImageDataset
from mytorch.datasets.labelled_images import labelled_images
from mytorch.datasets.mnist import CATALOG as MNIST_CATALOG, TEST, TRAIN

__all__ = ["FashionMNIST"]

CATALOG = Catalog(
    name="Fashion-MNIST",
    subfolders=("fashion-mnist", "FashionMNIST", "FashionMNIST/raw"),  # Debian's, torchvision's
    checksums={
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    lengths=MNIST_CATALOG.lengths,
)


class FashionMNIST(ImageDataset):
    """Pictures of clothes, 28 by 28 pixels in 10 classes: 60,000 for training, 10,000 for testing.

    dataset[i], data, targets, classes: see `ImageDataset`. source: where the files came from.

    root: a folder with the four files, directly or in a subfolder fashion-mnist, FashionMNIST or
        FashionMNIST/raw. Without it they are looked for as `MNIST` does it; Debian's package
        dataset-fashion-mnist puts them where they are found.
    download: whether files that are nowhere may be downloaded into the cache.
    verify: see `MNIST`.

    Raises DatasetError if they are nowhere, are damaged, or are MNIST's, whose files have the same names.
    """

    classes = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = True,
        verify: bool = False,
    ) -> None:
        names = TRAIN if train else TEST
        paths, problem = find_or_fetch(CATALOG, (names,), root, (lambda: fetch(CATALOG)) if download else None)
        if paths is None:
            raise DatasetError(
                f"{problem}; set MYTORCH_DATA to a folder with it, or install Debian's package dataset-fashion-mnist"
            )
        files = [read(path) for path in paths]
        for file in files:
            if MNIST_CATALOG.lists(file):
                raise DatasetError(f"{file.path}: this is MNIST, whose files have the same names as Fashion-MNIST's")
        images, labels = labelled_images(*files)
        canonical = "" if are_canonical(CATALOG, files, verify) else " (not the canonical Fashion-MNIST)"
        source = f"Fashion-MNIST from {paths[0].parent}{canonical}"
        super().__init__(images, labels, source, train, transform, target_transform)

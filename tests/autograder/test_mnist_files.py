"""The digits that the grader of problem 3 finds: a damaged copy of MNIST is refused, a subset is not."""

from __future__ import annotations

import numpy as np
import pytest
from support.digit_files import digits, write_idx

from autograder.hw1_autograder import mnist_data, mnist_download


@pytest.mark.parametrize("damaged", ["images", "labels"])
def test_a_damaged_copy_of_mnist_is_refused(damaged, tmp_path, monkeypatch):
    images, labels = digits(60)
    known = zip(mnist_data.TRAIN, (images, labels.astype(np.uint8)))
    monkeypatch.setattr(mnist_data, "MNIST_IMAGES", 60)
    checksums = {name: mnist_download.checksum(array) for name, array in known}
    for module in (mnist_data, mnist_download):
        monkeypatch.setattr(module, "CHECKSUMS", checksums)
    write_idx(tmp_path, "train", images, labels)
    assert mnist_data.load(str(tmp_path)).kind == "MNIST"
    if damaged == "images":
        images[3, 4, 5] ^= 1
    else:
        labels[7] = (labels[7] + 1) % 10
    write_idx(tmp_path, "train", images, labels)
    with pytest.raises(mnist_data.DataError, match=rf"train-{damaged}-idx\d-ubyte.gz: not MNIST's: SHA-256 should be"):
        mnist_data.load(str(tmp_path))


def test_a_subset_of_mnist_will_do(tmp_path):
    write_idx(tmp_path, "train", *digits(60))
    assert mnist_data.load(str(tmp_path)).kind == "other"

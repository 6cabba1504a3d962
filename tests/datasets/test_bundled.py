"""The digits that come with MyTorch."""

import gzip
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from mytorch.datasets import MNIST, load_mnist
from mytorch.datasets.mnist import BUNDLED, TEST, TRAIN

TOOL = Path(__file__).resolve().parents[2] / "tools/make_bundled_digits.py"


def load_tool():
    spec = importlib.util.spec_from_file_location("make_bundled_digits", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def write_png(path):
    """The image that the bundle was made from, put together again from the bundle."""
    train, test = (MNIST(train=train, download=False).data[:, 4:24, 4:24] for train in (True, False))
    image = np.zeros((50, 20, 100, 20), np.uint8)
    for digit in range(10):
        for i in range(500):
            tens, ones = divmod(i, 10)
            cut = test[10 * tens + digit] if ones == 9 else train[10 * (9 * tens + ones) + digit]
            image[5 * digit + i // 100, :, i % 100] = cut
    PIL.Image.fromarray(image.reshape(1000, 2000)).save(path)


def test_what_is_in_the_bundle():
    train, test = (MNIST(train=train, download=False) for train in (True, False))
    assert train.bundled
    assert train.data.shape == (4500, 28, 28)
    assert test.data.shape == (500, 28, 28)
    assert np.bincount(train.targets).tolist() == [450] * 10
    assert np.bincount(test.targets).tolist() == [50] * 10
    images = np.concatenate([train.data, test.data])
    inner = np.zeros((28, 28), bool)
    inner[4:24, 4:24] = True
    assert not images[:, ~inner].any()
    assert images[:, inner].max(axis=1).min() > 100  # no empty image
    assert len(np.unique(images.reshape(5000, -1), axis=0)) == 5000  # so no image is in both parts
    assert train.targets[:20].tolist() == [*range(10)] * 2


def test_a_digit_looks_like_its_label():
    """The nearest average image names most digits right: the labels belong to these images."""
    data = load_mnist(download=False)
    averages = np.stack([data.train_x[data.train_y == digit].mean(axis=0) for digit in range(10)])
    distances = ((data.val_x[:, None] - averages) ** 2).sum(axis=2)  # (500, 10)
    assert (distances.argmin(axis=1) == data.val_y).mean() > 0.75


def test_the_bundle_is_small_and_states_its_source():
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 700_000
    readme = (BUNDLED / "README.md").read_text(encoding="utf-8")
    assert "OpenCV" in readme
    assert "Apache License 2.0" in readme
    assert "Version 2.0, January 2004" in (BUNDLED / "LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(
    "MYTORCH_DIGITS_PNG" not in os.environ, reason="set MYTORCH_DIGITS_PNG to OpenCV's samples/data/digits.png"
)
def test_the_bundle_is_what_the_tool_makes_of_the_png():
    made = load_tool().bundled_arrays(Path(os.environ["MYTORCH_DIGITS_PNG"]))
    assert set(made) == {*TRAIN, *TEST}
    for name, array in made.items():  # the contents, because zlib's versions compress differently
        assert gzip.decompress((BUNDLED / f"{name}.gz").read_bytes()) == load_tool().idx(array)


def run_tool(*arguments):
    environment = dict(os.environ)
    del environment["XDG_CACHE_HOME"]  # conftest.py's: matplotlib would look for all fonts again
    return subprocess.run([sys.executable, TOOL, *arguments], env=environment, capture_output=True, text=True)


def test_the_tool_makes_the_bundle_and_the_same_bytes_each_time(tmp_path):
    write_png(tmp_path / "digits.png")
    made = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        done = run_tool(tmp_path / "digits.png", folder)
        assert done.returncode == 0, done.stderr
        assert "train-images-idx3-ubyte.gz: (4500, 28, 28)" in done.stdout
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == {f"{name}.gz" for name in (*TRAIN, *TEST)}
    for name, contents in made[0].items():
        assert gzip.decompress(contents) == gzip.decompress((BUNDLED / name).read_bytes())


def test_the_tool_refuses_another_image(tmp_path):
    PIL.Image.fromarray(np.zeros((10, 20), np.uint8)).save(tmp_path / "other.png")
    done = run_tool(tmp_path / "other.png", tmp_path)
    assert done.returncode == 1
    assert "other.png: expected a grey image of 1000 by 2000 pixels, got (10, 20)" in done.stderr
    assert not list(tmp_path.glob("*.gz"))

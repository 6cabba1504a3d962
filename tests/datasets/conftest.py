"""No test here may see the data folders of the computer that it runs on, or the network."""

import dataclasses

import pytest
from support.digit_files import digits, write_idx

from mytorch.datasets import canonical, files, mnist


@pytest.fixture(autouse=True)
def _isolated(tmp_path, monkeypatch):
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "system_folders", lambda: [tmp_path / "system"])
    monkeypatch.setattr(mnist, "CATALOG", dataclasses.replace(mnist.CATALOG, mirrors=()))
    monkeypatch.setenv("no_proxy", "*")
    canonical.say_once.cache_clear()


@pytest.fixture
def folder(tmp_path):
    """A data folder with 60 images for training and 20 for testing."""
    write_idx(tmp_path / "data/mnist", "train", *digits(60))
    write_idx(tmp_path / "data/mnist", "t10k", *digits(20, seed=1))
    return tmp_path / "data"

"""No test here may see the data folders of the computer that it runs on, or the network."""

import dataclasses

import pytest

from mytorch.datasets import files, mnist


@pytest.fixture(autouse=True)
def _isolated(tmp_path, monkeypatch):
    monkeypatch.delenv("MYTORCH_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "system_folders", lambda: [tmp_path / "system"])
    monkeypatch.setattr(mnist, "CATALOG", dataclasses.replace(mnist.CATALOG, mirrors=()))
    monkeypatch.setenv("no_proxy", "*")
    mnist._warn_once.cache_clear()

"""The libraries that are compared: one file each, used in the way its documentation shows."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

__all__ = ["BASE", "CONTENDERS", "SUBJECT", "WITH_EXTRA", "Contender", "missing"]

SUBJECT = "mytorch"  # which all this is about
WITH_EXTRA = "mytorch onednn"  # the same with its extra
BASE = "torch"  # whose figures the others are divided by, and whose gradients are trusted


@dataclass(frozen=True)
class Contender:
    """module: what the child imports. package: what must be installed for that."""

    name: str
    module: str
    package: str

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("mytorch", "benchmarks.contenders.mytorch_", "mytorch"),
        Contender(WITH_EXTRA, "benchmarks.contenders.mytorch_onednn", "mytorch"),
        Contender("torch", "benchmarks.contenders.torch_", "torch"),
        Contender("torch channels_last", "benchmarks.contenders.torch_channels_last", "torch"),
        Contender("jax", "benchmarks.contenders.jax_", "jax"),
        Contender("autograd", "benchmarks.contenders.autograd_", "autograd"),
        Contender("mygrad", "benchmarks.contenders.mygrad_", "mygrad"),
        Contender("numpy by hand", "benchmarks.contenders.numpy_", "numpy"),
    )
}


def missing() -> list[str]:
    """Packages of contenders that are not installed here."""
    return sorted({c.package for c in CONTENDERS.values() if not c.is_installed})

"""Saving and loading: `mytorch.save(obj, path)` and `mytorch.load(path)`."""

from mytorch.serialization.errors import LoadError
from mytorch.serialization.save_load import load, save

__all__ = ["LoadError", "load", "save"]

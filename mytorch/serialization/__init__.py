"""Saving and loading: `mytorch.save(obj, path)` and `mytorch.load(path)`."""

from mytorch.serialization.errors import LoadError
from mytorch.serialization.safe_names import add_safe_globals, safe_globals
from mytorch.serialization.save_load import load, save

__all__ = ["LoadError", "add_safe_globals", "load", "safe_globals", "save"]

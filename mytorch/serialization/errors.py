"""class LoadError."""

__all__ = ["LoadError"]


class LoadError(ValueError):
    """A file that `mytorch.load` cannot use: damaged, of another format, or not made by `mytorch.save`."""

"""The version number, where packaging can read it without importing NumPy."""

__version__ = "0.1.0"

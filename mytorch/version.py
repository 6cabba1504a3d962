"""The version number, where packaging can read it without importing NumPy."""

__version__ = "0.1.0"
cuda = hip = None  # PyTorch's questions about cards: there are none

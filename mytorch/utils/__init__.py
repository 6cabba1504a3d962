"""Helpers around training."""

from mytorch.utils import checkpoint

__all__ = ["checkpoint"]

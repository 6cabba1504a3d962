"""PyTorch's door to `mytorch.data.loader`."""

from mytorch.data.loader import DataLoader, default_collate

__all__ = ["DataLoader", "default_collate"]

"""PyTorch's path to `RemovableHandle`, which attaching a hook returns."""

from mytorch.engine.hooks import RemovableHandle

__all__ = ["RemovableHandle"]

"""class DataParallel: PyTorch's wrapper for several cards, which passes everything through."""

from __future__ import annotations

from typing import Any

from mytorch.compat.devices import check_device
from mytorch.nn.module import Module

__all__ = ["DataParallel"]


class DataParallel(Module):
    """`DataParallel(model)`: the model itself is `.module`, so the names in state_dict begin with "module.", and a
    batch goes to it whole, as in a PyTorch without cards. Convolutions share a batch among threads anyway."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        for number in device_ids or ():
            check_device(number)
        check_device(output_device)
        self.module = module
        self.dim = dim
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """`module(*inputs, **kwargs)`."""
        return self.module(*inputs, **kwargs)

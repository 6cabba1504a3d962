"""`F` in the table of operations: the same names in mytorch and in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

import mytorch
import mytorch.nn.functional


class MyTorch:
    """mytorch.name, or mytorch.nn.functional.name; arrays stay arrays, which every function must take."""

    def array(self, array: np.ndarray) -> np.ndarray:
        return array

    def __getattr__(self, name: str) -> Any:
        return getattr(mytorch.nn.functional, name, None) or getattr(mytorch, name)


class PyTorch:
    """torch.nn.functional.name, or torch.name, which for losses and norms is a form with other arguments."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def array(self, array: np.ndarray) -> Any:
        return self._torch.tensor(array)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch.nn.functional, name, None) or getattr(self._torch, name)

"""PyTorch's older path to `func.functional_call`."""

from mytorch.func import functional_call

__all__ = ["functional_call"]

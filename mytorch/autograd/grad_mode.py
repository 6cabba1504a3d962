"""PyTorch's path to `no_grad` and its kin."""

from mytorch.engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]

"""PyTorch's older path to the profiler: `with autograd.profiler.profile() as prof: ...`."""

from mytorch.profiler import profile, record_function

__all__ = ["profile", "record_function"]

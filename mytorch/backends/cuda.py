"""CUDA's matrix products: not here. Their switches can be set and choose nothing."""

import types

__all__ = ["is_built", "matmul"]

matmul = types.SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False)


def is_built() -> bool:
    """False."""
    return False

"""Intel's library below PyTorch: MyTorch computes with what NumPy brings, usually OpenBLAS."""

__all__ = ["is_available"]


def is_available() -> bool:
    """False: nothing is asked of it by us."""
    return False

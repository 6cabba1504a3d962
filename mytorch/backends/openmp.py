"""OpenMP, the threads below PyTorch: MyTorch has threads of its own, see `mytorch.set_num_threads`."""

__all__ = ["is_available"]


def is_available() -> bool:
    """False: nothing is asked of it by us."""
    return False

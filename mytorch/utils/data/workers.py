"""What a dataset asks about the process that it is loaded in."""

__all__ = ["get_worker_info"]


def get_worker_info() -> None:
    """None, PyTorch's answer in the main process: there are no worker processes, so a stream is read whole."""
    return

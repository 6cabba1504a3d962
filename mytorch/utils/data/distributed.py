"""PyTorch's door to `mytorch.data.distributed`."""

from mytorch.data.distributed import DistributedSampler

__all__ = ["DistributedSampler"]

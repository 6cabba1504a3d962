"""`mytorch.linalg`: the functions of PyTorch's namespace `torch.linalg`."""

from mytorch.ops.norm import vector_norm

__all__ = ["vector_norm"]

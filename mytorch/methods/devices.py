"""Methods that say where a tensor is: in the memory of the CPU, always."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mytorch.compat.devices import CPU, device, no_such_device
from mytorch.engine.tensor_base import TensorBase

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["DeviceMethods"]


class DeviceMethods(TensorBase):
    """PyTorch's questions about devices, answered; and its orders to leave the CPU, refused."""

    __slots__ = ()

    is_cuda = is_mps = is_meta = is_sparse = is_quantized = False
    is_cpu = True

    @property
    def device(self) -> device:
        """device(type='cpu'), always."""
        return CPU

    def cpu(self, memory_format: Any = None) -> Self:
        """This tensor, which is there already."""
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Self:
        """RuntimeError: there is only the CPU."""
        raise no_such_device("cuda" if device is None else device)

    def get_device(self) -> int:
        """-1, PyTorch's number of the CPU."""
        return -1

    def pin_memory(self, device: Any = None) -> Self:
        """This tensor: there is no device to which pinned memory would be copied faster."""
        return self

    def is_pinned(self) -> bool:
        """False: see `pin_memory`."""
        return False

    def share_memory_(self) -> Self:
        """This tensor: threads share all memory anyway, and there are no worker processes."""
        return self

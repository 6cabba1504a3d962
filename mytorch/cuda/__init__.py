"""What PyTorch's programs ask about NVIDIA's cards: there are none, and every answer says so."""

from __future__ import annotations

import contextlib
from typing import Any

from mytorch.compat.devices import no_such_device
from mytorch.cuda import amp

__all__ = [
    "amp", "current_device", "device_count", "empty_cache", "get_device_name", "get_device_properties",
    "init", "is_available", "is_bf16_supported", "is_initialized", "manual_seed", "manual_seed_all",
    "max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved", "reset_peak_memory_stats",
    "seed_all", "set_device", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing to do: there is no card whose generator could be restarted. `mytorch.manual_seed` restarts ours."""


def manual_seed_all(seed: int) -> None:
    """Nothing to do, see `manual_seed`."""


def seed_all() -> None:
    """Nothing to do, see `manual_seed`."""


def empty_cache() -> None:
    """Nothing to do: no memory of a card is held."""


def memory_allocated(device: Any = None) -> int:
    """0: bytes in use on the card."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """0: bytes held on the card."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0: the most bytes that were in use on the card."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """0: the most bytes that were held on the card."""
    return 0


def reset_peak_memory_stats(device: Any = None) -> None:
    """Nothing to do, see `max_memory_allocated`."""


def _no_card(*args: Any, **kwargs: Any) -> Any:
    raise no_such_device("cuda")


# Questions and orders that make sense only with a card: the one error about devices, as in a PyTorch without CUDA.
current_device = get_device_name = get_device_properties = init = set_device = synchronize = _no_card
Stream = Event = stream = get_device_capability = _no_card


@contextlib.contextmanager
def device(index: Any) -> Any:
    """`with cuda.device(None or -1):` changes nothing, as in PyTorch; another number is the error about devices."""
    if index is not None and index != -1:
        raise no_such_device(f"cuda:{index}")
    yield


class _CudaTensor:
    """PyTorch's names of tensors on a card: no tensor is one, and to make one is the error about devices."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise no_such_device("cuda")


FloatTensor = DoubleTensor = HalfTensor = LongTensor = IntTensor = ShortTensor = ByteTensor = BoolTensor = _CudaTensor

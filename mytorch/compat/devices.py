"""Where a tensor lies: in the memory of the one CPU. PyTorch's programs ask, and get a true answer.

    device = mytorch.device("cuda" if mytorch.cuda.is_available() else "cpu")     # cpu
    model.to(device);  x.device;  mytorch.zeros(3, device=device)

Every other device is an error at the place where it is named.
"""

from __future__ import annotations

from typing import Any

from mytorch.dtypes import as_dtype

__all__ = ["CPU", "check_device", "check_placement", "device", "dtype_from", "no_such_device"]

# What PyTorch calls its kinds of devices. Other strings are no device at all: perhaps dtypes.
KINDS = ("cpu", "cuda", "mps", "xpu", "xla", "meta", "hpu", "ipu", "vulkan", "privateuseone", "mtia", "maia")


def no_such_device(name: Any) -> RuntimeError:
    """The one error about devices, to be raised."""
    return RuntimeError(
        f"MyTorch computes on the CPU; there is no device {str(name)!r}. Write 'cpu', or as PyTorch's programs do: "
        '"cuda" if mytorch.cuda.is_available() else "cpu"'
    )


class device:  # noqa: N801 (PyTorch's name)
    """`device("cpu")`, also `device("cpu", 0)` and `device("cpu:0")`. RuntimeError for every other device.

    As in PyTorch it can be used as a context (`with device("cpu"):`), which changes nothing here.
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        if isinstance(type, int) and not isinstance(type, bool):  # PyTorch: the accelerator of that number
            raise no_such_device(f"cuda:{type}")
        if not isinstance(type, str):
            raise TypeError(f"device: type must be a str such as 'cpu', got {type!r}")
        kind, colon, number = type.partition(":")
        if kind not in KINDS or (colon and (not number.isdecimal() or index is not None)):
            raise RuntimeError(f"device: {type!r} is no device; the only one is 'cpu'")
        index = int(number) if colon else index
        if kind != "cpu" or index not in (None, 0):
            raise no_such_device(kind if index is None else f"{kind}:{index}")
        self.type, self.index = kind, index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __repr__(self) -> str:
        return (
            f"device(type={self.type!r})" if self.index is None else f"device(type={self.type!r}, index={self.index})"
        )

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __enter__(self) -> device:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __reduce__(self) -> tuple:
        return device, (self.type, self.index)


CPU = device("cpu")


def check_device(value: Any) -> None:
    """Return if the argument `device` is None or says CPU; RuntimeError or TypeError, see `device`, otherwise."""
    if value is not None and value is not CPU:
        device(value)


def dtype_from(target: Any, dtype: Any = None, device_: Any = None) -> Any:
    """The dtype that `x.to(...)` is to give, or None for "as it is". The forms of PyTorch: to(dtype), to(device),
    to(device, dtype), to(other), with the names `dtype` and `device`."""
    check_device(device_)
    if target is None:
        return None if dtype is None else as_dtype(dtype)
    if hasattr(target, "_data"):  # another tensor
        return target.dtype
    if isinstance(target, (device, int)) or (isinstance(target, str) and target.partition(":")[0] in KINDS):
        check_device(target)
        return None if dtype is None else as_dtype(dtype)
    if dtype is not None:
        raise TypeError(f"to: expected (device, dtype), got ({target!r}, {dtype!r})")
    return as_dtype(target)


# Arguments of PyTorch that say where and how the numbers lie in memory. They choose nothing here.
_PLACEMENT = ("device", "layout", "memory_format", "non_blocking", "pin_memory", "out")


def check_placement(function: str, placement: dict[str, Any]) -> None:
    """Check the arguments `**placement` of a function that makes a tensor: `device` must say CPU, and pin_memory,
    memory_format and a strided layout have no meaning here. TypeError for `out` and for every other name."""
    for name, value in placement.items():
        if name == "device":
            check_device(value)
        elif name == "layout" and str(value) not in ("None", "strided", "mytorch.strided"):
            raise NotImplementedError(f"{function}: layout must be mytorch.strided, got {value!r}; there are no others")
        elif name == "out" and value is not None:
            raise TypeError(f"{function}: out= is left out; write x[...] = {function}(...) to fill a tensor x")
        elif name not in _PLACEMENT:
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}")

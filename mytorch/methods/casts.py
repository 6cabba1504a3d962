"""Methods that give another dtype: to, float, long, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.compat.devices import dtype_from
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.elementwise.cast import cast
from mytorch.ops.shapes.reshape import clone

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["CastMethods"]

# PyTorch's classes of tensors by dtype, from before it had dtypes.
_CLASSES = {
    "float16": "HalfTensor", "float32": "FloatTensor", "float64": "DoubleTensor", "uint8": "ByteTensor",
    "int8": "CharTensor", "int16": "ShortTensor", "int32": "IntTensor", "int64": "LongTensor", "bool": "BoolTensor",
}  # fmt: skip


class CastMethods(TensorBase):
    """The same numbers in another dtype; of a tensor that has it already, itself."""

    __slots__ = ()

    def to(
        self,
        target: Any = None,
        dtype: Any = None,
        non_blocking: bool = False,
        copy: bool = False,
        *,
        device: Any = None,
        memory_format: Any = None,
    ) -> Self:
        """This tensor in another dtype: to(dtype), to(other), or as PyTorch's programs write it to(device),
        to(device, dtype), where the device can only be the CPU. `copy`: also if the dtype stays.
        non_blocking and memory_format have no meaning here."""
        if type(target) is np.dtype and dtype is None and device is None:  # as nearly always
            result = cast(self, target)
        else:
            wanted = dtype_from(target, dtype, device)
            result = self if wanted is None else cast(self, wanted)
        return clone(self) if copy and result is self else result

    def type(self, dtype: Any = None, non_blocking: bool = False):
        """This tensor in another dtype; without one the name of PyTorch's class of such tensors,
        "torch.FloatTensor"."""
        if dtype is None:
            return f"torch.{_CLASSES[self._data.dtype.name]}" if self._data.dtype.name in _CLASSES else "torch.Tensor"
        if isinstance(dtype, str) and dtype.startswith("torch."):
            names = {name: dtype for dtype, name in _CLASSES.items()}
            if dtype.removeprefix("torch.") not in names:
                raise ValueError(f"type: dtype must be one of {sorted(names)}, got {dtype!r}")
            dtype = names[dtype.removeprefix("torch.")]
        return cast(self, getattr(dtype, "dtype", dtype))  # also a class such as mytorch.FloatTensor

    astype = cast

    def type_as(self, other: Any) -> Self:
        """This tensor in the dtype of `other`."""
        return self.to(other.dtype)

    def is_floating_point(self) -> bool:
        """Whether the elements are floats."""
        return self._data.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Whether the elements are complex numbers."""
        return self._data.dtype.kind == "c"

    def element_size(self) -> int:
        """Bytes that an element takes."""
        return self._data.itemsize

    def half(self) -> Self:
        return self.to(np.float16)

    def float(self) -> Self:
        return self.to(np.float32)

    def double(self) -> Self:
        return self.to(np.float64)

    def int(self) -> Self:
        return self.to(np.int32)

    def short(self) -> Self:
        return self.to(np.int16)

    def char(self) -> Self:
        return self.to(np.int8)

    def byte(self) -> Self:
        return self.to(np.uint8)

    def long(self) -> Self:
        return self.to(np.int64)

    def bool(self) -> Self:
        return self.to(np.bool_)

"""Methods that make new tensors of this one's dtype: new_zeros, new_full, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.compat.devices import check_placement
from mytorch.dtypes import as_dtype
from mytorch.engine.tensor_base import TensorBase
from mytorch.methods.sizes import sizes_from

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["CreationMethods"]


class CreationMethods(TensorBase):
    """New tensors in the dtype of this one, unless `dtype` says otherwise. `new_tensor`, which the engine itself
    uses, is in `engine/tensor_base.py`."""

    __slots__ = ()

    def new(self, *args: Any) -> Self:
        """PyTorch's older `new_tensor` and `new_empty`: x.new([1, 2]) from data, x.new(2, 3) of that shape."""
        if len(args) == 1 and not isinstance(args[0], int):
            return self.new_tensor(np.array(args[0], self._data.dtype))
        return _filled(self, 0, sizes_from(args) if args else (0,), None, False)

    def new_zeros(
        self, *sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any
    ) -> Self:
        """Zeros: x.new_zeros(2, 3) or x.new_zeros((2, 3))."""
        check_placement("new_zeros", placement)
        return _filled(self, 0, sizes_from(sizes, size), dtype, requires_grad)

    def new_ones(
        self, *sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any
    ) -> Self:
        """Ones: x.new_ones(2, 3) or x.new_ones((2, 3))."""
        check_placement("new_ones", placement)
        return _filled(self, 1, sizes_from(sizes, size), dtype, requires_grad)

    def new_empty(
        self, *sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any
    ) -> Self:
        """To be filled: x.new_empty(2, 3) or x.new_empty((2, 3))."""
        check_placement("new_empty", placement)
        return _filled(self, 0, sizes_from(sizes, size), dtype, requires_grad)

    def new_full(
        self, size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
    ) -> Self:
        """`fill_value` everywhere."""
        check_placement("new_full", placement)
        return _filled(self, fill_value, sizes_from((size,)), dtype, requires_grad)


def _filled(like: Any, value: Any, shape: tuple[int, ...], dtype: Any, requires_grad: bool) -> Any:
    array = np.full(shape, value, like._data.dtype if dtype is None else as_dtype(dtype))
    tensor = like.new_tensor(array)
    if requires_grad:
        tensor.requires_grad = True
    return tensor

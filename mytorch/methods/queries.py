"""Methods that tell how a tensor lies in memory, and PyTorch's older names of such questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.engine.in_place import refuse_in_place
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.shapes import reshape as reshape_ops, transpose as transpose_ops

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["QueryMethods"]


class QueryMethods(TensorBase):
    """Questions about memory, and the methods that change only the shape of this tensor, in place."""

    __slots__ = ()

    is_xla = is_mtia = is_maia = is_ipu = is_vulkan = is_xpu = is_nested = is_sparse_csr = is_mkldnn = False

    @property
    def nbytes(self) -> int:
        """Bytes that the elements take."""
        return self._data.nbytes

    @property
    def itemsize(self) -> int:
        """Bytes that an element takes."""
        return self._data.itemsize

    @property
    def real(self) -> Self:
        """The real part of the numbers: this tensor."""
        return self

    @property
    def H(self) -> Self:  # noqa: N802
        """The transpose of a matrix."""
        return transpose_ops.transpose(self, 0, 1)

    @property
    def mH(self) -> Self:  # noqa: N802
        """The transpose of every matrix in a batch."""
        return transpose_ops.transpose(self, -2, -1)

    def adjoint(self) -> Self:
        """The transpose of every matrix in a batch."""
        return transpose_ops.transpose(self, -2, -1)

    def conj(self) -> Self:
        """This tensor: its numbers are real."""
        return self

    resolve_conj = resolve_neg = conj

    def nelement(self) -> int:
        """Number of elements."""
        return self._data.size

    def ndimension(self) -> int:
        """How many axes there are."""
        return self._data.ndim

    def stride(self, dim: int | None = None) -> Any:
        """How many elements further in memory the next one along each axis lies, or along `dim`."""
        steps = tuple([step // self._data.itemsize for step in self._data.strides])
        return steps if dim is None else steps[dim]

    def storage_offset(self) -> int:
        """How many elements after the beginning of its memory this tensor starts."""
        owner = self._data
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        distance = self._data.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        return distance // self._data.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._data.__array_interface__["data"][0]

    def is_same_size(self, other: Any) -> bool:
        """Whether both have the same shape."""
        return self._data.shape == other._data.shape

    def is_set_to(self, tensor: Any) -> bool:
        """Whether both look at the same elements in the same way."""
        ours, theirs = self._data.__array_interface__, tensor._data.__array_interface__
        return (ours["data"], ours["shape"], ours["strides"]) == (theirs["data"], theirs["shape"], theirs["strides"])

    def is_signed(self) -> bool:
        """Whether the dtype has negative numbers."""
        return self._data.dtype.kind in "if"

    def is_nonzero(self) -> bool:
        """Whether the only element is not 0."""
        return bool(self)

    def is_conj(self) -> bool:
        """False."""
        return False

    is_neg = is_inference = is_shared = is_coalesced = is_conj

    # --------------------------------------------------------- another shape, in place

    def _take_shape(self, name: str, changed: Any) -> Self:
        refuse_in_place(name, self)
        if self._memory is not None and self._memory.base is not None and self._node is not None:
            raise RuntimeError(f"{name}: the shape of a view cannot be changed in place; write x = x.{name[:-1]}(...)")
        self._data, self._node, self.is_leaf = changed._data, changed._node, changed.is_leaf
        self.mark_changed()
        return self

    def squeeze_(self, dim: Any = None) -> Self:
        """`squeeze`, in place."""
        return self._take_shape("squeeze_", reshape_ops.squeeze(self, dim))

    def unsqueeze_(self, dim: int) -> Self:
        """`unsqueeze`, in place."""
        return self._take_shape("unsqueeze_", reshape_ops.unsqueeze(self, dim))

    def transpose_(self, dim0: int, dim1: int) -> Self:
        """`transpose`, in place."""
        return self._take_shape("transpose_", transpose_ops.transpose(self, dim0, dim1))

    swapaxes_ = swapdims_ = transpose_

    def t_(self) -> Self:
        """`t`, in place."""
        return self._take_shape("t_", transpose_ops.t(self))

    def resize_(self, *sizes: Any) -> Self:
        """Another shape for as many elements, in place. Of another number of elements it is left out."""
        shape = tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
        if int(np.prod(shape)) != self._data.size:
            raise NotImplementedError(
                f"resize_: {self._data.size} elements cannot become the shape {shape}; make a new tensor"
            )
        return self._take_shape("resize_", reshape_ops.reshape(self, shape))

    def resize_as_(self, other: Any) -> Self:
        """`resize_` to the shape of `other`."""
        return self.resize_(other._data.shape)

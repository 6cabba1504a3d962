"""Methods of PyTorch's tensors that MyTorch leaves out: each raises one error that says why, when it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from mytorch.compat.left_out import LEFT_OUT, LEFT_OUT_NAMES, LeftOut
from mytorch.engine.tensor_base import TensorBase

__all__ = ["LeftOutMethods"]


def _left_out(name: str, reason: str) -> Callable[..., NoReturn]:
    def method(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise LeftOut(f"Tensor.{name}", reason)

    method.__name__ = name
    method.__doc__ = f"Left out: {reason}."
    return method


class LeftOutMethods(TensorBase):
    """The names are there, so that a program that calls them is told why they do nothing."""

    __slots__ = ()

    for _reason, _names in {
        "NumPy has no such numbers; use x.float(), or x.half() for less memory": "bfloat16",
        LEFT_OUT_NAMES["complex64"]: "angle cdouble cfloat chalf stft istft",
        LEFT_OUT["sparse"]: "coalesce sparse_mask sparse_dim dense_dim crow_indices col_indices to_sparse "
        "to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr smm sspaddmm",
        LEFT_OUT["quantization"]: "dequantize int_repr q_scale q_zero_point qscheme",
        LEFT_OUT["xpu"]: "xpu ipu mtia record_stream to_mkldnn",
        LEFT_OUT_NAMES["as_strided"]: "as_strided as_strided_ as_strided_scatter storage untyped_storage",
        LEFT_OUT_NAMES["lu"]: "lu lu_solve geqrf ormqr orgqr triangular_solve",
        LEFT_OUT_NAMES["i0"]: "i0 i0_ igamma igamma_ igammac igammac_",
    }.items():
        for _name in _names.split():
            locals()[_name] = _left_out(_name, _reason)
    del _reason, _names, _name

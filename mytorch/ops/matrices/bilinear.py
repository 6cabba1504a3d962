"""The bilinear form of two vectors: every output is linear in each of them."""

from __future__ import annotations

from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.arithmetic import add
from mytorch.ops.elementwise.cast import in_one_dtype
from mytorch.ops.matrices.einsum import einsum

__all__ = ["bilinear"]


def bilinear(input1: T, input2: T, weight: T, bias: T | None = None) -> T:
    """y[..., o] = sum over i, j of input1[..., i] * weight[o, i, j] * input2[..., j] + bias[o]

    input1 (..., in1), input2 (..., in2), weight (out, in1, in2), bias (out,) -> (..., out). Both inputs
    have the same axes in front. The derivative with respect to each of the three is the same product of the other two.
    ValueError for shapes that do not fit.
    """
    for name, tensor in (("input1", input1), ("input2", input2), ("weight", weight)):
        require_tensor("bilinear", name, tensor)
    a, b, w = input1.data.shape, input2.data.shape, weight.data.shape
    if len(w) != 3 or not a or a[:-1] != b[:-1] or (a[-1], b[-1]) != w[1:]:
        raise ValueError(
            f"bilinear: input1 (..., in1), input2 (..., in2) and weight (out, in1, in2) must agree, got shapes "
            f"{a}, {b} and {w}"
        )
    if bias is not None:
        require_tensor("bilinear", "bias", bias)
        if bias.data.shape != w[:1]:
            raise ValueError(f"bilinear: bias must have shape {w[:1]}, one per output, got {bias.data.shape}")
    input1, input2, weight, bias = in_one_dtype(input1, input2, weight, bias)
    y = einsum("...i,oij,...j->...o", input1, weight, input2)
    return y if bias is None else add(y, bias)

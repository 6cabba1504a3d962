"""Products of matrices and vectors with something added, and other products: addmm, kron, cross, inner, vdot, cdist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.broadcasting import promoted
from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.arithmetic import add, mul, sub
from mytorch.ops.matrices.products import bmm, dot, matmul, mm, mv, outer
from mytorch.ops.reductions.norms import vector_norm
from mytorch.ops.reductions.sums import sum
from mytorch.ops.shapes.expand import broadcast_tensors, expand
from mytorch.ops.shapes.reshape import reshape, unsqueeze
from mytorch.ops.shapes.transpose import movedim, transpose

__all__ = [
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "cdist", "chain_matmul", "cross", "inner", "kron", "multi_dot",
    "vdot", "vecdot",
]  # fmt: skip


def addmm(input: T, mat1: T, mat2: T, *, beta: float = 1, alpha: float = 1) -> T:
    """beta * input + alpha * mat1 @ mat2; `input` broadcasts."""
    return _added("addmm", input, mm(mat1, mat2), beta, alpha)


def addmv(input: T, mat: T, vec: T, *, beta: float = 1, alpha: float = 1) -> T:
    """beta * input + alpha * mat @ vec; `input` broadcasts."""
    return _added("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: T, vec1: T, vec2: T, *, beta: float = 1, alpha: float = 1) -> T:
    """beta * input + alpha * outer(vec1, vec2); `input` broadcasts."""
    return _added("addr", input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: T, batch1: T, batch2: T, *, beta: float = 1, alpha: float = 1) -> T:
    """beta * input + alpha * batch1 @ batch2, for batches of matrices; `input` broadcasts."""
    return _added("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: T, batch1: T, batch2: T, *, beta: float = 1, alpha: float = 1) -> T:
    """beta * input + alpha * the sum of batch1[i] @ batch2[i]; `input` broadcasts."""
    return _added("addbmm", input, sum(bmm(batch1, batch2), 0), beta, alpha)


def _added(function: str, input: Any, product: Any, beta: float, alpha: float) -> Any:
    require_tensor(function, "input", input)
    shape = product.data.shape
    own = input.data.shape
    if len(own) > len(shape) or any(n not in (1, m) for n, m in zip(own[::-1], shape[::-1])):
        raise ValueError(f"{function}: input of shape {own} does not broadcast to the product's {shape}")
    if alpha != 1:
        product = mul(product, alpha)
    if beta == 0:  # also nan and inf of `input` do not count then
        return product
    return add(expand(input, shape) if beta == 1 else mul(expand(input, shape), beta), product)


def inner(input: T, other: T) -> T:
    """Sums of products over the last axes: y[i..., j...] = sum over k of input[i..., k] other[j..., k]. Numbers
    multiply."""
    require_tensor("inner", "input", input)
    require_tensor("inner", "other", other)
    a, b = input.data.shape, other.data.shape
    if not a or not b:
        return mul(input, other)
    if a[-1] != b[-1]:
        raise ValueError(f"inner: the last axes must be equally long, got shapes {a} and {b}")
    rows, columns = reshape(input, (int(np.prod(a[:-1])), a[-1])), reshape(other, (int(np.prod(b[:-1])), b[-1]))
    return reshape(mm(rows, transpose(columns, 0, 1)), (*a[:-1], *b[:-1]))


def vdot(input: T, other: T) -> T:
    """`dot`: of real numbers there is nothing to conjugate."""
    return dot(input, other)


def vecdot(x: T, y: T, *, dim: int = -1) -> T:
    """The sum of x * y along `dim`; the other axes broadcast."""
    require_tensor("vecdot", "x", x)
    return sum(mul(x, y), dim)


def kron(input: T, other: T) -> T:
    """Kronecker's product: every element of `input` times the whole of `other`, side by side. The tensor with fewer
    axes gets new ones in front."""
    require_tensor("kron", "input", input)
    require_tensor("kron", "other", other)
    ndim = max(input.data.ndim, other.data.ndim)
    a, b = [(1,) * (ndim - x.data.ndim) + x.data.shape for x in (input, other)]
    spread = [
        reshape(input, [n for size in a for n in (size, 1)]),
        reshape(other, [n for size in b for n in (1, size)]),
    ]
    return reshape(mul(*spread), tuple([n * m for n, m in zip(a, b)]))


class _Cross(Operation):
    """c = a x b along the last axis, of size 3.   dL/da = b x dL/dc,   dL/db = dL/dc x a"""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, a, b):
        x, y = promoted(a, b)
        ctx.save_for_backward(a, b)
        order, back = [1, 2, 0], [2, 0, 1]
        return a.new_tensor(x[..., order] * y[..., back] - x[..., back] * y[..., order])

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        grad_a = _Cross.run(b, grad_c) if ctx.wanted[0] else None
        return grad_a, _Cross.run(grad_c, a) if ctx.wanted[1] else None


def cross(input: T, other: T, dim: int | None = None) -> T:
    """The cross product of vectors of size 3 along `dim` (default: the first axis of that size)."""
    require_tensor("cross", "input", input)
    require_tensor("cross", "other", other)
    x, y = broadcast_tensors(input, other)
    if dim is None:
        dim = next((i for i, n in enumerate(x.data.shape) if n == 3), None)
        if dim is None:
            raise ValueError(f"cross: no axis has size 3 in shape {x.data.shape}")
    axis = axis_of("cross", dim, x.data.ndim)
    if x.data.shape[axis] != 3 or input.data.ndim != other.data.ndim:
        raise ValueError(
            f"cross: input and other must have as many axes, and size 3 along dim {axis}, got shapes "
            f"{input.data.shape} and {other.data.shape}"
        )
    return movedim(_Cross.apply(movedim(x, axis, -1), movedim(y, axis, -1)), -1, axis)


def multi_dot(tensors: Sequence[T]) -> T:
    """The product of two or more matrices, the cheapest pairs first; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise ValueError(f"multi_dot: needs at least 2 tensors, got {len(tensors)}")
    for i, tensor in enumerate(tensors):
        require_tensor("multi_dot", f"tensors[{i}]", tensor)
    first, *middle, last = tensors
    is_row, is_column = first.data.ndim == 1, last.data.ndim == 1
    parts = [unsqueeze(first, 0) if is_row else first, *middle, unsqueeze(last, 1) if is_column else last]
    product = _cheapest(parts, _splits([part.data.shape for part in parts]), 0, len(parts) - 1)
    shape = product.data.shape
    return reshape(product, shape[int(is_row) : len(shape) - int(is_column)])


def chain_matmul(*matrices: T) -> T:
    """`multi_dot` of matrices."""
    return multi_dot(matrices) if len(matrices) > 1 else matrices[0]


def _splits(shapes: list[tuple[int, ...]]) -> dict[tuple[int, int], int]:
    """For every part i..j of the chain: after which matrix to split it, so that least is multiplied."""
    count = len(shapes)
    sizes = [shapes[0][0], *[shape[1] for shape in shapes]]
    cost, split = {(i, i): 0 for i in range(count)}, {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs = {k: cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)}
            split[i, j] = min(costs, key=lambda k: costs[k])
            cost[i, j] = costs[split[i, j]]
    return split


def _cheapest(parts: list, splits: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return parts[i]
    k = splits[i, j]
    return matmul(_cheapest(parts, splits, i, k), _cheapest(parts, splits, k + 1, j))


def cdist(x1: T, x2: T, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> T:
    """The distance of every row of x1 to every row of x2: (..., n, D) and (..., m, D) -> (..., n, m). Where it is 0
    the gradient is 0.

    p: of the norm of the difference. compute_mode chooses among PyTorch's implementations; here it has no effect."""
    require_tensor("cdist", "x1", x1)
    require_tensor("cdist", "x2", x2)
    a, b = x1.data.shape, x2.data.shape
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-1]:
        raise ValueError(f"cdist: x1 (..., n, D) and x2 (..., m, D) must agree in D, got shapes {a} and {b}")
    return vector_norm(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p, -1)

"""Sums of products over named axes: einsum, tensordot.

    einsum("ij,jk->ik", a, b)        c[i, k] = sum over j of a[i, j] * b[j, k]

A letter names an axis. Letters that the output does not have are summed over. Two operands are
contracted by one matrix product; more of them two by two, in an order that NumPy's planner chooses.
"""

from __future__ import annotations

import functools
import re
import string
from collections import Counter
from typing import Any

import numpy as np

from mytorch.dtypes import promote_types
from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.matrices.diagonal import diagonal
from mytorch.ops.shapes.expand import Expand
from mytorch.ops.shapes.reshape import Reshape
from mytorch.ops.shapes.transpose import permute
from mytorch.runtime.accumulate import sum_over

__all__ = ["Einsum", "einsum", "tensordot"]


class Einsum(Operation):
    """einsum of two or more operands, of which none has a letter twice and all agree in the sizes.
    dL/d(operand): the einsum of dL/dy and the other operands, to the letters of the operand

    A letter that only this operand has was summed over: its gradient is the same along that axis."""

    @staticmethod
    def forward(ctx, first, subscripts, *others):
        ctx.save_for_backward(first, *others)
        ctx.subscripts = subscripts
        arrays = [tensor.data for tensor in (first, *others)]
        dtype = functools.reduce(promote_types, [array.dtype for array in arrays])
        return first.new_tensor(contract(subscripts, [array.astype(dtype, copy=False) for array in arrays]))

    @staticmethod
    def backward(ctx, grad_y):
        operands = ctx.saved_tensors
        inputs, output = _split(ctx.subscripts)
        wanted = [ctx.wanted[0], *ctx.wanted[2:]]  # argument 1 is the subscripts
        grads = []
        for i, (letters, operand) in enumerate(zip(inputs, operands)):
            if not wanted[i]:
                grads.append(None)
                continue
            other_inputs, other_operands = inputs[:i] + inputs[i + 1 :], operands[:i] + operands[i + 1 :]
            kept = "".join([letter for letter in letters if letter in output + "".join(other_inputs)])
            grad = Einsum.run(grad_y, f"{','.join([output, *other_inputs])}->{kept}", *other_operands)
            if kept != letters:
                shape = tuple([n if letter in kept else 1 for letter, n in zip(letters, operand.shape)])
                grad = Expand.run(grad.reshape(shape), operand.shape)
            grads.append(grad)
        return grads[0], None, *grads[1:]


def einsum(equation: Any, *operands: Any) -> Any:
    """The sum of products that `equation` describes, as "ij,jk->ik".

    Letters a-z and A-Z name axes; a letter that occurs twice in one operand takes its diagonal;
    `...` stands for any number of axes, which broadcast, as do axes of size 1. Without `->` the
    output has the `...` and then, in alphabetical order (capitals first), the letters that occur
    once. Also in the form einsum(a, [0, 1], b, [1, 2], [0, 2]), and with the operands in a list.
    """
    if isinstance(equation, TensorBase):
        equation, operands = _from_lists(equation, *operands)
    if not isinstance(equation, str):
        raise TypeError(f"einsum: equation must be a str, got {type(equation).__name__}")
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    for i, operand in enumerate(operands):
        require_tensor("einsum", f"operand {i}", operand)
    inputs, output = _parsed(equation, [operand.data.ndim for operand in operands])
    without_repeats = [_diagonals(operand, letters, i) for i, (operand, letters) in enumerate(zip(operands, inputs))]
    tensors, inputs = _without_broadcasting(without_repeats)
    if len(tensors) > 1:
        return Einsum.apply(tensors[0], f"{','.join(inputs)}->{output}", *tensors[1:])
    (tensor,), (letters,) = tensors, inputs
    summed = [axis for axis, letter in enumerate(letters) if letter not in output]
    if summed:
        tensor = tensor.sum(tuple(summed))
    left = [letter for letter in letters if letter in output]
    return permute(tensor, [left.index(letter) for letter in output])


# ------------------------------------------------------------------ reading the equation
def _from_lists(*args: Any) -> tuple[str, tuple]:
    """(equation, operands) from operand, list of axis numbers, ..., and perhaps the output's list."""
    output = f"->{_letters_of(args[-1])}" if len(args) % 2 else ""
    pairs = args[: len(args) // 2 * 2]
    return ",".join([_letters_of(axes) for axes in pairs[1::2]]) + output, pairs[::2]


def _letters_of(axes: Any) -> str:
    if not isinstance(axes, (tuple, list)):
        raise TypeError(f"einsum: each operand needs a list of axis numbers behind it, got {type(axes).__name__}")
    letters = string.ascii_uppercase + string.ascii_lowercase
    for axis in axes:
        if axis is not Ellipsis and not (isinstance(axis, int) and 0 <= axis < len(letters)):
            raise ValueError(f"einsum: axis numbers must be in 0..{len(letters) - 1} or `...`, got {axis!r}")
    return "".join(["..." if axis is Ellipsis else letters[axis] for axis in axes])


def _parsed(equation: str, ndims: list[int]) -> tuple[list[str], str]:
    """(letters of each operand, letters of the output), with letters in the place of `...`."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    for term in [*terms, right]:
        if not re.fullmatch(r"[a-zA-Z]*(\.\.\.)?[a-zA-Z]*", term):
            raise ValueError(f"einsum: a term must consist of letters and at most one '...', got {term!r}")
    if len(terms) != len(ndims):
        raise ValueError(f"einsum: {equation!r} names {len(terms)} operands, got {len(ndims)}")
    free = [letter for letter in string.ascii_letters if letter not in equation]
    hidden = [ndim - len(term.replace("...", "")) for term, ndim in zip(terms, ndims)]  # axes behind `...`
    for i, (term, count) in enumerate(zip(terms, hidden)):
        if count < 0 or (count and "..." not in term):
            raise ValueError(f"einsum: {term!r} does not fit operand {i}, which has {ndims[i]} axes")
    if max(hidden) > len(free):
        raise ValueError("einsum: more than 52 different axes")
    ellipsis = "".join(free[: max(hidden)])  # lined up at the right, as in broadcasting
    inputs = [term.replace("...", ellipsis[len(ellipsis) - count :]) for term, count in zip(terms, hidden)]
    if not arrow:
        counts = Counter(left)
        return inputs, ellipsis + "".join(sorted(c for c in counts if c.isalpha() and counts[c] == 1))
    for letter, count in Counter(right.replace("...", "")).items():
        if count > 1:
            raise ValueError(f"einsum: the output has {letter!r} twice")
        if letter not in left:
            raise ValueError(f"einsum: the output has {letter!r}, which no operand has")
    return inputs, right.replace("...", ellipsis)


def _diagonals(tensor: Any, letters: str, number: int) -> tuple[Any, str]:
    """(tensor, letters) where a letter that occurred twice occurs once, for the diagonal."""
    for letter, count in Counter(letters).items():
        for _ in range(count - 1):
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            if tensor.data.shape[first] != tensor.data.shape[second]:
                raise ValueError(
                    f"einsum: {letter!r} comes twice in operand {number}, for axes of different sizes "
                    f"{tensor.data.shape[first]} and {tensor.data.shape[second]}"
                )
            tensor = diagonal(tensor, 0, first, second)  # its axis is the last one
            letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + letter
    return tensor, letters


def _without_broadcasting(operands: list[tuple[Any, str]]) -> tuple[list, list[str]]:
    """(tensors, letters) where axes of size 1 that would broadcast are dropped: a sum of products
    does not need them. ValueError if sizes do not agree otherwise."""
    sizes: dict[str, int] = {}
    for number, (tensor, letters) in enumerate(operands):
        for letter, n in zip(letters, tensor.data.shape):
            known = sizes.setdefault(letter, n)
            if known == 1:
                sizes[letter] = n
            elif n not in (1, known):
                raise ValueError(
                    f"einsum: operand {number} of shape {tensor.data.shape} has size {n} where {letter!r} has size "
                    f"{known} in an operand before it"
                )
    tensors, inputs = [], []
    for tensor, letters in operands:
        kept = [i for i, (letter, n) in enumerate(zip(letters, tensor.data.shape)) if n == sizes[letter]]
        if len(kept) < len(letters):
            tensor = Reshape.apply(tensor, tuple([tensor.data.shape[i] for i in kept]))
        tensors.append(tensor)
        inputs.append("".join([letters[i] for i in kept]))
    return tensors, inputs


def _split(subscripts: str) -> tuple[list[str], str]:
    left, _, output = subscripts.partition("->")
    return left.split(","), output


# ---------------------------------------------------------------------- the work on arrays
def contract(subscripts: str, arrays: list[np.ndarray]) -> np.ndarray:
    """einsum of two or more arrays of one dtype, in which no letter occurs twice in an operand."""
    inputs, output = _split(subscripts)
    terms = list(zip(inputs, arrays))
    for first, second in _order(subscripts, tuple([array.shape for array in arrays])):
        b_letters, b = terms.pop(second)
        a_letters, a = terms.pop(first)
        still_needed = set(output).union(*[letters for letters, _ in terms])
        terms.append(_product(a_letters, a, b_letters, b, still_needed))
    ((letters, array),) = terms
    return array.transpose([letters.index(letter) for letter in output])


@functools.lru_cache(maxsize=256)
def _order(subscripts: str, shapes: tuple[tuple[int, ...], ...]) -> list[tuple[int, int]]:
    """Which two terms to contract, i < j, one pair after the other; each product goes to the end."""
    if len(shapes) == 2:
        return [(0, 1)]
    empty = [np.broadcast_to(0.0, shape) for shape in shapes]  # the planner only looks at shapes
    path = np.einsum_path(subscripts, *empty, optimize="greedy")[0][1:]
    pairs, count = [], len(shapes)
    for step in path:
        positions = sorted(step)
        while len(positions) > 1:  # NumPy may do more than two at once; we go from left to right
            first, second, *rest = positions
            pairs.append((first, second))
            count -= 1
            positions = [position - 2 for position in rest] + [count - 1]
    return pairs


def _product(a_letters: str, a: np.ndarray, b_letters: str, b: np.ndarray, needed: set[str]) -> tuple[str, np.ndarray]:
    """(letters, array) of the product of two terms, summed over the letters that are not needed."""
    a_letters, a = _summed(a_letters, a, needed.union(b_letters))
    b_letters, b = _summed(b_letters, b, needed.union(a_letters))
    size = dict(zip(a_letters + b_letters, a.shape + b.shape))
    batch = [letter for letter in a_letters if letter in b_letters and letter in needed]
    inner = [letter for letter in a_letters if letter in b_letters and letter not in needed]
    rows = [letter for letter in a_letters if letter not in b_letters]
    columns = [letter for letter in b_letters if letter not in a_letters]
    letters = "".join(batch + rows + columns)
    if not inner:  # nothing to sum over: a product of numbers, not of matrices
        left = _arranged(a, a_letters, batch + rows, [1] * len(columns))
        return letters, left * _arranged(b, b_letters, batch, [1] * len(rows), columns)
    if batch and not rows and not columns:  # sums of products, which as matrices would be one number wide
        products = _arranged(a, a_letters, batch + inner) * _arranged(b, b_letters, batch + inner)
        return letters, np.asarray(sum_over(products, tuple(range(len(batch), products.ndim))))
    b_sizes, m, k, n = [[size[letter] for letter in group] for group in (batch, rows, inner, columns)]
    left = _for_blas(_arranged(a, a_letters, batch + rows + inner).reshape((*b_sizes, _prod(m), _prod(k))))
    right = _for_blas(_arranged(b, b_letters, batch + inner + columns).reshape((*b_sizes, _prod(k), _prod(n))))
    return letters, np.asarray(np.matmul(left, right)).reshape((*b_sizes, *m, *n))


def _summed(letters: str, array: np.ndarray, needed: set[str]) -> tuple[str, np.ndarray]:
    axes = tuple([axis for axis, letter in enumerate(letters) if letter not in needed])
    if not axes:
        return letters, array
    return "".join([letter for letter in letters if letter in needed]), np.asarray(sum_over(array, axes))


def _arranged(array: np.ndarray, letters: str, *groups: list) -> np.ndarray:
    """`array` with its axes in the order of `groups`, in which a 1 is a new axis."""
    order = [part for group in groups for part in group]
    moved = array.transpose([letters.index(part) for part in order if part != 1])
    return moved[tuple([None if part == 1 else slice(None) for part in order])]


def _for_blas(matrices: np.ndarray) -> np.ndarray:
    """NumPy multiplies by BLAS only where rows or columns lie together in memory, else by a slow loop."""
    if matrices.itemsize in matrices.strides[-2:]:
        return matrices
    return np.ascontiguousarray(matrices)


def _prod(sizes: list[int]) -> int:
    product = 1
    for n in sizes:
        product *= n
    return product


# ------------------------------------------------------------------------------ tensordot
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """The sum of a * b over pairs of axes; the result has a's other axes, then b's.

    dims: ([axes of a], [axes of b]), paired in that order, or a number n: the last n axes of a
        with the first n of b."""
    require_tensor("tensordot", "a", a)
    require_tensor("tensordot", "b", b)
    a_ndim, b_ndim = a.data.ndim, b.data.ndim
    if isinstance(dims, int):
        if not 0 <= dims <= min(a_ndim, b_ndim):
            raise ValueError(f"tensordot: dims must be in 0..{min(a_ndim, b_ndim)}, got {dims}")
        a_axes, b_axes = list(range(a_ndim - dims, a_ndim)), list(range(dims))
    else:
        a_dims, b_dims = [[int(dim)] if not np.ndim(dim) else [int(d) for d in dim] for dim in dims]
        a_axes = [axis_of("tensordot", dim, a_ndim, "dims[0]") for dim in a_dims]
        b_axes = [axis_of("tensordot", dim, b_ndim, "dims[1]") for dim in b_dims]
    if len(a_axes) != len(b_axes) or len(set(a_axes)) < len(a_axes) or len(set(b_axes)) < len(b_axes):
        raise ValueError(f"tensordot: dims must name as many axes of a as of b, each once, got {a_axes} and {b_axes}")
    for i, j in zip(a_axes, b_axes):
        if a.data.shape[i] != b.data.shape[j] and 1 not in (a.data.shape[i], b.data.shape[j]):
            raise ValueError(
                f"tensordot: axis {i} of a has size {a.data.shape[i]} and axis {j} of b has size {b.data.shape[j]}"
            )
    if a_ndim + b_ndim - len(a_axes) > 52:
        raise ValueError("tensordot: more than 52 different axes")
    a_letters = string.ascii_letters[:a_ndim]
    b_letters = list(string.ascii_letters[a_ndim : a_ndim + b_ndim])
    for i, j in zip(a_axes, b_axes):
        b_letters[j] = a_letters[i]
    kept = [a_letters[i] for i in range(a_ndim) if i not in a_axes]
    kept += [b_letters[j] for j in range(b_ndim) if j not in b_axes]
    return einsum(f"{a_letters},{''.join(b_letters)}->{''.join(kept)}", a, b)

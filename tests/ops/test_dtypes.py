"""The dtype of every result is PyTorch's, over all dtypes and pairs of dtypes that PyTorch accepts.

PyTorch runs with float64 as its default dtype, which is mytorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]

UNARY = [
    "abs", "neg", "sign", "square", "reciprocal", "sqrt", "rsqrt", "exp", "expm1", "log", "log2", "log10", "log1p",
    "logit", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc",
    "floor", "ceil", "round", "trunc", "frac", "nan_to_num", "isnan", "isinf", "isfinite", "logical_not",
    "sum", "mean", "prod", "var", "std", "max", "min", "amax", "amin", "argmax", "argmin", "norm", "any", "all",
    "median", "count_nonzero", "sort", "argsort", "zeros_like", "ones_like", "empty_like",
]  # fmt: skip

ALONG_0: dict[str, Callable[..., Any]] = {
    name: lambda lib, x, name=name: getattr(lib, name)(x, 0)
    for name in ("cumsum", "cumprod", "logsumexp", "prod", "any", "all", "count_nonzero")
} | {
    "topk": lambda lib, x: lib.topk(x, 1)[0],
    "topk_indices": lambda lib, x: lib.topk(x, 1)[1],
    "max_indices": lambda lib, x: lib.max(x, 0)[1],
    "sort_indices": lambda lib, x: lib.sort(x)[1],
    "cumsum_as": lambda lib, x: lib.cumsum(x, 0, dtype=lib.float32),
    "sum_as": lambda lib, x: lib.sum(x, 0, dtype=lib.int16),
    "mean_as": lambda lib, x: lib.mean(x, 0, dtype=lib.float32),
    "prod_as": lambda lib, x: lib.prod(x, 0, dtype=lib.int32),
    "full_like": lambda lib, x: lib.full_like(x, 1),
}

BINARY: dict[str, Callable[..., Any]] = {
    name: lambda lib, x, y, name=name: getattr(lib, name)(x, y)
    for name in ("add", "sub", "mul", "div", "pow", "remainder", "floor_divide", "maximum", "minimum", "atan2",
                 "logaddexp", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "isclose")
} | {
    "where": lambda lib, x, y: lib.where(x == x, x, y),
    "clamp_min": lambda lib, x, y: lib.clamp(x, min=y),
    "clamp_max": lambda lib, x, y: lib.clamp(x, max=y),
}  # fmt: skip


@pytest.fixture(autouse=True)
def torch() -> Iterator[Any]:
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(before)


def compare(torch: Any, function: Callable[..., Any], inputs: list, what: Any) -> bool:
    """Whether PyTorch takes the inputs; if it does, dtype, shape and values must be the same."""
    try:
        expected = function(torch, *[torch.tensor(x) if isinstance(x, np.ndarray) else x for x in inputs])
    except (RuntimeError, TypeError, NotImplementedError):
        return False
    found = function(mytorch, *[Tensor(x) if isinstance(x, np.ndarray) else x for x in inputs])
    if isinstance(expected, tuple):
        expected, found = expected[0], found[0]
    assert str(found.dtype) == str(expected.dtype).replace("torch.", ""), what
    assert found.shape == tuple(expected.shape), what
    if function is not UNARY_FUNCTIONS["empty_like"]:
        np.testing.assert_allclose(
            found.data.astype(float), expected.numpy().astype(float), rtol=1e-2 if "16" in str(what) else 1e-5
        )
    return True


UNARY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: lambda lib, x, name=name: getattr(lib, name)(x) for name in UNARY
} | ALONG_0


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("name", UNARY_FUNCTIONS)
def test_of_one_tensor(torch, name) -> None:
    accepted = [
        dtype
        for dtype in DTYPES
        if compare(torch, UNARY_FUNCTIONS[name], [np.array([1, 1, 1]).astype(dtype)], (name, dtype))
    ]
    assert {"float16", "float32", "float64"} <= set(accepted)


@pytest.mark.parametrize("name", BINARY)
def test_of_pairs(torch, name) -> None:
    accepted = 0
    for first, second, shape in product(DTYPES, DTYPES, [(3,), ()]):
        inputs = [np.array([2, 1, 3]).astype(first), np.ones(shape).astype(second)]
        accepted += compare(torch, BINARY[name], inputs, (name, first, second, shape))
        accepted += compare(torch, BINARY[name], [*inputs[::-1]] if shape else inputs, (name, second, first, shape))
    assert accepted >= (18 if name == "isclose" else 36)


TENSORS_ONLY = {"maximum", "minimum", "atan2", "logaddexp", "logical_and", "logical_or", "logical_xor", "isclose"}


@pytest.mark.parametrize("name", sorted(BINARY.keys() - TENSORS_ONLY))  # PyTorch takes no numbers in the others
def test_with_numbers(torch, name) -> None:
    accepted = 0
    for dtype, number in product(DTYPES, [True, 2, 2.5]):
        array = np.array([2, 1, 1]).astype(dtype)
        if (name, dtype, number) == ("pow", "bool", True):
            continue  # bool ** True is bool in PyTorch, but bool ** bool an error; here both are int8, as in NumPy
        accepted += compare(torch, BINARY[name], [array, number], (name, dtype, number))
    assert accepted >= 16


def test_where_with_two_numbers(torch) -> None:
    for a, b in product([True, 2, 2.5], repeat=2):
        assert compare(torch, lambda lib, x, a=a, b=b: lib.where(x > 1, a, b), [np.array([1, 2])], (a, b))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_follows_the_default_dtype(torch) -> None:
    torch.set_default_dtype(torch.float32)
    mytorch.set_default_dtype("float32")
    try:
        for name in ("exp", "sin", "erf", "reciprocal", "sqrt", "logit"):
            assert compare(torch, UNARY_FUNCTIONS[name], [np.array([1, 1])], name), name
        assert compare(torch, BINARY["div"], [np.array([1, 2]), np.array([2, 1])], "div")
        assert compare(torch, BINARY["mul"], [np.array([1, 2]), 2.5], "mul")
        for make in (
            lambda lib: lib.zeros(2),
            lambda lib: lib.full((2,), 1.5),
            lambda lib: lib.arange(0.0, 2.0, 0.5),
            lambda lib: lib.linspace(0, 1, 3),
            lambda lib: lib.eye(2),
        ):
            assert compare(torch, make, [], make)
    finally:
        mytorch.set_default_dtype("float64")

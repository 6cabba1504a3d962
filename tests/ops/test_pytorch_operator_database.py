"""PyTorch's own database of operators, `op_db`: the samples of every entry that MyTorch has, value and gradient.

A sample is an input, and arguments, with which PyTorch tests an operator. Here both libraries get it. The
database lies in `torch.testing._internal`, which needs the package expecttest: without it all is skipped.

Entries have up to 1440 samples: FEW of each, spread evenly, are tried by default, and all of them, also in
float32, with `-m slow`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mytorch
import mytorch.linalg
import mytorch.nn.functional
from mytorch.compat.left_out import LeftOut
from mytorch.methods.left_out import LeftOutMethods
from mytorch.tensor import Tensor

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db

FEW = 8

# What is not compared, and why.
LEFT_OUT = {
    **dict.fromkeys(
        (
            "bernoulli", "multinomial", "normal", "rand_like", "randint", "randint_like", "randn", "randn_like",
            "nn.functional.dropout", "nn.functional.dropout2d", "nn.functional.alpha_dropout",
            "nn.functional.feature_alpha_dropout", "nn.functional.dropout3d", "nn.functional.rrelu",
        ),
        "random numbers",
    ),
    **dict.fromkeys(("empty", "empty_like", "new_empty"), "whatever was in memory"),
    "nn.functional.ctc_loss": "PyTorch's gradient is that of the softmax's input: test_ctc_loss.py",
    "nextafter": "PyTorch's result claims a gradient and its backward raises",
    "to": "devices and memory formats",
    **dict.fromkeys(
        ("cholesky_inverse", "cholesky_solve"),
        "PyTorch's gradient has the triangle too that is not read: tests/support/cases",
    ),
    "bfloat16": "no numbers of NumPy",
}  # fmt: skip


def is_left_out(name: str, sample: Any) -> bool:
    """Samples of operations that are there otherwise."""
    if name == "nn.functional.scaled_dot_product_attention":
        return bool(sample.kwargs.get("dropout_p"))
    if name == "nn.functional.grid_sample":
        return sample.input.ndim == 5  # volumes
    full = sample.kwargs.get("full_matrices", True) if name == "linalg.svd" else not sample.kwargs.get("some", True)
    return name in ("linalg.svd", "svd") and full  # no gradient: test_new_linear_algebra.py


F = mytorch.nn.functional

# Where PyTorch's database calls an operation in a way of its own.
ADAPTERS: dict[str, Callable[..., Any]] = {
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "H": lambda x: x.H,
    "mH": lambda x: x.mH,
    "polygamma": lambda x, n: mytorch.polygamma(n, x),
    "nn.functional.triplet_margin_with_distance_loss": lambda *tensors, distance_function=None, **options: (
        F.triplet_margin_with_distance_loss(
            *tensors, distance_function=distance_function and F.pairwise_distance, **options
        )
    ),
    "einsum": lambda tensors, equation: mytorch.einsum(equation, *tensors),
    "where": lambda x, condition, other: x.where(condition, other),
    "zero_": lambda x: x.clone().zero_(),
    "nn.functional.embedding": lambda weight, index, **options: F.embedding(index, weight, **options),
    "nn.functional.embedding_bag": lambda weight, index, **options: F.embedding_bag(index, weight, **options),
    "linalg.pinv": lambda a, *rest, **options: (
        mytorch.linalg.pinv(a @ rest[0].mT, **options) if rest else mytorch.linalg.pinv(a, **options)
    ),
}

# What of the results is determined: the signs of singular and eigenvectors are not.
DETERMINED: dict[str, Callable[[Any], Any]] = {
    "linalg.eigh": lambda r: (r[0], abs(r[1])),
    "linalg.svd": lambda r: (abs(r[0]), r[1], abs(r[2])),
    "svd": lambda r: (abs(r[0]), r[1], abs(r[2])),
    "linalg.lstsq": lambda r: r[0],  # of the others `grad_oriented` takes fewer
    "linalg.slogdet": lambda r: r[1],  # the sign has no gradient
}

DTYPES_TRIED = {torch.float64, torch.int64}
PLACES = (("nn.functional.", F), ("linalg.", mytorch.linalg), ("", mytorch))


def ours(name: str) -> Callable[..., Any] | None:
    """MyTorch's function of PyTorch's name: a function, or a method of Tensor."""
    if name in ADAPTERS:
        return ADAPTERS[name]
    for prefix, module in PLACES:
        if name.startswith(prefix):
            try:
                found = getattr(module, name[len(prefix) :], None)
            except LeftOut:
                found = None
            if prefix or (found is not None and not isinstance(found, np.dtype)):
                return found
            return None if name in vars(LeftOutMethods) else getattr(Tensor, name, None)
    return None


ENTRIES = [
    op
    for op in op_db
    if op.name not in LEFT_OUT and ours(op.name) is not None and op.supported_dtypes("cpu") & DTYPES_TRIED
]
DTYPES = {getattr(torch, name): np.dtype(name) for name in (
    "float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"
)}  # fmt: skip
each_entry = pytest.mark.parametrize("op", ENTRIES, ids=lambda op: f"{op.name}-{op.variant_test_name}".rstrip("-"))


def test_the_everyday_entries_are_there() -> None:
    """How many there are, so that none is lost because a name is not found any more."""
    assert len({op.name for op in ENTRIES}) >= 365


class NotOursError(Exception):
    """A sample of complex numbers or of another layout."""


def converted(value: Any, leaves: list) -> Any:
    """An argument for MyTorch; `leaves` gets (ours, PyTorch's) of all that require grad."""
    if isinstance(value, torch.Tensor):
        if value.dtype not in DTYPES or value.layout != torch.strided:
            raise NotOursError
        array = np.array(value.detach().numpy())
        tensor = Tensor(array, requires_grad=value.requires_grad, dtype=array.dtype)
        if value.requires_grad:
            leaves.append((tensor, value))
        return tensor
    if isinstance(value, torch.dtype):
        if value not in DTYPES:
            raise NotOursError
        return DTYPES[value]
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, (list, tuple)):
        return type(value)(converted(item, leaves) for item in value)
    if isinstance(value, dict):
        names = [name for name in value if name not in ("device", "layout", "memory_format", "pin_memory")]
        return {name: converted(value[name], leaves) for name in names}
    return value


def flat(value: Any) -> list:
    return [part for item in value for part in flat(item)] if isinstance(value, (list, tuple)) else [value]


def compare(op: Any, sample: Any, dtype: Any) -> bool:
    """One sample: the same values, shapes, dtypes and gradients. False if it is not for MyTorch."""
    leaves: list[tuple[Tensor, Any]] = []
    try:
        args, kwargs = converted([sample.input, *sample.args], leaves), converted(sample.kwargs, leaves)
    except NotOursError:
        return False
    determined = DETERMINED.get(op.name, lambda result: result)
    function = ours(op.name)
    assert function is not None
    theirs = flat(determined(op.op(sample.input, *sample.args, **sample.kwargs)))
    with np.errstate(all="ignore"):
        found = flat(determined(function(*args, **kwargs)))
    assert len(found) == len(theirs)
    tolerance = 1e-7 if dtype == torch.float64 else 2e-4
    for a, b in zip(found, theirs):
        if not isinstance(b, torch.Tensor):
            assert a == b
        elif b.dtype in DTYPES:
            array = np.asarray(b.detach())
            assert (a.shape, a.dtype) == (array.shape, array.dtype)
            close(a.data, array, tolerance)
    if leaves and op.supports_autograd:
        compare_gradients([(a, b) for a, b in zip(found, theirs) if is_differentiable(b)], leaves, tolerance * 10)
    return True


def is_differentiable(result: Any) -> bool:
    return isinstance(result, torch.Tensor) and result.requires_grad and result.dtype in DTYPES


def compare_gradients(results: list, leaves: list, tolerance: float) -> None:
    if not results:
        return
    cotangents = [np.random.default_rng(i).standard_normal(a.shape).astype(a.dtype) for i, (a, _) in enumerate(results)]
    inputs = [theirs for _, theirs in leaves]
    outputs = [theirs for _, theirs in results]
    expected = torch.autograd.grad(outputs, inputs, [torch.tensor(c) for c in cotangents], allow_unused=True)
    for a, _ in results:
        assert a.requires_grad
    with np.errstate(all="ignore"):
        found = mytorch.autograd.grad(
            [a for a, _ in results], [own for own, _ in leaves], [Tensor(c) for c in cotangents], allow_unused=True
        )
    for (own, _), a, b in zip(leaves, found, expected):  # an input that nothing depends on has gradient 0
        close(
            np.zeros(own.shape) if a is None else a.data, np.zeros(own.shape) if b is None else b.numpy(force=True),
            tolerance,
        )  # fmt: skip


def close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    if expected.dtype == np.float32:
        tolerance = max(tolerance, 2e-3)  # some arguments are, among others of float64
    scale = float(np.abs(np.nan_to_num(expected, posinf=0, neginf=0), dtype=np.float64).max(initial=0.01))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * min(scale, 1e3))


def samples_of(op: Any, dtype: Any) -> list:
    """Those that both libraries could take, and that PyTorch does not take for an error."""
    wanted = op.supports_autograd and dtype.is_floating_point
    return [s for s in op.sample_inputs("cpu", dtype, requires_grad=wanted) if not is_left_out(op.name, s)]


@pytest.fixture(autouse=True)
def _alike():
    """float64 by default, as in MyTorch; samples drawn by PyTorch are always the same."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecations in torch
        yield
    torch.set_default_dtype(before)


def dtype_of(op: Any) -> Any:
    """float64, or for operations on integers int64."""
    supported = op.supported_dtypes("cpu")
    return torch.float64 if torch.float64 in supported else torch.int64


@each_entry
def test_some_samples(op) -> None:
    samples = samples_of(op, dtype_of(op))
    chosen = samples[:: max(1, len(samples) // FEW)]
    assert sum(compare(op, sample, dtype_of(op)) for sample in chosen) > 0 or not samples


@pytest.mark.slow
@each_entry
def test_all_samples(op) -> None:
    for sample in samples_of(op, dtype_of(op)):
        compare(op, sample, dtype_of(op))


@pytest.mark.slow
@pytest.mark.parametrize(
    "op",
    # PyTorch's own backward of det fails where the default dtype is float64.
    [op for op in ENTRIES if torch.float32 in op.supported_dtypes("cpu") and op.name != "linalg.det"],
    ids=lambda op: op.name,
)
def test_some_samples_in_float32(op) -> None:
    samples = samples_of(op, torch.float32)
    for sample in samples[:: max(1, len(samples) // FEW)]:
        compare(op, sample, torch.float32)

"""Every integer dtype with every operator and with numbers that it cannot hold, as in PyTorch, except that
comparisons say what is true (no uint8 is -1; PyTorch compares with 255). Found in MyTorch: int64[0] = nan
wrote INT_MIN, tensor([300], dtype=uint8) was 44, uint8 / 256 raised OverflowError."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

nan, inf = float("nan"), float("inf")
DTYPES = ["uint8", "int8", "int16", "int32", "int64"]
NUMBERS = [0, 1, 2, -1, 127, 128, 255, 256, 300, -129, -200, 2**31, 2**40, 2**63, 1.5, nan, True]
VALUES = [3, 7, 0, 100]


def bits(dtype: str) -> int:
    return 8 * np.dtype(dtype).itemsize


def wrap(value: int, dtype: str) -> int:
    low = int(np.iinfo(dtype).min)
    return (value - low) % (1 << bits(dtype)) + low


def fits(value: Any, dtype: str) -> bool:
    """PyTorch's rule: unsigned dtypes take -255 too."""
    if value != value or value in (inf, -inf):
        return False
    limits = np.iinfo(dtype)
    return (-limits.max if dtype == "uint8" else limits.min) <= value <= limits.max


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


@pytest.mark.parametrize("sign", ARITHMETIC)
@pytest.mark.parametrize("dtype", DTYPES)
def test_arithmetic_with_python_integers_wraps(dtype, sign) -> None:
    function = ARITHMETIC[sign]
    x = Tensor(np.array(VALUES, dtype))
    for number in NUMBERS:
        if not isinstance(number, int) or isinstance(number, bool):
            continue
        for found, want in (
            (function(x, number), [wrap(function(v, number), dtype) for v in VALUES]),
            (function(number, x), [wrap(function(number, v), dtype) for v in VALUES]),
        ):
            assert (found.dtype, found.data.tolist()) == (np.dtype(dtype), want), number


@pytest.mark.parametrize("sign", COMPARISONS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_comparisons_with_any_number_say_what_is_true(dtype, sign) -> None:
    function = COMPARISONS[sign]
    x = Tensor(np.array(VALUES, dtype))
    for number in NUMBERS:
        assert function(x, number).data.tolist() == [function(v, number) for v in VALUES], number
        assert function(number, x).data.tolist() == [function(number, v) for v in VALUES], number


@pytest.mark.parametrize("dtype", DTYPES)
def test_true_division_gives_floats_so_that_nothing_need_fit(dtype) -> None:
    x = Tensor(np.array(VALUES, dtype))
    for number in (256, -1, 300, 2**40, 2**63):
        for found in (x / number, mytorch.div(x, number)):
            assert found.dtype == np.float64
            np.testing.assert_allclose(found.data, np.array(VALUES) / number)
        np.testing.assert_allclose((number / Tensor(np.array([3, 7], dtype))).data, number / np.array([3.0, 7.0]))


WRITERS: dict[str, Callable[[Any, Any], Any]] = {
    "fill_": lambda x, number: x.fill_(number),
    "x[0] = number": lambda x, number: (x.__setitem__(0, number), x)[1],
    "x[:] = number": lambda x, number: (x.__setitem__(slice(None), number), x)[1],
    "masked_fill": lambda x, number: x.masked_fill(x >= 0, number),
    "masked_fill of a tensor": lambda x, number: x.masked_fill(x >= 0, Tensor(float(number))),
    "full": lambda x, number: mytorch.full((2,), number, dtype=x.dtype),
    "full_like": lambda x, number: mytorch.full_like(x, number),
    "tensor": lambda x, number: mytorch.tensor([number], dtype=x.dtype),
    "scatter": lambda x, number: mytorch.scatter(x, 0, Tensor(np.array([0])), number),
    "where": lambda x, number: mytorch.where(x < 0, x, number),
    "clamp": lambda x, number: mytorch.clamp(x, max=number),
    "pad": lambda x, number: mytorch.nn.functional.pad(x, (1, 0), value=number),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_that_are_stored_must_fit(dtype, name) -> None:
    write = WRITERS[name]
    for number in (0, 1, -1, 100, 127, 128, 255, 256, 300, -129, -200, 2**31, 2**40, nan, inf, -inf):
        if isinstance(number, float) and name in ("where", "clamp"):
            continue  # there the result becomes a float
        x = Tensor(np.array([3, 7], dtype))
        if not fits(number, dtype):
            with pytest.raises(RuntimeError, match="does not fit"):
                write(x, number)
            assert x.data.tolist() == [3, 7]  # nothing was written before the error
        elif name != "clamp":
            assert wrap(int(number), dtype) in write(x, number).data.tolist(), number


def test_digits_after_the_point_are_dropped_as_by_pytorch() -> None:
    assert mytorch.full((1,), 1.7, dtype="int64").data.tolist() == [1]
    assert mytorch.tensor([-1.7], dtype="int8").data.tolist() == [-1]
    assert mytorch.zeros(1, dtype="uint8").fill_(-1).data.tolist() == [255]
    assert mytorch.full((1,), nan, dtype="bool").data.tolist() == [True]


@pytest.mark.parametrize(("dtype", "number"), [("float16", 1e6), ("float32", 1e300), ("float16", -70000)])
def test_finite_numbers_must_fit_into_small_floats(dtype, number) -> None:
    x = mytorch.zeros(2, dtype=dtype)
    with pytest.raises(RuntimeError, match="does not fit"):
        x.fill_(number)
    assert x.fill_(inf).data.tolist() == [inf, inf]


def test_powers_of_integers() -> None:
    x = mytorch.tensor([2, 1, -1, 0, 3])
    assert (x ** mytorch.tensor([-1, -1, -1, 0, -2])).data.tolist() == [0, 1, -1, 1, 0]
    assert (mytorch.tensor([-1]) ** mytorch.tensor([-2])).data.tolist() == [1]
    with pytest.raises(RuntimeError, match="no integer power"):
        x**-1
    with pytest.raises(RuntimeError, match="does not fit"):
        Tensor(np.array([2], np.int8)) ** 300
    np.testing.assert_allclose((x[:3] ** -1.0).data, [0.5, 1, -1])


def test_alpha_of_integers() -> None:
    x = Tensor(np.array([2, 3], np.uint8))
    assert mytorch.add(x, x, alpha=-1).data.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="alpha must be an integer"):
        mytorch.add(x, x, alpha=1.5)
    with pytest.raises(RuntimeError, match="does not fit"):
        mytorch.sub(x, x, alpha=300)


def _outcome(function: Callable[[], Any]) -> Any:
    try:
        result = function()
    except Exception:
        return "raises"
    is_torch = not isinstance(result, Tensor)
    values = result.tolist() if is_torch else result.data.tolist()
    return values, str(result.dtype).replace("torch.", "").replace("float64", "float32")


MIXED: dict[str, Callable[[Any, Any], Any]] = {
    **ARITHMETIC, **COMPARISONS, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip


@pytest.mark.parametrize("sign", MIXED)
def test_pairs_of_dtypes_as_in_pytorch(sign) -> None:
    torch = pytest.importorskip("torch")
    function = MIXED[sign]
    for first in DTYPES:
        for second in [*DTYPES, "float32"]:
            a, b = np.array([3, 7], first), np.array([2, 1], second)
            ours = _outcome(lambda: function(Tensor(a), Tensor(b)))  # noqa: B023
            theirs = _outcome(lambda: function(torch.tensor(a), torch.tensor(b)))  # noqa: B023
            assert (ours == "raises") == (theirs == "raises"), (first, second)
            if ours != "raises":
                assert ours[1] == theirs[1], (first, second)
                np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6)


UNARY = [
    "sum",
    "prod",
    "cumsum",
    "cumprod",
    "max",
    "min",
    "argmax",
    "argmin",
    "amax",
    "amin",
    "any",
    "all",
    "abs",
    "neg",
    "sign",
    "square",
    "relu",
    "sort",
    "argsort",
]


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", DTYPES)
def test_reductions_and_steps_as_in_pytorch(dtype, name) -> None:
    torch = pytest.importorskip("torch")
    args = (0,) if name in ("cumsum", "cumprod", "sort", "argsort") else ()
    pick = operator.itemgetter(0) if name == "sort" else lambda result: result
    x = np.array([3, 100, 0, 100 if dtype == "int8" else 200], dtype)
    if name == "argmax":
        x[1] = 1  # of several largest PyTorch picks any
    ours = _outcome(lambda: pick(getattr(mytorch, name)(Tensor(x), *args)))
    theirs = _outcome(lambda: pick(getattr(torch, name)(torch.tensor(x), *args)))
    assert ours == theirs


# ------------------------------------------------------------------- 32-bit platforms
class _NumPyOf32Bits(types.SimpleNamespace):
    """NumPy as where C's long and pointers have 32 bits: Python ints and positions become int32, and what counts or
    repeats takes no wider ones."""

    intp = np.int32

    def bincount(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        return np.bincount(_safely_short(x), *args, **kwargs)

    def repeat(self, x: Any, repeats: Any, axis: Any = None) -> Any:
        return np.repeat(x, _safely_short(repeats), axis)

    def __getattr__(self, name: str) -> Any:
        real = getattr(np, name)
        if name not in ("arange", "argmax", "argmin", "argsort", "argwhere", "array", "asarray", "nonzero"):
            return real

        def short(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            is_given = kwargs.get("dtype") is not None or (name in ("array", "asarray") and _has_dtype(args))
            return result if is_given else _as_int32(result)

        return short


def _safely_short(x: Any) -> Any:
    return np.asarray(x).astype(np.int32, casting="safe") if _has_dtype((x,)) else x


def _has_dtype(args: tuple) -> bool:
    return isinstance(args[0], (np.ndarray, np.generic))


def _as_int32(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple([_as_int32(part) for part in result])
    return result.astype(np.int32) if result.dtype == np.int64 else result


@pytest.fixture
def of_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    numpy_32 = _NumPyOf32Bits()
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "mytorch" and getattr(module, "np", None) is np:
            monkeypatch.setattr(module, "np", numpy_32)
    monkeypatch.setattr(sys.modules["mytorch.tensor"], "_PLATFORM_INT", np.dtype(np.int32))


POSITIONS: dict[str, Callable[[Any], Any]] = {
    "tensor": lambda x: mytorch.tensor([1, 2]),
    "Tensor": lambda x: Tensor([[1], [2]]),
    "number": lambda x: mytorch.tensor(3),
    "as_tensor": lambda x: mytorch.as_tensor([1, 2]),
    "full": lambda x: mytorch.full((2,), 7),
    "arange": lambda x: mytorch.arange(5),
    "Tensor.arange": lambda x: Tensor.arange(5),
    "argmax": lambda x: x.argmax(),
    "argmax along": lambda x: x.argmax(1),
    "argmin keep": lambda x: x.argmin(0, keepdim=True),
    "argsort": lambda x: x.argsort(),
    "argsort descending": lambda x: x.argsort(descending=True),
    "sort": lambda x: x.sort().indices,
    "topk": lambda x: x.topk(2).indices,
    "max": lambda x: x.max(1).indices,
    "min": lambda x: x.min(1).indices,
    "median": lambda x: x.median(1).indices,
    "nonzero": lambda x: x.nonzero(),
    "nonzero tuple": lambda x: x.nonzero(as_tuple=True)[0],
    "where": lambda x: mytorch.where(x > 0)[0],
    "sum": lambda x: (x > 0).sum(),
    "sum of int32": lambda x: x.int().sum(),
    "prod": lambda x: x.int().prod(),
    "cumsum": lambda x: x.int().cumsum(0),
    "count_nonzero": lambda x: x.count_nonzero(),
    "bool + int": lambda x: (x > 0) + 1,
    "dtype=int": lambda x: mytorch.zeros(3, dtype=int),
    "kthvalue": lambda x: x.kthvalue(1).indices,
    "bincount": lambda x: mytorch.tensor([1, 1, 2]).bincount(),
    "repeats": lambda x: mytorch.tensor([1, 2]).repeat_interleave(mytorch.tensor([1, 2])),
    "one_hot": lambda x: mytorch.nn.functional.one_hot(mytorch.tensor([0, 1])),
    "repeat_interleave": lambda x: mytorch.repeat_interleave(mytorch.tensor([1, 2])),
    "max_pool1d": lambda x: mytorch.nn.functional.max_pool1d(x.reshape(1, 3, 4), 2, return_indices=True)[1],
    "adaptive_max_pool1d": lambda x: mytorch.nn.functional.adaptive_max_pool1d(
        x.reshape(1, 3, 4), 2, return_indices=True
    )[1],
    "randint": lambda x: mytorch.randint(0, 5, (3,)),
    "randperm": lambda x: mytorch.randperm(5),
    "multinomial": lambda x: mytorch.multinomial(mytorch.ones(4), 2),
    "multinomial with": lambda x: mytorch.multinomial(mytorch.ones(4), 2, replacement=True),
}


@pytest.mark.parametrize("name", POSITIONS)
@pytest.mark.usefixtures("of_32_bits")
def test_int64_where_c_long_has_32_bits(name) -> None:
    result = POSITIONS[name](Tensor(np.random.default_rng(0).standard_normal((3, 4))))
    assert result.dtype == np.int64


GRADIENTS: dict[str, Callable[[Any], Any]] = {
    "embedding": lambda x: mytorch.nn.functional.embedding(mytorch.tensor([0, 2, 0]), x),
    "embedding, scaled": lambda x: mytorch.nn.functional.embedding(
        mytorch.tensor([0, 2, 0]), x, scale_grad_by_freq=True
    ),
    "embedding_bag": lambda x: mytorch.nn.functional.embedding_bag(
        mytorch.tensor([0, 2, 0]), x, offsets=mytorch.tensor([0, 1])
    ),
    "index_add": lambda x: x.index_add(0, mytorch.tensor([0, 0]), x[:2]),
    "index_select": lambda x: x.index_select(0, mytorch.tensor([0, 2, 0])),
    "adaptive_max_pool2d": lambda x: mytorch.nn.functional.adaptive_max_pool2d(x.reshape(1, 3, 4), 2),
}


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.usefixtures("of_32_bits")
def test_indices_of_int64_where_pointers_have_32_bits(name) -> None:
    x = Tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
    GRADIENTS[name](x).sum().backward()
    assert x.grad.data.any()


@pytest.mark.usefixtures("of_32_bits")
def test_the_stand_in_for_32_bits_is_one() -> None:
    assert mytorch.tensor.np.asarray([1, 2]).dtype == np.int32
    assert mytorch.tensor.np.argsort(np.ones(3)).dtype == np.int32
    with pytest.raises(TypeError, match="Cannot cast"):
        mytorch.tensor.np.bincount(np.array([1, 2]))

"""The operations and layers that `python -m benchmarks operations` compares, each at three sizes.

A case makes its inputs for a size (the number of elements of its largest input, about) and calls the function of
`lib`, the module torch or mytorch, whose API is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["CASES", "SIZES", "OperationCase"]

SIZES = {"64": 64, "16k": 1 << 14, "1M": 1 << 20}
WIDTH = 64  # of rows, where a case has rows


@dataclass(frozen=True)
class OperationCase:
    """inputs(size): arrays; those of floats get a gradient.   call(lib, *tensors): the result."""

    name: str
    inputs: Callable[[int], list[np.ndarray]]
    call: Callable[..., Any]


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape) + sum(shape)).standard_normal(shape).astype(np.float32)


def _vector(size: int) -> list[np.ndarray]:
    return [_normal(size)]


def _positive(size: int) -> list[np.ndarray]:
    return [np.random.default_rng(size).uniform(0.05, 0.95, size).astype(np.float32)]


def _pair(size: int) -> list[np.ndarray]:
    return [_normal(size), np.abs(_normal(size, 1)[:, 0]) + 0.5]


def _rows(size: int) -> list[np.ndarray]:
    return [_normal(max(1, size // WIDTH), WIDTH)]


def _labels(count: int, classes: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, classes, count)


def _images(size: int, channels: int = 16) -> np.ndarray:
    """(N, channels, side, side): 64 elements are one image of 2x2 pixels."""
    side = {64: 2, 1 << 14: 16, 1 << 20: 32}[size]
    return _normal(max(1, size // (channels * side * side)), channels, side, side)


def _square(size: int, count: int) -> list[np.ndarray]:
    n = math.isqrt(size)
    return [_normal(n, n + i)[:, :n] + 0 for i in range(count)]


def _unary(names: str, inputs: Callable[[int], list[np.ndarray]]) -> Iterator[OperationCase]:
    for name in names.split():
        yield OperationCase(name, inputs, lambda lib, *xs, name=name: getattr(lib, name)(*xs))


def _functional(names: str, inputs: Callable[[int], list[np.ndarray]]) -> Iterator[OperationCase]:
    for name in names.split():
        yield OperationCase(name, inputs, lambda lib, *xs, name=name: getattr(lib.nn.functional, name)(*xs))


def _losses(names: str) -> Iterator[OperationCase]:
    def inputs(size: int) -> list[np.ndarray]:
        return [_positive(size)[0], _positive(size + 1)[0][:size]]

    yield from _functional(names, inputs)


def _layers() -> Iterator[OperationCase]:
    case = OperationCase
    yield case("linear", lambda n: [*_rows(n), _normal(WIDTH, WIDTH), _normal(WIDTH)],
               lambda lib, x, w, b: lib.nn.functional.linear(x, w, b))  # fmt: skip
    yield case("layer_norm", lambda n: [*_rows(n), _normal(WIDTH), _normal(WIDTH)],
               lambda lib, x, w, b: lib.nn.functional.layer_norm(x, (WIDTH,), w, b))  # fmt: skip
    yield case("group_norm", lambda n: [_images(n), _normal(16), _normal(16)],
               lambda lib, x, w, b: lib.nn.functional.group_norm(x, 4, w, b))  # fmt: skip
    for training in (True, False):
        yield case(f"batch_norm {'training' if training else 'evaluation'}",
                   lambda n: [_images(n), _normal(16), _normal(16), np.zeros(16, np.int64)],
                   lambda lib, x, w, b, zeros, training=training: lib.nn.functional.batch_norm(
                       x, zeros.float(), zeros.float() + 1, w, b, training))  # fmt: skip
    for dim in (0, 1):
        yield case(f"softmax dim {dim}", _rows, lambda lib, x, dim=dim: lib.softmax(x, dim))
        yield case(f"log_softmax dim {dim}", _rows, lambda lib, x, dim=dim: lib.log_softmax(x, dim))
    yield case("cross_entropy", lambda n: [*_rows(n), _labels(max(1, n // WIDTH), WIDTH)],
               lambda lib, x, labels: lib.nn.functional.cross_entropy(x, labels))  # fmt: skip
    yield case("embedding", lambda n: [_labels(max(1, n // WIDTH), 50), _normal(50, WIDTH)],
               lambda lib, i, w: lib.nn.functional.embedding(i, w))  # fmt: skip
    yield case("scaled_dot_product_attention", lambda n: [_normal(max(1, n // 1024), min(n // 16, 64), 16)] * 3,
               lambda lib, *qkv: lib.nn.functional.scaled_dot_product_attention(*qkv, is_causal=True))  # fmt: skip
    yield case("conv2d 3x3", lambda n: [_images(n), _normal(16, 16, 3, 3), _normal(16)],
               lambda lib, x, w, b: lib.nn.functional.conv2d(x, w, b, padding=1))  # fmt: skip
    yield case("conv2d 3x3 stride 2", lambda n: [_images(n), _normal(16, 16, 3, 3), _normal(16)],
               lambda lib, x, w, b: lib.nn.functional.conv2d(x, w, b, stride=2, padding=1))  # fmt: skip
    yield case("conv2d 1x1", lambda n: [_images(n), _normal(16, 16, 1, 1), _normal(16)],
               lambda lib, x, w, b: lib.nn.functional.conv2d(x, w, b))  # fmt: skip
    yield case("max_pool2d", lambda n: [_images(n)], lambda lib, x: lib.nn.functional.max_pool2d(x, 2))
    yield case("avg_pool2d", lambda n: [_images(n)], lambda lib, x: lib.nn.functional.avg_pool2d(x, 2))
    yield case(
        "adaptive_avg_pool2d", lambda n: [_images(n)], lambda lib, x: lib.nn.functional.adaptive_avg_pool2d(x, 1)
    )
    yield case("dropout", _vector, lambda lib, x: lib.nn.functional.dropout(x, 0.5))
    for name in ("LSTM", "GRU", "RNN"):
        yield case(f"{name} 16-32", lambda n: [_normal(max(1, min(n // 64, 50)), max(1, n // 3200 // 4), 16)],
                   lambda lib, x, name=name: _recurrent(lib, name)(x)[0])  # fmt: skip


_MODULES: dict[Any, Any] = {}


def _recurrent(lib: Any, name: str) -> Any:
    if (lib, name) not in _MODULES:
        _MODULES[lib, name] = getattr(lib.nn, name)(16, 32).float()
    return _MODULES[lib, name]


def _shapes() -> Iterator[OperationCase]:
    case = OperationCase
    yield case("cat", lambda n: _rows(n) * 4, lambda lib, *xs: lib.cat(xs, 0))
    yield case("cat dim 1", lambda n: _rows(n) * 4, lambda lib, *xs: lib.cat(xs, 1))
    yield case("stack", lambda n: _rows(n) * 4, lambda lib, *xs: lib.stack(xs, 1))
    yield case("x[integer]", _rows, lambda lib, x: x[0])
    yield case("x[slice]", _rows, lambda lib, x: x[:, 3:20])
    yield case("x[integers]", lambda n: [*_rows(n), _labels(max(1, n // WIDTH), max(1, n // WIDTH))],
               lambda lib, x, i: x[i])  # fmt: skip
    yield case("x[mask]", _vector, lambda lib, x: x[x > 0])
    yield case("index_select", lambda n: [*_rows(n), _labels(32, WIDTH)], lambda lib, x, i: lib.index_select(x, 1, i))
    yield case("gather", lambda n: [*_rows(n), _labels(n, WIDTH).reshape(-1, WIDTH)],
               lambda lib, x, i: lib.gather(x, 1, i))  # fmt: skip
    yield case("where", lambda n: [*_pair(n), (_normal(n) > 0)], lambda lib, x, y, m: lib.where(m, x, y))
    yield case("masked_fill", lambda n: [_normal(n), (_normal(n + 1)[:n] > 0)], lambda lib, x, m: x.masked_fill(m, 0.5))
    yield case("transpose, copied", _rows, lambda lib, x: x.transpose(0, 1).reshape(-1))
    yield case("repeat", _vector, lambda lib, x: x.repeat(2))
    yield case("flip", _rows, lambda lib, x: lib.flip(x, (1,)))
    yield case("roll", _vector, lambda lib, x: lib.roll(x, 3))
    yield case("pad", _rows, lambda lib, x: lib.nn.functional.pad(x, (1, 1)))
    yield case("tril", lambda n: _square(n, 1), lambda lib, x: lib.tril(x))


def _reductions() -> Iterator[OperationCase]:
    for name in ("sum", "mean", "amax", "var", "std", "prod", "logsumexp", "cumsum", "argmax"):
        for dim in (0, 1):
            yield OperationCase(
                f"{name} dim {dim}", _rows, lambda lib, x, name=name, dim=dim: getattr(lib, name)(x, dim)
            )
    for name in ("sum", "mean", "norm"):
        yield OperationCase(name, _vector, lambda lib, x, name=name: getattr(lib, name)(x))
    for name in ("max", "min", "median", "sort", "cummax"):
        yield OperationCase(f"{name} dim 1", _rows, lambda lib, x, name=name: getattr(lib, name)(x, 1)[0])
    yield OperationCase("topk", _rows, lambda lib, x: lib.topk(x, 5)[0])


def _matrices() -> Iterator[OperationCase]:
    yield OperationCase("matmul", lambda n: _square(n, 2), lambda lib, a, b: a @ b)
    yield OperationCase("bmm", lambda n: [_normal(max(1, n // 256), 16, 16), _normal(max(1, n // 256), 16, 16)],
                        lambda lib, a, b: lib.bmm(a, b))  # fmt: skip
    yield OperationCase("einsum bij,bjk->bik", lambda n: [_normal(max(1, n // 256), 16, 16)] * 2,
                        lambda lib, a, b: lib.einsum("bij,bjk->bik", a, b))  # fmt: skip
    yield OperationCase("outer", lambda n: [_normal(math.isqrt(n))] * 2, lambda lib, a, b: lib.outer(a, b))


_ALL = [
    *_unary("exp expm1 exp2 sin cos tan atan sinh cosh tanh sigmoid erf erfc abs neg square sign floor", _vector),
    *_unary("log log2 log10 log1p sqrt rsqrt reciprocal asin acos atanh asinh erfinv logit", _positive),
    *_unary("add sub mul div maximum minimum atan2 hypot logaddexp fmod remainder", _pair),
    OperationCase("pow 3", _vector, lambda lib, x: x**3),
    OperationCase("pow tensor", lambda n: _pair(n)[::-1], lambda lib, x, y: x**y),
    OperationCase("clamp", _vector, lambda lib, x: lib.clamp(x, -0.5, 0.5)),
    OperationCase("lerp", lambda n: [*_pair(n), *_positive(n)], lambda lib, x, y, z: lib.lerp(x, y, z)),
    *_functional("relu leaky_relu elu selu celu gelu silu mish softplus softsign logsigmoid hardtanh relu6 hardswish "
                 "hardsigmoid hardshrink softshrink tanhshrink", _vector),
    OperationCase("gelu tanh", _vector, lambda lib, x: lib.nn.functional.gelu(x, approximate="tanh")),
    OperationCase("glu", _rows, lambda lib, x: lib.nn.functional.glu(x)),
    OperationCase("prelu", lambda n: [_normal(n), np.full(1, 0.25, np.float32)],
                  lambda lib, x, w: lib.nn.functional.prelu(x, w)),
    *_losses("mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div"),
    *_reductions(), *_matrices(), *_shapes(), *_layers(),
]  # fmt: skip

CASES = {case.name: case for case in _ALL}

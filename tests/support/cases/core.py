"""The operations of the core: arithmetic, matmul, reductions, shapes, indexing, cross-entropy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from support.case import Case

_CONSTANT = np.array([[0.5, -1.5, 2.0, 1.0], [1.0, 0.25, -0.75, 3.0], [-2.0, 1.5, 0.5, -1.0]])  # (3, 4)
_LABELS = np.array([2, 0, 3, 3, 1])

PAIRS = {  # shapes of two operands that broadcast
    "same": ((3, 4), (3, 4)),
    "trailing": ((3, 4), (4,)),
    "leading": ((4,), (2, 3, 4)),
    "size_1": ((3, 1), (1, 4)),
    "both_ways": ((2, 1, 4), (3, 1)),
    "zero_d": ((), (3, 2)),
    "zero_d_both": ((), ()),
    "empty": ((0, 3), (3,)),
    "ones": ((1, 1), (1,)),
}

BINARY = {
    "add": (lambda F, a, b: a + b, lambda a, b: a + b, {}),
    "sub": (lambda F, a, b: a - b, lambda a, b: a - b, {}),
    "mul": (lambda F, a, b: a * b, lambda a, b: a * b, {}),
    "div": (lambda F, a, b: a / b, lambda a, b: a / b, {"low": 0.5}),
    "pow": (lambda F, a, b: a**b, lambda a, b: a**b, {"low": 0.5}),
}

UNARY = {
    "neg": (lambda F, a: -a, lambda a: -a, {}),
    "exp": (lambda F, a: a.exp(), np.exp, {}),
    "log": (lambda F, a: a.log(), np.log, {"low": 0.3}),
    "sqrt": (lambda F, a: a.sqrt(), np.sqrt, {"low": 0.3}),
    "relu": (lambda F, a: F.relu(a), lambda a: a * (a > 0), {}),
    "clone": (lambda F, a: a.clone(), lambda a: a, {}),
    "pow_2": (lambda F, a: a**2, lambda a: a**2, {}),
    "pow_3": (lambda F, a: a**3, lambda a: a**3, {}),
    "pow_1": (lambda F, a: a**1, lambda a: a, {}),
    "pow_0": (lambda F, a: a**0, lambda a: a**0, {}),
    "pow_half": (lambda F, a: a**0.5, lambda a: a**0.5, {"low": 0.3}),
    "pow_minus_1": (lambda F, a: a**-1, lambda a: 1 / a, {"low": 0.3}),
    "rpow": (lambda F, a: 2**a, lambda a: 2**a, {}),
    "add_number": (lambda F, a: a + 2, lambda a: a + 2, {}),
    "radd_number": (lambda F, a: 2.5 + a, lambda a: 2.5 + a, {}),
    "sub_number": (lambda F, a: a - 2, lambda a: a - 2, {}),
    "rsub_number": (lambda F, a: 3 - a, lambda a: 3 - a, {}),
    "mul_number": (lambda F, a: a * 2.5, lambda a: a * 2.5, {}),
    "rmul_number": (lambda F, a: 2 * a, lambda a: 2 * a, {}),
    "div_number": (lambda F, a: a / 4, lambda a: a / 4, {}),
    "rdiv_number": (lambda F, a: 3 / a, lambda a: 3 / a, {"low": 0.3}),
    "log_softmax_0": (lambda F, a: F.log_softmax(a, 0), None, {}),
    "log_softmax_last": (lambda F, a: F.log_softmax(a, -1), None, {}),
    "large_log_softmax": (lambda F, a: F.log_softmax(a * 400, -1), None, {}),
}

MATMUL_SHAPES = [
    ((3, 4), (4, 5)),
    ((4,), (4,)),
    ((4,), (4, 5)),
    ((3, 4), (4,)),
    ((1, 4), (4, 1)),
    ((2, 3, 4), (4, 5)),
    ((3, 4), (2, 4, 5)),
    ((2, 3, 4), (2, 4, 5)),
    ((2, 1, 3, 4), (5, 4, 2)),
    ((1, 3, 4), (5, 4, 2)),
    ((4,), (2, 4, 3)),
    ((2, 3, 4), (4,)),
    ((2, 2, 3, 4), (4,)),
    ((0, 4), (4, 5)),
    ((3, 0), (0, 5)),
]

REDUCTIONS = {  # dim, keepdim
    "all": (None, False),
    "all_keep": (None, True),
    "first": (0, False),
    "last_keep": (-1, True),
    "two": ((0, 2), False),
    "two_keep": ((-1, 0), True),
}

INDICES = {
    "int": 1,
    "negative_int": -1,
    "slice": slice(0, 2),
    "step": slice(None, None, 2),
    "ellipsis": (Ellipsis, 1),
    "none": (slice(None), None, 0),
    "mixed": (1, slice(1, None), Ellipsis),
    "list": [2, 0],
    "repeated": [0, 0, 2, 0],
    "array_2d": np.array([[0, 2], [1, 1]]),
    "two_arrays": (np.array([0, 2, 0]), np.array([1, 3, 1])),
    "array_and_slice": (slice(None), np.array([3, 3, 0])),
    "split_arrays": (np.array([0, 2]), slice(None), np.array([1, 1])),
    "mask": np.array([True, False, True]),
    "mask_2d": np.arange(12).reshape(3, 4) % 3 == 0,
    "everything": Ellipsis,
}


def _reduce(name: str, dim: Any, keepdim: bool) -> Callable[..., Any]:
    def function(F: Any, a: Any) -> Any:
        if dim is None and not keepdim:
            return getattr(F, name)(a)
        dims = tuple(range(a.ndim)) if dim is None else dim
        return getattr(F, name)(a, dim=dims, keepdim=keepdim)

    return function


def _numpy_reduce(function: Callable[..., Any], dim: Any, keepdim: bool, **options: Any) -> Callable[..., Any]:
    return lambda a: function(a, axis=dim, keepdims=keepdim, **options)


def _reduction_cases() -> list[Case]:
    references = {
        "sum": (np.sum, {}),
        "mean": (np.mean, {}),
        "var": (np.var, {"ddof": 1}),
        "amax": (np.max, {}),
    }
    cases = []
    for name, (reference, options) in references.items():
        for situation, (dim, keepdim) in REDUCTIONS.items():
            cases.append(
                Case(
                    f"{name}_{situation}",
                    _reduce(name, dim, keepdim),
                    ((3, 4, 2),),
                    _numpy_reduce(reference, dim, keepdim, **options),
                    distinct=name == "amax",
                )
            )
    return cases


def _all_cases() -> list[Case]:
    cases = []
    for name, (function, reference, options) in BINARY.items():
        cases += [Case(f"{name}_{kind}", function, shapes, reference, **options) for kind, shapes in PAIRS.items()]
    for name, (function, reference, options) in UNARY.items():
        cases.append(Case(name, function, ((3, 4),), reference, **options))
        cases.append(Case(f"{name}_of_3d", function, ((2, 1, 3),), reference, **options))
    for name in ("neg", "exp", "log", "sqrt", "relu", "pow_2", "mul_number"):
        function, reference, options = UNARY[name]
        cases.append(Case(f"{name}_zero_d", function, ((),), reference, **options))
        cases.append(Case(f"{name}_empty", function, ((0, 3),), reference, **options))
    for i, shapes in enumerate(MATMUL_SHAPES):
        cases.append(Case(f"matmul_{i}", lambda F, a, b: a @ b, shapes, lambda a, b: a @ b))
    cases += _reduction_cases()
    cases += [
        Case(f"index_{name}", lambda F, a, i=index: a[i], ((3, 4, 2),), lambda a, i=index: a[i])
        for name, index in INDICES.items()
    ]
    return cases + SINGLE_CASES


SINGLE_CASES = [
    Case("same_operand_mul", lambda F, a: a * a, ((3, 4),), lambda a: a * a),
    Case("same_operand_div", lambda F, a: a / a, ((3, 4),), lambda a: a / a, low=0.5),
    Case("same_operand_sub", lambda F, a: a - a, ((3, 4),), lambda a: a - a),
    Case("same_operand_matmul", lambda F, a: a @ a, ((3, 3),), lambda a: a @ a),
    Case("composite", lambda F, a, b: (a @ b).exp().sum(0).log() * a[0, 0], ((3, 4), (4, 2))),
    Case("max_dim", lambda F, a: F.max(a, 1)[0], ((3, 4, 2),), lambda a: a.max(1), distinct=True),
    Case(
        "max_dim_keep", lambda F, a: F.max(a, -1, True)[0], ((3, 4),), lambda a: a.max(1, keepdims=True), distinct=True
    ),
    Case("max_all", lambda F, a: a.max(), ((3, 4),), lambda a: a.max(), distinct=True),
    Case("max_zero_d", lambda F, a: F.max(a, 0)[0], ((),), lambda a: a),
    Case("var_biased", lambda F, a: F.var(a, 0, correction=0), ((5, 3),), lambda a: a.var(0)),
    Case("var_far_from_zero", lambda F, a: F.var(a + 1e3, 0, correction=0), ((5, 3),)),
    Case("sum_zero_d", lambda F, a: a.sum(), ((),), lambda a: a),
    Case("sum_empty", lambda F, a: a.sum(0), ((0, 3),), lambda a: a.sum(0)),
    Case("mean_size_1", lambda F, a: a.mean(1), ((3, 1),), lambda a: a.mean(1)),
    Case("reshape", lambda F, a: a.reshape(2, 6), ((3, 4),), lambda a: a.reshape(2, 6)),
    Case("reshape_infer", lambda F, a: a.reshape(-1, 2), ((3, 4),), lambda a: a.reshape(-1, 2)),
    Case("reshape_of_transposed", lambda F, a: a.T.reshape(12), ((3, 4),), lambda a: a.T.reshape(12)),
    Case("reshape_to_zero_d", lambda F, a: a.reshape(()), ((1, 1),), lambda a: a.reshape(())),
    Case("transpose", lambda F, a: a.transpose(0, 2), ((3, 4, 2),), lambda a: a.swapaxes(0, 2)),
    Case("transpose_negative", lambda F, a: a.transpose(-1, -2), ((3, 4, 2),), lambda a: a.swapaxes(-1, -2)),
    Case("T", lambda F, a: a.T, ((3, 4),), lambda a: a.T),
    Case("mT", lambda F, a: a.mT, ((2, 3, 4),), lambda a: a.swapaxes(1, 2)),
    Case("permute", lambda F, a: a.permute(2, 0, 1), ((3, 4, 2),), lambda a: a.transpose(2, 0, 1)),
    Case("permute_negative", lambda F, a: a.permute(-1, 0, -2), ((3, 4, 2),), lambda a: a.transpose(2, 0, 1)),
    Case("unsqueeze", lambda F, a: a.unsqueeze(1), ((3, 4),), lambda a: a[:, None]),
    Case("unsqueeze_last", lambda F, a: a.unsqueeze(-1), ((3, 4),), lambda a: a[..., None]),
    Case("squeeze", lambda F, a: a.squeeze(), ((1, 3, 1),), lambda a: a[0, :, 0]),
    Case("squeeze_dim", lambda F, a: a.squeeze(0), ((1, 3, 1),), lambda a: a[0]),
    Case("squeeze_other", lambda F, a: a.squeeze(1), ((1, 3, 1),), lambda a: a),
    Case("expand", lambda F, a: a.expand(2, 3, 4), ((3, 1),), lambda a: np.broadcast_to(a, (2, 3, 4))),
    Case("expand_keep", lambda F, a: a.expand(-1, 4), ((3, 1),), lambda a: np.broadcast_to(a, (3, 4))),
    Case("cat", lambda F, a, b: F.cat([a, b], 1), ((2, 3), (2, 1)), lambda a, b: np.concatenate([a, b], 1)),
    Case("cat_first", lambda F, a, b: F.cat([a, b, a]), ((2, 3), (1, 3)), lambda a, b: np.concatenate([a, b, a])),
    Case("cat_negative", lambda F, a, b: F.cat((a, b), -2), ((2, 3), (0, 3)), lambda a, b: np.concatenate([a, b], 0)),
    Case("stack", lambda F, a, b: F.stack([a, b], 1), ((2, 3), (2, 3)), lambda a, b: np.stack([a, b], 1)),
    Case("stack_last", lambda F, a, b: F.stack([a, b], -1), ((3,), (3,)), lambda a, b: np.stack([a, b], -1)),
    Case("stack_zero_d", lambda F, a, b: F.stack([a, b]), ((), ()), lambda a, b: np.stack([a, b])),
    Case("rows_one_by_one", lambda F, a: sum(row * (i + 1) for i, row in enumerate(a)), ((3, 4),)),
    Case("mul_array", lambda F, a: a * F.array(_CONSTANT), ((3, 4),), lambda a: a * _CONSTANT),
    Case("matmul_array", lambda F, a: a @ F.array(_CONSTANT), ((2, 3),), lambda a: a @ _CONSTANT),
    Case("cross_entropy", lambda F, a: F.cross_entropy(a, F.array(_LABELS)), ((5, 4),)),
    Case("cross_entropy_sum", lambda F, a: F.cross_entropy(a, F.array(_LABELS), reduction="sum"), ((5, 4),)),
    Case("cross_entropy_none", lambda F, a: F.cross_entropy(a, F.array(_LABELS), reduction="none"), ((5, 4),)),
    Case("cross_entropy_large", lambda F, a: F.cross_entropy(a * 1e3, F.array(_LABELS)), ((5, 4),)),
    Case("nll_loss", lambda F, a: F.nll_loss(a, F.array(_LABELS)), ((5, 4),)),
]

CASES = _all_cases()

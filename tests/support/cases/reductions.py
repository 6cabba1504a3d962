"""Reductions, running sums and products, and order. (sum, mean, var, amax: also in core.)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from support.case import Case

DIMS = {  # dim, keepdim
    "all": (None, False),
    "all_keep": ((0, 1, 2), True),
    "first": (0, False),
    "last_keep": (-1, True),
    "two": ((0, 2), False),
    "two_keep": ((-1, 0), True),
}

# name: (options of the function, in NumPy with axis= and keepdims=, options of Case)
MANY_DIMS: dict[str, tuple[dict, Callable[..., Any], dict]] = {
    "std": ({}, lambda a, **k: np.std(a, ddof=1, **k), {}),
    "amin": ({}, np.min, {"distinct": True}),
    "logsumexp": ({}, lambda a, **k: np.log(np.exp(a).sum(**k)), {}),
    "norm": ({"p": 2}, lambda a, **k: np.sqrt((a**2).sum(**k)), {}),
    "norm_1": ({"p": 1}, lambda a, **k: np.abs(a).sum(**k), {}),
    "norm_3": ({"p": 3}, lambda a, **k: (np.abs(a) ** 3).sum(**k) ** (1 / 3), {}),
    "norm_half": ({"p": 0.5}, lambda a, **k: np.sqrt(np.abs(a)).sum(**k) ** 2, {}),
    "norm_minus_2": ({"p": -2}, lambda a, **k: (np.abs(a) ** -2.0).sum(**k) ** -0.5, {}),
    "norm_inf": ({"p": float("inf")}, lambda a, **k: np.abs(a).max(**k), {"distinct": True, "low": 0.1}),
    "norm_minus_inf": ({"p": -float("inf")}, lambda a, **k: np.abs(a).min(**k), {"distinct": True, "low": 0.1}),
}

ONE_DIM: dict[str, tuple[Callable[..., Any], Callable[..., Any], dict]] = {
    "prod": (lambda F, a, d: F.prod(a, d), lambda a, d: a.prod(axis=d), {}),
    "cumsum": (lambda F, a, d: F.cumsum(a, d), lambda a, d: a.cumsum(axis=d), {}),
    "cumprod": (lambda F, a, d: F.cumprod(a, d), lambda a, d: a.cumprod(axis=d), {}),
    "min_dim": (lambda F, a, d: F.min(a, d).values, lambda a, d: a.min(axis=d), {"distinct": True}),
    "max_dim_": (lambda F, a, d: F.max(a, d).values, lambda a, d: a.max(axis=d), {"distinct": True}),
    "sort": (lambda F, a, d: F.sort(a, d).values, lambda a, d: np.sort(a, axis=d), {"distinct": True}),
    "sort_descending": (
        lambda F, a, d: F.sort(a, d, descending=True)[0],
        lambda a, d: -np.sort(-a, axis=d),
        {"distinct": True},
    ),
    "topk_1": (
        lambda F, a, d: F.topk(a, 1, d).values,
        lambda a, d: np.max(a, axis=d, keepdims=True),
        {"distinct": True},
    ),
    "median": (lambda F, a, d: F.median(a, d).values, lambda a, d: _lower_median(a, d), {"distinct": True}),
}


def _lower_median(a: np.ndarray, axis: int) -> np.ndarray:
    return np.sort(a, axis=axis).take((a.shape[axis] - 1) // 2, axis=axis)


def _reduce(name: str, dim: Any, keepdim: bool, options: dict) -> Callable[..., Any]:
    def function(F: Any, a: Any) -> Any:
        if dim is None and name != "logsumexp":
            return getattr(F, name)(a, **options)
        return getattr(F, name)(a, dim=tuple(range(a.ndim)) if dim is None else dim, keepdim=keepdim, **options)

    return function


def _with_zeros(a: Any, F: Any, *positions: tuple[int, ...]) -> Any:
    """`a` with zeros at `positions`, which gradients flow to all the same."""
    mask = np.ones(a.shape)
    for position in positions:
        mask[position] = 0
    return a * F.tensor(mask).to(a.dtype)


SINGLE_CASES = [
    Case("std_biased", lambda F, a: a.std(0, correction=0), ((5, 3),), lambda a: a.std(0)),
    Case("std_unbiased_false", lambda F, a: a.std(0, False), ((5, 3),), lambda a: a.std(0)),
    Case("var_unbiased_false", lambda F, a: a.var(unbiased=False), ((5, 3),), lambda a: a.var()),
    Case("var_correction_2", lambda F, a: F.var(a, 1, correction=2, keepdim=True), ((5, 4),)),
    Case("prod_all", lambda F, a: F.prod(a), ((3, 2),), lambda a: a.prod()),
    Case("prod_keep", lambda F, a: F.prod(a, 1, keepdim=True), ((3, 2),), lambda a: a.prod(1, keepdims=True)),
    Case("prod_zero_d", lambda F, a: F.prod(a), ((),), lambda a: a),
    Case("prod_empty", lambda F, a: F.prod(a), ((0, 3),), lambda a: a.prod()),
    Case("prod_empty_dim", lambda F, a: F.prod(a, 0), ((0, 3),), lambda a: a.prod(0)),
    Case("prod_one_zero", lambda F, a: F.prod(_with_zeros(a, F, (0, 1)), 1), ((2, 4),)),
    Case("prod_two_zeros", lambda F, a: F.prod(_with_zeros(a, F, (0, 1), (0, 3), (1, 0)), 1), ((2, 4),)),
    Case("prod_zeros_all", lambda F, a: F.prod(_with_zeros(a, F, (0, 1))), ((2, 2),)),
    Case("cumprod_one_zero", lambda F, a: F.cumprod(_with_zeros(a, F, (0, 1)), 1), ((2, 4),)),
    Case("cumprod_two_zeros", lambda F, a: F.cumprod(_with_zeros(a, F, (1, 0), (3, 0), (0, 1)), 0), ((4, 2),)),
    Case("cumsum_zero_d", lambda F, a: F.cumsum(a, 0), ((),), lambda a: a),
    Case("cumprod_zero_d", lambda F, a: F.cumprod(a, -1), ((),), lambda a: a),
    Case("cumsum_empty", lambda F, a: F.cumsum(a, 1), ((2, 0),), lambda a: a),
    Case("cumprod_empty", lambda F, a: F.cumprod(a, 0), ((0, 2),), lambda a: a),
    Case("logsumexp_large", lambda F, a: F.logsumexp(a * 400, 1), ((3, 4),)),
    Case("logsumexp_zero_d", lambda F, a: F.logsumexp(a, 0), ((),), lambda a: a),
    Case("norm_frobenius", lambda F, a: a.norm(dim=(0, 1)), ((3, 4),), lambda a: np.sqrt((a**2).sum())),
    Case("norm_zero_d", lambda F, a: a.norm(), ((),), np.abs),
    Case("norm_empty", lambda F, a: a.norm(dim=0), ((0, 3),), lambda a: np.zeros(3)),
    Case("norm_empty_dims", lambda F, a: a.norm(3, (0, 1)), ((0, 3),), lambda a: np.zeros(())),
    Case("vector_norm", lambda F, a: F.linalg.vector_norm(a), ((3, 4),), lambda a: np.sqrt((a**2).sum())),
    Case("vector_norm_4", lambda F, a: F.linalg.vector_norm(a, 4, 1), ((3, 4),), lambda a: (a**4).sum(1) ** 0.25),
    Case("max_of_all", lambda F, a: F.max(a), ((2, 1, 3),), np.max, distinct=True),
    Case("min_of_all", lambda F, a: F.min(a), ((2, 1, 3),), np.min, distinct=True),
    Case("min_zero_d", lambda F, a: F.min(a, 0)[0], ((),), lambda a: a),
    Case("min_keep", lambda F, a: F.min(a, -1, True)[0], ((3, 4),), lambda a: a.min(1, keepdims=True), distinct=True),
    Case("amin_empty", lambda F, a: F.amin(a, 1), ((0, 3),), lambda a: a.min(1)),
    Case("topk_largest", lambda F, a: F.topk(a, 3)[0], ((2, 5),), lambda a: -np.sort(-a)[:, :3], distinct=True),
    Case(
        "topk_smallest",
        lambda F, a: F.topk(a, 2, 0, largest=False).values,
        ((4, 3),),
        lambda a: np.sort(a, 0)[:2],
        distinct=True,
    ),
    Case("topk_all_of_them", lambda F, a: a.topk(3)[0], ((3,),), lambda a: -np.sort(-a), distinct=True),
    Case("topk_none", lambda F, a: F.topk(a, 0)[0], ((2, 3),), lambda a: a[:, :0]),
    Case("topk_zero_d", lambda F, a: F.topk(a, 1)[0], ((),), lambda a: a),
    Case("sort_zero_d", lambda F, a: F.sort(a)[0], ((),), lambda a: a),
    Case("sort_empty", lambda F, a: F.sort(a, 0)[0], ((0, 3),), lambda a: a),
    Case("sort_default", lambda F, a: a.sort()[0], ((2, 5),), lambda a: np.sort(a), distinct=True),
    Case("median_of_all", lambda F, a: F.median(a), ((3, 4),), lambda a: np.sort(a.ravel())[5], distinct=True),
    Case("median_odd", lambda F, a: a.median(), ((5,),), np.median, distinct=True),
    Case("median_keep", lambda F, a: a.median(1, True)[0], ((3, 5),), lambda a: np.median(a, 1, keepdims=True)),
    Case("median_zero_d", lambda F, a: F.median(a), ((),), lambda a: a),
    Case("median_dim_zero_d", lambda F, a: F.median(a, 0)[0], ((),), lambda a: a),
    Case("mean_of_nothing_kept", lambda F, a: a.mean(1), ((0, 3),), lambda a: a.mean(1)),
]


def _all_cases() -> list[Case]:
    cases = []
    for name, (options, reference, inputs) in MANY_DIMS.items():
        function = name.split("_")[0]
        for situation, (dim, keepdim) in DIMS.items():
            cases.append(
                Case(
                    f"{name}_{situation}",
                    _reduce(function, dim, keepdim, options),
                    ((3, 4, 2),),
                    lambda a, r=reference, d=dim, k=keepdim: r(a, axis=d, keepdims=k),
                    **inputs,
                )
            )
    for name, (one, in_numpy, inputs) in ONE_DIM.items():
        for kind, shape, dim in (("first", (3, 4, 2), 0), ("last", (3, 4, 2), -1), ("ones", (1, 3), 0)):
            cases.append(
                Case(
                    f"{name}_{kind}",
                    lambda F, a, f=one, d=dim: f(F, a, d),
                    (shape,),
                    lambda a, r=in_numpy, d=dim: r(a, d),
                    **inputs,
                )
            )
    return cases + SINGLE_CASES


CASES = _all_cases()

"""`kl_divergence(p, q)`: the expected value, under p, of log p(x) - log q(x)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.distributions.continuous import Exponential, Laplace, Normal, Uniform
from mytorch.distributions.discrete import Bernoulli, Categorical, OneHotCategorical
from mytorch.distributions.distribution import Distribution
from mytorch.distributions.independent import Independent
from mytorch.ops.activations.softplus import softplus
from mytorch.ops.elementwise.choice import where
from mytorch.tensor import Tensor

__all__ = ["kl_divergence", "register_kl"]

_FORMULAS: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """Decorator: the function (p, q) -> KL is the formula for these classes and those derived from them."""

    def remember(function: Any) -> Any:
        _FORMULAS[type_p, type_q] = function
        return function

    return remember


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p || q), of the shape of the batch. NotImplementedError for pairs without a formula."""
    for kind_p in type(p).__mro__:
        for kind_q in type(q).__mro__:
            if (kind_p, kind_q) in _FORMULAS:
                return _FORMULAS[kind_p, kind_q](p, q)
    raise NotImplementedError(f"kl_divergence: there is no formula for {type(p).__name__} and {type(q).__name__}")


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Tensor:
    distance = (p.loc - q.loc).abs()
    ratio = p.scale / q.scale
    return -ratio.log() + distance / q.scale + ratio * (-distance / p.scale).exp() - 1


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Tensor:
    inside = (q.low <= p.low) & (q.high >= p.high)
    return where(inside, ((q.high - q.low) / (p.high - p.low)).log(), math.inf)


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    """p1 log(p1 / q1) + p0 log(p0 / q0), where log p1 = -softplus(-logits) and log p0 = -softplus(logits)."""
    one = _term(p.probs, softplus(-q.logits) - softplus(-p.logits), q.probs)
    return one + _term(1 - p.probs, softplus(q.logits) - softplus(p.logits), 1 - q.probs)


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Tensor:
    return _term(p.probs, p.logits - q.logits, q.probs).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: OneHotCategorical, q: OneHotCategorical) -> Tensor:
    return _categorical(p, q)


def _term(p: Tensor, log_ratio: Tensor, q: Tensor) -> Tensor:
    """p log(p / q): 0 where p is 0, inf where only q is."""
    p_is_0 = p.data == 0
    safe = where(Tensor(np.broadcast_to(p_is_0, log_ratio.shape).copy()), 0.0, log_ratio)
    return where(Tensor((q.data == 0) & ~p_is_0), math.inf, p * safe)


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("kl_divergence: both Independents must reinterpret equally many axes")
    return p.summed(kl_divergence(p.base_dist, q.base_dist))

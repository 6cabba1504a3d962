"""Distributions of counts: Binomial, NegativeBinomial, Multinomial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.discrete import Bernoulli, Categorical
from mytorch.distributions.distribution import Distribution, as_parameters, check
from mytorch.ops.activations.softplus import softplus
from mytorch.ops.elementwise.gamma_functions import lgamma
from mytorch.ops.elementwise.pairs import xlogy
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Binomial", "Multinomial", "NegativeBinomial"]


def _is_count(x: np.ndarray) -> np.ndarray:
    return (x >= 0) & (x == np.floor(x))


class _OfTries(Distribution):
    """`total_count` and the probability of one success, which Bernoulli reads from probs or logits."""

    is_discrete = True

    def __init__(self, total_count: Any, probs: Any, logits: Any, validate_args: bool | None) -> None:
        once = Bernoulli(probs, logits, validate_args)
        self.total_count, self.probs, self.logits = as_parameters(total_count, once.probs, once.logits)
        self.total_count = self.total_count.to(self.probs.dtype)
        super().__init__(self.probs.shape, (), validate_args)


class Binomial(_OfTries):
    """How many of `total_count` tries succeed: log_prob = log(n over k) + k log p + (n - k) log(1 - p)."""

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(total_count, probs, logits, validate_args)
        check(self, "total_count", _is_count(self.total_count.data), "a count")

    @property
    def mean(self) -> Tensor:
        """n p"""
        return self.total_count * self.probs

    @property
    def variance(self) -> Tensor:
        """n p (1 - p)"""
        return self.mean * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Counts, in the dtype of the parameter."""
        count = self.total_count.data.astype(np.int64)
        drawn = default_generator().binomial(count, self.probs.data, self._extended_shape(sample_shape))
        return Tensor(np.asarray(drawn).astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """k logits - n log(1 + e^logits) + log(n over k)"""
        n = self.total_count
        k = self._checked(value, lambda x: _is_count(x) & (x <= n.data), "counts up to total_count")
        ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        return ways + k * self.logits - n * softplus(self.logits)


class NegativeBinomial(_OfTries):
    """How many successes come before `total_count` failures; total_count may be any positive number.

    log_prob = lgamma(r + k) - lgamma(k + 1) - lgamma(r) + k log p + r log(1 - p)"""

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(total_count, probs, logits, validate_args)
        check(self, "total_count", self.total_count.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """r p / (1 - p)"""
        return self.total_count * self.logits.exp()

    @property
    def variance(self) -> Tensor:
        """r p / (1 - p)^2"""
        return self.mean * (1 + self.logits.exp())

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Counts, in the dtype of the parameter: Poisson's, with a rate drawn from a Gamma distribution."""
        generator = default_generator()
        odds = np.exp(self.logits.data)
        rate = generator.gamma(self.total_count.data, odds, self._extended_shape(sample_shape))
        return Tensor(np.asarray(generator.poisson(rate)).astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of `value`."""
        k, r = self._checked(value, _is_count, "counts"), self.total_count
        ways = lgamma(r + k) - lgamma(k + 1) - lgamma(r)
        return ways - k * softplus(-self.logits) - r * softplus(self.logits)


class Multinomial(Distribution):
    """How often each of K classes comes in `total_count` draws: a vector (K,) of counts that add up to it."""

    is_discrete = True

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int) or total_count < 0:
            raise NotImplementedError(f"Multinomial: total_count must be an int of at least 0, got {total_count!r}")
        self.total_count = total_count
        self._once = Categorical(probs, logits, validate_args)
        self.probs, self.logits = self._once.probs, self._once.logits
        super().__init__(self.probs.shape[:-1], self.probs.shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        """n p"""
        return self.total_count * self.probs

    @property
    def variance(self) -> Tensor:
        """n p (1 - p)"""
        return self.mean * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Vectors of counts, in the dtype of the parameter."""
        classes = self._once.sample((self.total_count, *sample_shape)).data  # (n, *sample_shape, *batch_shape)
        counts = (classes[..., None] == np.arange(self.probs.shape[-1])).sum(0)
        return Tensor(counts.astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """log(n! / (k_1! ... k_K!)) + sum of k log p"""
        k = self._checked(value, _is_count, "counts")
        if self._validate_args and not (k.data.sum(-1) == self.total_count).all():
            raise ValueError(f"Multinomial: the counts must add up to {self.total_count}, got {value!r:.120}")
        return lgamma(k.sum(-1) + 1) - lgamma(k + 1).sum(-1) + xlogy(k, self.probs).sum(-1)

"""Distributions of positive numbers, shares and counts: Gamma, Beta, Dirichlet, LogNormal, Poisson, ..."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.continuous import Normal
from mytorch.distributions.distribution import Distribution, as_parameters, check
from mytorch.ops.activations.sigmoids import sigmoid
from mytorch.ops.elementwise.gamma_functions import digamma, lgamma
from mytorch.ops.elementwise.pairs import xlogy
from mytorch.ops.shapes.join import stack
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Beta", "Chi2", "Dirichlet", "Gamma", "Geometric", "HalfNormal", "LogNormal", "Poisson"]


class Gamma(Distribution):
    """log_prob = a log b + (a - 1) log x - b x - lgamma(a), a the concentration, b the rate."""

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = as_parameters(concentration, rate)
        super().__init__(self.concentration.shape, (), validate_args)
        check(self, "concentration", self.concentration.data > 0, "positive")
        check(self, "rate", self.rate.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """a / b"""
        return self.concentration / self.rate

    @property
    def variance(self) -> Tensor:
        """a / b^2"""
        return self.concentration / self.rate**2

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Drawn without gradients: there is no rsample."""
        shape = self._extended_shape(sample_shape)
        drawn = default_generator().gamma(self.concentration.data, 1 / self.rate.data, shape)
        return Tensor(np.asarray(drawn).astype(self.rate.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, which must not be negative."""
        x, a, b = self._checked(value, lambda v: v >= 0, "at least 0"), self.concentration, self.rate
        return xlogy(a, b) + xlogy(a - 1, x) - b * x - lgamma(a)

    def entropy(self) -> Tensor:
        """a - log b + lgamma(a) + (1 - a) digamma(a)"""
        a = self.concentration
        return a - self.rate.log() + lgamma(a) + (1 - a) * digamma(a)


class Chi2(Gamma):
    """The sum of df squares of standard normal numbers: Gamma(df / 2, 1 / 2)."""

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        (self.df,) = as_parameters(df)
        super().__init__(self.df / 2, self.df * 0 + 0.5, validate_args)


class Dirichlet(Distribution):
    """K shares that add up to 1: log_prob = sum (c - 1) log x + lgamma(sum c) - sum lgamma(c). c: (..., K)."""

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        (self.concentration,) = as_parameters(concentration)
        shape = self.concentration.shape
        super().__init__(shape[:-1], shape[-1:], validate_args)
        check(self, "concentration", self.concentration.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """c / sum c"""
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    @property
    def variance(self) -> Tensor:
        """c (s - c) / (s^2 (s + 1)), s the sum of c"""
        total = self.concentration.sum(-1, keepdim=True)
        return self.concentration * (total - self.concentration) / (total**2 * (total + 1))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Drawn without gradients: there is no rsample."""
        drawn = np.asarray(default_generator().gamma(self.concentration.data, 1.0, self._extended_shape(sample_shape)))
        return Tensor((drawn / drawn.sum(-1, keepdims=True)).astype(self.concentration.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, shares along the last axis."""
        x, c = self._checked(value, lambda v: (v >= 0) & (v <= 1), "from 0 to 1"), self.concentration
        return xlogy(c - 1, x).sum(-1) + lgamma(c.sum(-1)) - lgamma(c).sum(-1)

    def entropy(self) -> Tensor:
        """The expected value of -log_prob."""
        c = self.concentration
        total = c.sum(-1)
        rest = (total - c.shape[-1]) * digamma(total) - ((c - 1) * digamma(c)).sum(-1)
        return lgamma(c).sum(-1) - lgamma(total) + rest


class Beta(Distribution):
    """A share from 0 to 1: Dirichlet for two, of which it is the first."""

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = as_parameters(concentration1, concentration0)
        self._dirichlet = Dirichlet(stack([self.concentration1, self.concentration0], -1), validate_args)
        super().__init__(self.concentration1.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        """c1 / (c1 + c0)"""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def variance(self) -> Tensor:
        """c1 c0 / (s^2 (s + 1)), s = c1 + c0"""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total**2 * (total + 1))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Drawn without gradients: there is no rsample."""
        return self._dirichlet.sample(sample_shape)[..., 0]

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        value = self._checked(value, lambda v: (v >= 0) & (v <= 1), "from 0 to 1")
        return self._dirichlet.log_prob(stack([value, 1 - value], -1))

    def entropy(self) -> Tensor:
        """The expected value of -log_prob."""
        return self._dirichlet.entropy()


class LogNormal(Distribution):
    """e^x of a normally distributed x: log_prob(v) = Normal(loc, scale).log_prob(log v) - log v."""

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.base_dist = Normal(loc, scale, validate_args)
        self.loc, self.scale = self.base_dist.loc, self.base_dist.scale
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        """e^(loc + scale^2 / 2)"""
        return (self.loc + self.scale**2 / 2).exp()

    @property
    def variance(self) -> Tensor:
        """(e^(scale^2) - 1) e^(2 loc + scale^2)"""
        return ((self.scale**2).exp() - 1) * (2 * self.loc + self.scale**2).exp()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """e^(a normally distributed number)"""
        return self.base_dist.rsample(sample_shape).exp()

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, which must be positive."""
        logarithm = self._checked(value, lambda v: v > 0, "positive").log()
        return self.base_dist.log_prob(logarithm) - logarithm

    def entropy(self) -> Tensor:
        """The normal distribution's, plus loc"""
        return self.base_dist.entropy() + self.loc


class HalfNormal(Distribution):
    """|x| of a normally distributed x around 0."""

    has_rsample = True

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        self.base_dist = Normal(0.0, scale, validate_args)
        self.scale = self.base_dist.scale
        super().__init__(self.scale.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        """scale sqrt(2 / pi)"""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        """scale^2 (1 - 2 / pi)"""
        return self.scale**2 * (1 - 2 / math.pi)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The absolute value of a normally distributed number."""
        return self.base_dist.rsample(sample_shape).abs()

    def log_prob(self, value: Tensor) -> Tensor:
        """The normal distribution's, plus log 2"""
        return self.base_dist.log_prob(self._checked(value, lambda v: v >= 0, "at least 0")) + math.log(2)

    def entropy(self) -> Tensor:
        """The normal distribution's, minus log 2"""
        return self.base_dist.entropy() - math.log(2)


class Poisson(Distribution):
    """Counts at a rate: log_prob = x log rate - rate - log x!."""

    is_discrete = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = as_parameters(rate)
        super().__init__(self.rate.shape, (), validate_args)
        check(self, "rate", self.rate.data >= 0, "at least 0")

    @property
    def mean(self) -> Tensor:
        """rate"""
        return self.rate

    variance = mean

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Counts, in the dtype of the rate."""
        drawn = np.asarray(default_generator().poisson(self.rate.data, self._extended_shape(sample_shape)))
        return Tensor(drawn.astype(self.rate.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of `value`."""
        value = self._checked(value, lambda v: (v >= 0) & (v == np.floor(v)), "whole numbers from 0")
        return xlogy(value, self.rate) - self.rate - lgamma(value + 1)


class Geometric(Distribution):
    """Failures before the first success, which has the probability `probs`: log_prob = x log(1 - p) + log p."""

    is_discrete = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Geometric: give either probs or logits, and not both")
        (given,) = as_parameters(probs if logits is None else logits)
        self.probs = given if logits is None else sigmoid(given)
        super().__init__(self.probs.shape, (), validate_args)
        check(self, "probs", (self.probs.data > 0) & (self.probs.data <= 1), "above 0 and at most 1")

    @property
    def mean(self) -> Tensor:
        """1 / probs - 1"""
        return 1 / self.probs - 1

    @property
    def variance(self) -> Tensor:
        """(1 / probs - 1) / probs"""
        return (1 / self.probs - 1) / self.probs

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Counts, in the dtype of probs."""
        drawn = np.asarray(default_generator().geometric(self.probs.data, self._extended_shape(sample_shape))) - 1
        return Tensor(drawn.astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of `value`."""
        value = self._checked(value, lambda v: (v >= 0) & (v == np.floor(v)), "whole numbers from 0")
        return xlogy(value, 1 - self.probs) + self.probs.log()

    def entropy(self) -> Tensor:
        """-(p log p + (1 - p) log(1 - p)) / p"""
        p = self.probs
        return -(xlogy(p, p) + xlogy(1 - p, 1 - p)) / p

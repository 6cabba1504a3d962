"""Distributions with values far out: Cauchy, HalfCauchy, StudentT, Gumbel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.distribution import Distribution, as_parameters, check
from mytorch.ops.elementwise.gamma_functions import digamma, lgamma
from mytorch.ops.elementwise.trigonometry import atan
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Cauchy", "Gumbel", "HalfCauchy", "StudentT"]


class _Scaled(Distribution):
    """loc + scale * noise: a subclass defines `_noise`."""

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = as_parameters(loc, scale)
        super().__init__(self.loc.shape, (), validate_args)
        check(self, "scale", self.scale.data > 0, "positive")

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        raise NotImplementedError

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """loc + scale * noise"""
        noise = np.asarray(self._noise(self._extended_shape(sample_shape)), self.loc.dtype)
        return self.loc + self.scale * Tensor(noise)

    def _standardized(self, value: Any) -> Tensor:
        return (self._checked(value) - self.loc) / self.scale


class Cauchy(_Scaled):
    """log_prob = -log(pi scale) - log(1 + z^2), z = (x - loc) / scale. It has no mean."""

    @property
    def mean(self) -> Tensor:
        """nan: the integral does not converge."""
        return self.loc.detach() * math.nan

    @property
    def variance(self) -> Tensor:
        """inf"""
        return self.scale.detach() * math.inf

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        return default_generator().standard_cauchy(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        z = self._standardized(value)
        return -math.log(math.pi) - self.scale.log() - (z * z).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        """atan(z) / pi + 1 / 2"""
        return atan(self._standardized(value)) / math.pi + 0.5

    def entropy(self) -> Tensor:
        """log(4 pi scale)"""
        return math.log(4 * math.pi) + self.scale.log()


class HalfCauchy(Distribution):
    """The size of a Cauchy number: log_prob = log(2 / (pi scale)) - log(1 + (x / scale)^2), x >= 0."""

    has_rsample = True

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        (self.scale,) = as_parameters(scale)
        super().__init__(self.scale.shape, (), validate_args)
        check(self, "scale", self.scale.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """inf"""
        return self.scale.detach() * math.inf

    @property
    def variance(self) -> Tensor:
        """inf"""
        return self.scale.detach() * math.inf

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """scale * |noise|"""
        noise = np.abs(default_generator().standard_cauchy(self._extended_shape(sample_shape)))
        return self.scale * Tensor(np.asarray(noise, self.scale.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, which must not be negative."""
        z = self._checked(value, lambda v: v >= 0, "at least 0") / self.scale
        return math.log(2 / math.pi) - self.scale.log() - (z * z).log1p()

    def entropy(self) -> Tensor:
        """log(2 pi scale)"""
        return math.log(2 * math.pi) + self.scale.log()


class Gumbel(_Scaled):
    """The largest of many numbers: log_prob = -z - e^-z - log scale, z = (x - loc) / scale."""

    @property
    def mean(self) -> Tensor:
        """loc + scale * Euler's constant"""
        return self.loc + self.scale * np.euler_gamma

    @property
    def variance(self) -> Tensor:
        """(pi scale)^2 / 6"""
        return self.scale**2 * (math.pi**2 / 6)

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        return default_generator().gumbel(size=shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        z = self._standardized(value)
        return -z - (-z).exp() - self.scale.log()

    def entropy(self) -> Tensor:
        """log scale + 1 + Euler's constant"""
        return self.scale.log() + (1 + float(np.euler_gamma))


class StudentT(Distribution):
    """log_prob = -(df + 1) / 2 log(1 + z^2 / df) - log scale - log(df pi) / 2 - lgamma(df / 2) + lgamma((df + 1) / 2),
    z = (x - loc) / scale"""

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = as_parameters(df, loc, scale)
        super().__init__(self.df.shape, (), validate_args)
        check(self, "df", self.df.data > 0, "positive")
        check(self, "scale", self.scale.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """loc, and nan for df <= 1"""
        return self.loc + self.loc.new_tensor(np.where(self.df.data > 1, 0.0, np.nan))

    @property
    def variance(self) -> Tensor:
        """scale^2 df / (df - 2), inf for 1 < df <= 2, and nan for df <= 1"""
        df = self.df.data
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(df > 2, df / (df - 2), np.where(df > 1, np.inf, np.nan))
        return self.scale**2 * self.scale.new_tensor(factor)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Drawn without gradients: there is no rsample."""
        noise = np.asarray(default_generator().standard_t(self.df.data, self._extended_shape(sample_shape)))
        return (self.loc + self.scale * Tensor(noise.astype(self.loc.dtype))).detach()

    def _log_normalizer(self) -> Tensor:
        df = self.df
        return self.scale.log() + 0.5 * (df * math.pi).log() + lgamma(df / 2) - lgamma((df + 1) / 2)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        z = (self._checked(value) - self.loc) / self.scale
        return -0.5 * (self.df + 1) * (z * z / self.df).log1p() - self._log_normalizer()

    def entropy(self) -> Tensor:
        """The expected value of -log_prob."""
        half = (self.df + 1) / 2
        return self._log_normalizer() + half * (digamma(half) - digamma(self.df / 2))

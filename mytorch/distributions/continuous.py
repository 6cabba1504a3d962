"""Normal, Laplace, Uniform and Exponential: shifts and scales of a fixed distribution, which `rsample` draws from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.distribution import Distribution, as_parameters, check
from mytorch.ops.elementwise.choice import where
from mytorch.ops.elementwise.error_function import erf
from mytorch.ops.elementwise.special import erfinv
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Exponential", "Laplace", "Normal", "Uniform"]


class _LocationScale(Distribution):
    """loc + scale * noise."""

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = as_parameters(loc, scale)
        super().__init__(self.loc.shape, (), validate_args)
        check(self, "loc", np.isfinite(self.loc.data), "finite")
        check(self, "scale", self.scale.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """loc"""
        return self.loc

    mode = mean

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        raise NotImplementedError

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """loc + scale * noise, where the noise has loc 0 and scale 1."""
        noise = np.asarray(self._noise(self._extended_shape(sample_shape))).astype(self.loc.dtype)
        return self.loc + self.scale * Tensor(noise)


class Normal(_LocationScale):
    """N(loc, scale^2).   log_prob = -(x - loc)^2 / (2 scale^2) - log scale - log(2 pi) / 2"""

    @property
    def stddev(self) -> Tensor:
        """scale"""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """scale^2"""
        return self.scale**2

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        return default_generator().standard_normal(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        value = self._checked(value)
        return -((value - self.loc) ** 2) / (2 * self.scale**2) - self.scale.log() - math.log(2 * math.pi) / 2

    def entropy(self) -> Tensor:
        """1/2 + log(2 pi)/2 + log scale"""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a number of at most `value`."""
        value = self._checked(value)
        return 0.5 * (1 + erf((value - self.loc) / (self.scale * math.sqrt(2))))

    def icdf(self, value: Tensor) -> Tensor:
        """The number below which a number is with the probability `value`."""
        return self.loc + self.scale * (erfinv(2 * value - 1) * math.sqrt(2))


class Laplace(_LocationScale):
    """log_prob = -|x - loc| / scale - log(2 scale)"""

    @property
    def variance(self) -> Tensor:
        """2 scale^2"""
        return 2 * self.scale**2

    def _noise(self, shape: tuple[int, ...]) -> np.ndarray:
        return default_generator().laplace(size=shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`."""
        value = self._checked(value)
        return -(value - self.loc).abs() / self.scale - (2 * self.scale).log()

    def entropy(self) -> Tensor:
        """1 + log(2 scale)"""
        return 1 + (2 * self.scale).log()


class Uniform(Distribution):
    """All numbers from low to below high, equally likely: log_prob = -log(high - low) there, -inf elsewhere."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = as_parameters(low, high)
        super().__init__(self.low.shape, (), validate_args)
        check(self, "high", self.high.data > self.low.data, f"above low, {self.low!r:.60}")

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2"""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Tensor:
        """(high - low)^2 / 12"""
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """low + (high - low) * a number from [0, 1)"""
        noise = np.asarray(default_generator().random(self._extended_shape(sample_shape)))
        return self.low + (self.high - self.low) * Tensor(noise.astype(self.low.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """-log(high - low). ValueError for a value outside [low, high], -inf with validate_args=False."""
        value = self._checked(value, lambda x: (x >= self.low.data) & (x <= self.high.data), "between low and high")
        inside = (value >= self.low) & (value < self.high)
        return where(inside, -(self.high - self.low).log(), -math.inf)

    def entropy(self) -> Tensor:
        """log(high - low)"""
        return (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        """(value - low) / (high - low), from 0 to 1"""
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value: Tensor) -> Tensor:
        """low + (high - low) value"""
        return self.low + (self.high - self.low) * value


class Exponential(Distribution):
    """Waiting times at a rate: log_prob = log rate - rate x, for x >= 0."""

    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = as_parameters(rate)
        super().__init__(self.rate.shape, (), validate_args)
        check(self, "rate", self.rate.data > 0, "positive")

    @property
    def mean(self) -> Tensor:
        """1 / rate"""
        return 1 / self.rate

    @property
    def variance(self) -> Tensor:
        """1 / rate^2"""
        return 1 / self.rate**2

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """A waiting time at the rate 1, divided by the rate."""
        noise = np.asarray(default_generator().standard_exponential(self._extended_shape(sample_shape)))
        return Tensor(noise.astype(self.rate.dtype)) / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, which must not be negative."""
        value = self._checked(value, lambda x: x >= 0, "at least 0")
        return self.rate.log() - self.rate * value

    def entropy(self) -> Tensor:
        """1 - log rate"""
        return 1 - self.rate.log()

    def cdf(self, value: Tensor) -> Tensor:
        """1 - e^(-rate value)"""
        return -(-self.rate * self._checked(value, lambda x: x >= 0, "at least 0")).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        """-log(1 - value) / rate"""
        return -(-value).log1p() / self.rate

"""Distributions of classes whose samples pass gradients: RelaxedBernoulli, RelaxedOneHotCategorical (Jang, Gu and Poole
2017, Maddison, Mnih and Teh 2017), OneHotCategoricalStraightThrough (Bengio, Leonard and Courville 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.discrete import Bernoulli, OneHotCategorical
from mytorch.distributions.distribution import Distribution, as_parameters
from mytorch.ops.activations.sigmoids import sigmoid
from mytorch.ops.activations.softmax import log_softmax, softmax
from mytorch.ops.activations.softplus import softplus
from mytorch.ops.elementwise.gamma_functions import lgamma
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["OneHotCategoricalStraightThrough", "RelaxedBernoulli", "RelaxedOneHotCategorical"]


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """OneHotCategorical, whose rsample passes the gradient of a sample on to `probs` as it is."""

    has_rsample = True

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """A sample, with the gradient of probs."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())


class RelaxedBernoulli(Distribution):
    """Numbers between 0 and 1, near the ends for a small temperature t: sigmoid((logits + logistic noise) / t)."""

    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = Bernoulli(probs, logits, validate_args)
        self.temperature, self.probs, self.logits = as_parameters(temperature, base.probs, base.logits)
        super().__init__(self.probs.shape, (), validate_args)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """sigmoid((logits + noise) / t)"""
        noise = default_generator().logistic(size=self._extended_shape(sample_shape))
        return sigmoid((self.logits + Tensor(np.asarray(noise, self.logits.dtype))) / self.temperature)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density at `value`, strictly between 0 and 1."""
        x = self._checked(value, lambda v: (v >= 0) & (v <= 1), "from 0 to 1")
        eps = float(np.finfo(self.logits.dtype).eps)
        x = x.clamp(eps, 1 - eps)
        y = x.log() - (-x).log1p()
        difference = self.logits - y * self.temperature
        of_y = self.temperature.log() + difference - 2 * softplus(difference)
        return of_y + softplus(-y) + softplus(y)


class RelaxedOneHotCategorical(Distribution):
    """Vectors (K,) of shares, near a corner for a small temperature t: softmax((logits + Gumbel noise) / t)."""

    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = OneHotCategorical(probs, logits, validate_args)
        (self.temperature,) = as_parameters(temperature)
        self.probs, self.logits = base.probs, base.logits
        super().__init__(base.batch_shape, base.event_shape, validate_args)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """softmax((logits + noise) / t)"""
        noise = default_generator().gumbel(size=self._extended_shape(sample_shape))
        return softmax((self.logits + Tensor(np.asarray(noise, self.logits.dtype))) / self.temperature, -1)

    def log_prob(self, value: Tensor) -> Tensor:
        """log (K - 1)! + (K - 1) log t + sum of log softmax(logits - t log x) - sum of log x"""
        x = self._checked(value, lambda v: (v > 0) & (v <= 1), "shares above 0")
        count, t = self.event_shape[0], self.temperature
        constant = lgamma(self.logits.new_tensor(np.asarray(float(count), self.logits.dtype))) + (count - 1) * t.log()
        logs = x.log()
        return constant + log_softmax(self.logits - logs * t, -1).sum(-1) - logs.sum(-1)

"""class MixtureSameFamily: one of several distributions of a kind, chosen by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mytorch.distributions.discrete import Categorical
from mytorch.distributions.distribution import Distribution
from mytorch.ops.reductions.norms import logsumexp
from mytorch.tensor import Tensor

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """p(x) = sum over k of probs[k] p_k(x).

    mixture_distribution: a Categorical of K classes.  component_distribution: the last axis of its batch, of size K,
        numbers the components; it is gone from the batch of the mixture.
    """

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                f"MixtureSameFamily: mixture_distribution must be a Categorical, got {mixture_distribution!r}"
            )
        batch, count = component_distribution.batch_shape, mixture_distribution.probs.shape[-1]
        if not batch or batch[-1] != count:
            raise ValueError(
                f"MixtureSameFamily: the last axis of the components' batch_shape must have size {count}, as the "
                f"mixture has classes, got {batch}"
            )
        self.mixture_distribution, self.component_distribution = mixture_distribution, component_distribution
        super().__init__(batch[:-1], component_distribution.event_shape, validate_args)
        self._axis = -1 - len(self.event_shape)  # of the components, in samples of theirs

    def _weights(self) -> Tensor:
        """probs, with axes behind for one value."""
        probs = self.mixture_distribution.probs
        return probs.reshape(*probs.shape, *[1] * len(self.event_shape))

    @property
    def mean(self) -> Tensor:
        """sum of probs[k] mean_k"""
        return (self._weights() * self.component_distribution.mean).sum(self._axis)

    @property
    def variance(self) -> Tensor:
        """sum of probs[k] (variance_k + (mean_k - mean)^2)"""
        apart = self.component_distribution.mean - self.mean.unsqueeze(self._axis)
        return (self._weights() * (self.component_distribution.variance + apart * apart)).sum(self._axis)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """A value of the component that was drawn. Without gradients."""
        values = self.component_distribution.sample(sample_shape).data  # (*sample, *batch, K, *event)
        shape = (*sample_shape, *self.batch_shape)
        missing = len(self.batch_shape) - len(self.mixture_distribution.batch_shape)
        chosen = self.mixture_distribution.sample(shape[: len(sample_shape) + missing]).data
        chosen = np.broadcast_to(chosen, shape).reshape(*shape, 1, *[1] * len(self.event_shape))
        return Tensor(np.take_along_axis(values, chosen, self._axis).squeeze(self._axis))

    def log_prob(self, value: Tensor) -> Tensor:
        """log of the sum of probs[k] p_k(value)"""
        value = self._checked(value).unsqueeze(self._axis)
        return logsumexp(self.component_distribution.log_prob(value) + self.mixture_distribution.logits, -1)

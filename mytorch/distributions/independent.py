"""class Independent: batch axes that become part of one value."""

from __future__ import annotations

from collections.abc import Sequence

from mytorch.distributions.distribution import Distribution
from mytorch.tensor import Tensor

__all__ = ["Independent"]


class Independent(Distribution):
    """`Independent(Normal(mu, sigma), 1)`: the last axis of the batch belongs to one value, whose log_prob is the sum.

    base_distribution: its log_prob has the axes.  reinterpreted_batch_ndims: how many of them are summed.
    """

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        shape, n = base_distribution.batch_shape, reinterpreted_batch_ndims
        if not 0 <= n <= len(shape):
            raise ValueError(f"Independent: reinterpreted_batch_ndims must be from 0 to {len(shape)}, got {n}")
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = n
        super().__init__(
            shape[: len(shape) - n], shape[len(shape) - n :] + base_distribution.event_shape, validate_args
        )

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether the base has it."""
        return self.base_dist.has_rsample

    @property
    def mean(self) -> Tensor:
        """The base's."""
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        """The base's."""
        return self.base_dist.mode  # type: ignore[attr-defined]

    @property
    def variance(self) -> Tensor:
        """The base's."""
        return self.base_dist.variance

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The sum of the base's over the reinterpreted axes."""
        return self.summed(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        """The sum of the base's over the reinterpreted axes."""
        return self.summed(self.base_dist.entropy())

    def summed(self, values: Tensor) -> Tensor:
        """`values` of the base, summed over the reinterpreted axes."""
        n = self.reinterpreted_batch_ndims
        return values.sum(tuple(range(-n, 0))) if n else values

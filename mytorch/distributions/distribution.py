"""class Distribution: what all distributions can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.grad_mode import no_grad
from mytorch.ops.shapes.expand import broadcast_tensors
from mytorch.tensor import Tensor

__all__ = ["Distribution", "as_parameters", "check"]


class Distribution:
    """A random variable, or a batch of them.

    batch_shape: how many there are, each with parameters of its own.  event_shape: the shape of one value.
    A sample has the shape sample_shape + batch_shape + event_shape, `log_prob` of it sample_shape + batch_shape.
    """

    has_rsample = False
    is_discrete = False
    _validate_args = True

    def __init__(
        self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: bool | None = None
    ) -> None:
        self.batch_shape, self.event_shape = tuple(batch_shape), tuple(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    @property
    def variance(self) -> Tensor:
        """The expected square of the distance from the mean."""
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Random values, through which no gradient flows."""
        with no_grad():
            return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Random values as a function of the parameters, through which gradients flow to them. (Kingma and Welling
        2013: the reparameterization trick.)"""
        why = "its values do not vary smoothly" if self.is_discrete else "the derivative of its samples is left out"
        raise NotImplementedError(f"{type(self).__name__} has no rsample: {why}")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability, or of its density, at `value`."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Tensor:
        """The expected value of -log_prob, in nats."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    def perplexity(self) -> Tensor:
        """e^entropy"""
        return self.entropy().exp()

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and values are checked where a distribution is not told."""
        Distribution._validate_args = bool(value)

    def _extended_shape(self, sample_shape: Sequence[int]) -> tuple[int, ...]:
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def _checked(self, value: Any, allowed: Any = None, what: str = "") -> Tensor:
        """`value` as a Tensor. ValueError unless its last axes fit and `allowed(array)` holds everywhere."""
        value = value if isinstance(value, Tensor) else Tensor(value)
        if not self._validate_args:
            return value
        n = len(self.event_shape)
        if value.shape[value.ndim - n :] != self.event_shape or value.ndim < n:
            raise ValueError(f"{type(self).__name__}: a value ends with {self.event_shape}, got shape {value.shape}")
        try:
            np.broadcast_shapes(value.shape[: value.ndim - n], self.batch_shape)
        except ValueError:
            raise ValueError(
                f"{type(self).__name__}: shape {value.shape} does not fit batch_shape {self.batch_shape} and "
                f"event_shape {self.event_shape}"
            ) from None
        if allowed is not None and not np.all(allowed(value.data)):
            raise ValueError(f"{type(self).__name__}: values must be {what}, got {value!r:.120}")
        return value

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_shape={self.batch_shape}, event_shape={self.event_shape})"


def as_parameters(*values: Any) -> Sequence[Tensor]:
    """Numbers and Tensors as Tensors of one shape."""
    tensors = [v for v in values if isinstance(v, Tensor)]
    dtype = tensors[0].dtype if tensors else get_default_dtype()
    return broadcast_tensors(*[v if isinstance(v, Tensor) else Tensor(np.asarray(v, dtype)) for v in values])


def check(distribution: Distribution, name: str, holds: Any, what: str) -> None:
    """ValueError unless a condition on the parameter `name`, an array of truth values, holds everywhere."""
    if distribution._validate_args and not np.all(holds):
        value = getattr(distribution, name)
        raise ValueError(f"{type(distribution).__name__}: {name} must be {what}, got {value!r:.120}")

"""Bernoulli, Categorical and OneHotCategorical: given by `probs`, or by `logits`, which softmax or sigmoid turns into
probabilities. What the policy of a reinforcement learner draws its actions from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.distribution import Distribution, as_parameters, check
from mytorch.ops.activations.sigmoids import sigmoid
from mytorch.ops.activations.softmax import log_softmax
from mytorch.ops.activations.softplus import softplus
from mytorch.ops.elementwise.choice import where
from mytorch.ops.indexing.gather_scatter import gather
from mytorch.ops.shapes.expand import broadcast_tensors
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Bernoulli", "Categorical", "OneHotCategorical"]


def _one_of(distribution: Distribution, probs: Any, logits: Any) -> Tensor:
    """The one of the two parameters that was given, as a Tensor."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{type(distribution).__name__}: give either probs or logits, and not both")
    (parameter,) = as_parameters(probs if logits is None else logits)
    return parameter


def _clamped(probs: Tensor) -> Tensor:
    """`probs` away from 0 and 1 by the dtype's precision, as in PyTorch: their logarithms stay finite."""
    eps = float(np.finfo(probs.dtype).eps)
    return probs.clamp(eps, 1 - eps)


def _enumerated(distribution: Distribution, values: np.ndarray, expand: bool) -> Tensor:
    table = values.reshape(-1, *[1] * len(distribution.batch_shape))
    return Tensor(np.broadcast_to(table, (len(values), *distribution.batch_shape)).copy() if expand else table)


class Bernoulli(Distribution):
    """1 with probability probs = sigmoid(logits), else 0."""

    is_discrete = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        parameter = _one_of(self, probs, logits)
        super().__init__(parameter.shape, (), validate_args)
        if logits is None:
            self.probs = parameter
            check(self, "probs", (parameter.data >= 0) & (parameter.data <= 1), "from 0 to 1")
            inside = _clamped(parameter)
            self.logits = inside.log() - (-inside).log1p()
        else:
            self.logits = parameter
            self.probs = sigmoid(parameter)

    @property
    def mean(self) -> Tensor:
        """probs"""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """probs (1 - probs)"""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        """The more probable one of 0 and 1; nan where both are alike."""
        probs = self.probs.data
        return Tensor(np.where(probs == 0.5, np.nan, probs > 0.5).astype(probs.dtype))

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values: (2, *batch_shape), or with expand=False (2, 1, ...)."""
        return _enumerated(self, np.arange(2, dtype=self.probs.dtype), expand)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Zeros and ones, in the dtype of the parameter."""
        uniform = np.asarray(default_generator().random(self._extended_shape(sample_shape)))
        return Tensor((uniform < self.probs.data).astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """value * logits - log(1 + e^logits), for a value of 0 or 1."""
        value = self._checked(value, lambda x: (x == 0) | (x == 1), "0 or 1")
        return value * self.logits - softplus(self.logits)

    def entropy(self) -> Tensor:
        """-probs log probs - (1 - probs) log(1 - probs)"""
        return softplus(self.logits) - self.probs * self.logits


class Categorical(Distribution):
    """One of K classes, as its number. probs (..., K) need not add up to 1; logits (..., K) may be shifted."""

    is_discrete = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        parameter = _one_of(self, probs, logits)
        if parameter.ndim < 1:
            raise ValueError(f"{type(self).__name__}: the parameter must have an axis of classes, got a number")
        self._set_shapes(parameter.shape, validate_args)
        self._num_events = parameter.shape[-1]
        if logits is None:
            self.probs = parameter
            total = parameter.data.sum(-1, keepdims=True)
            check(self, "probs", (parameter.data >= 0) & np.isfinite(total) & (total > 0), "weights, not all 0")
            self.probs = parameter / parameter.sum(-1, keepdim=True)
            self.logits = _clamped(self.probs).log()
        else:
            self.logits = log_softmax(parameter, -1)
            check(self, "logits", ~np.isnan(self.logits.data), "finite")
            self.probs = self.logits.exp()

    def _set_shapes(self, shape: tuple[int, ...], validate_args: bool | None) -> None:
        super().__init__(shape[:-1], (), validate_args)

    @property
    def mode(self) -> Tensor:
        """The most probable class."""
        return self.probs.argmax(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values: (K, *batch_shape), or with expand=False (K, 1, ...)."""
        return _enumerated(self, np.arange(self._num_events), expand)

    def _draw(self, sample_shape: Sequence[int]) -> np.ndarray:
        """The numbers of classes, sample_shape + batch_shape."""
        edges = self.probs.data.astype(np.float64).cumsum(-1)  # (..., K)
        shape = (*sample_shape, *self.batch_shape, 1)
        points = default_generator().random(shape) * edges[..., -1:]
        # A point below edges[c] and not below edges[c - 1] is of class c. Classes without probability are never hit.
        return (points >= edges).sum(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Numbers of classes, int64."""
        return Tensor(np.asarray(self._draw(sample_shape), np.int64))

    def log_prob(self, value: Tensor) -> Tensor:
        """log probs[value]"""
        value = self._checked(value, lambda x: (x >= 0) & (x < self._num_events) & (x == np.floor(x)), "classes")
        shape = np.broadcast_shapes(value.shape, self.batch_shape)
        index = value.long().broadcast_to(shape).unsqueeze(-1)  # (..., 1)
        return gather(self.logits.broadcast_to((*shape, self._num_events)), -1, index).squeeze(-1)

    def entropy(self) -> Tensor:
        """-sum of probs log probs"""
        finite = self.logits.clamp(min=float(np.finfo(self.logits.dtype).min))  # 0 * -inf would be nan
        return -(finite * self.probs).sum(-1)


class OneHotCategorical(Categorical):
    """One of K classes, as a vector (K,) with a 1 in its place."""

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values: (K, *batch_shape, K), or with expand=False (K, 1, ..., K)."""
        return self._one_hot(Categorical.enumerate_support(self, expand).data)

    def _set_shapes(self, shape: tuple[int, ...], validate_args: bool | None) -> None:
        Distribution.__init__(self, shape[:-1], shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        """probs"""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """probs (1 - probs)"""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        """The vector of the most probable class."""
        return self._one_hot(self.probs.data.argmax(-1))

    def _one_hot(self, numbers: np.ndarray) -> Tensor:
        return Tensor((numbers[..., None] == np.arange(self._num_events)).astype(self.probs.dtype))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Vectors with a 1 in one place, in the dtype of the parameter."""
        return self._one_hot(self._draw(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """log probs where `value` has its 1"""
        value = self._checked(value)
        is_one_hot = ((value.data == 0) | (value.data == 1)).all(-1) & (value.data.sum(-1) == 1)
        if self._validate_args and not is_one_hot.all():
            raise ValueError(f"{type(self).__name__}: values must have a single 1 and zeros, got {value!r:.120}")
        chosen, logits = broadcast_tensors(value, self.logits)
        return where(chosen == 1, logits, 0.0).sum(-1)

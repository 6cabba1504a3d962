"""MultivariateNormal, and distributions of transformed values: TransformedDistribution, for squashed policies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.distributions.distribution import Distribution, as_parameters
from mytorch.ops.activations.sigmoids import sigmoid, tanh
from mytorch.ops.activations.softplus import softplus
from mytorch.ops.elementwise.rounding import abs
from mytorch.ops.elementwise.trigonometry import atanh
from mytorch.ops.matrices.decompositions import cholesky, inv
from mytorch.ops.matrices.diagonal import diagonal
from mytorch.ops.matrices.further import solve_triangular
from mytorch.ops.matrices.products import matmul
from mytorch.ops.shapes.expand import expand
from mytorch.ops.shapes.reshape import unsqueeze
from mytorch.ops.shapes.transpose import transpose
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = [
    "AffineTransform", "ExpTransform", "MultivariateNormal", "SigmoidTransform", "TanhTransform", "Transform",
    "TransformedDistribution",
]  # fmt: skip


class MultivariateNormal(Distribution):
    """N(loc, covariance) of vectors, loc (..., D). Give one of covariance_matrix, precision_matrix (its inverse) and
    scale_tril (its Cholesky factor), (..., D, D)."""

    has_rsample = True

    def __init__(
        self,
        loc: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        given = [m for m in (covariance_matrix, precision_matrix, scale_tril) if m is not None]
        if len(given) != 1:
            raise ValueError("MultivariateNormal: give one of covariance_matrix, precision_matrix and scale_tril")
        if precision_matrix is not None:
            covariance_matrix = inv(precision_matrix)
        self.scale_tril: Any = cholesky(covariance_matrix) if scale_tril is None else scale_tril
        size = self.scale_tril.shape[-1]
        batch = np.broadcast_shapes(loc.shape[:-1], self.scale_tril.shape[:-2])
        self.loc = expand(loc, (*batch, size))
        super().__init__(batch, (size,), validate_args)

    @property
    def mean(self) -> Tensor:
        """loc"""
        return self.loc

    mode = mean

    @property
    def covariance_matrix(self) -> Tensor:
        """L L^T, (..., D, D)"""
        return matmul(self.scale_tril, transpose(self.scale_tril, -1, -2))

    @property
    def variance(self) -> Tensor:
        """The diagonal of the covariance matrix."""
        return expand((self.scale_tril**2).sum(-1), self.batch_shape + self.event_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """loc + L noise"""
        noise = default_generator().standard_normal(self._extended_shape(sample_shape)).astype(self.loc.dtype)
        return self.loc + matmul(self.scale_tril, Tensor(noise)[..., None])[..., 0]

    def log_prob(self, value: Tensor) -> Tensor:
        """-(|L^-1 (x - loc)|^2 + D log 2 pi) / 2 - log det L"""
        difference = unsqueeze(self._checked(value) - self.loc, -1)
        scaled = solve_triangular(self.scale_tril, difference, upper=False)
        distance = (scaled**2).sum((-2, -1))
        return -(distance + self.event_shape[0] * math.log(2 * math.pi)) / 2 - self._half_log_det()

    def _half_log_det(self) -> Any:
        return diagonal(self.scale_tril, 0, -2, -1).log().sum(-1)

    def entropy(self) -> Tensor:
        """D (1 + log 2 pi) / 2 + log det L"""
        return expand(self._half_log_det() + self.event_shape[0] * (1 + math.log(2 * math.pi)) / 2, self.batch_shape)


class Transform:
    """An invertible function of single elements. A subclass defines `_call`, `_inverse` and `log_abs_det_jacobian`.
    cache_size=1: the inverse of the last result is its argument itself."""

    def __init__(self, cache_size: int = 0) -> None:
        self._cache_size = cache_size
        self._last: tuple[Any, Any] = (None, None)

    def __call__(self, x: Tensor) -> Tensor:
        """y"""
        y = self._call(x)
        if self._cache_size:
            self._last = x, y
        return y

    def inv(self, y: Tensor) -> Tensor:
        """The x of this y."""
        return self._last[0] if self._last[1] is y else self._inverse(y)

    def _call(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method _call(self, x)")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method _inverse(self, y)")

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log |dy/dx|"""
        raise NotImplementedError(f"{type(self).__name__} has no log_abs_det_jacobian")


class TanhTransform(Transform):
    """y = tanh x"""

    def _call(self, x: Any) -> Any:
        return tanh(x)

    def _inverse(self, y: Any) -> Any:
        return atanh(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log(1 - tanh(x)^2), which this form computes without 1 - 1."""
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class SigmoidTransform(Transform):
    """y = 1 / (1 + e^-x)"""

    def _call(self, x: Any) -> Any:
        return sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log y + log(1 - y)"""
        return -softplus(-x) - softplus(x)


class ExpTransform(Transform):
    """y = e^x"""

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """x"""
        return x


class AffineTransform(Transform):
    """y = loc + scale x"""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        if event_dim:
            raise NotImplementedError("AffineTransform: event_dim must be 0; wrap the distribution in Independent")
        self.loc, self.scale = loc, scale

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log |scale|"""
        (scale, _) = as_parameters(self.scale, x)
        return abs(scale).log()


class TransformedDistribution(Distribution):
    """What the `transforms`, one after the other, make of values of `base_distribution`."""

    def __init__(self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None) -> None:
        self.base_dist = base_distribution
        self.transforms: list[Transform] = [transforms] if isinstance(transforms, Transform) else list(transforms)
        super().__init__(base_distribution.batch_shape, base_distribution.event_shape, validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether the base has it."""
        return self.base_dist.has_rsample

    def _forward(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's, transformed, without gradients."""
        return self._forward(self.base_dist.sample(sample_shape)).detach()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """The base's, transformed."""
        return self._forward(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The base's at the inverse, minus log |dy/dx|, summed over the axes of one value."""
        y, total = self._checked(value), 0.0
        axes = tuple(range(-len(self.event_shape), 0))
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            change: Any = transform.log_abs_det_jacobian(x, y)
            total = total - (change.sum(axes) if axes else change)
            y = x
        return total + self.base_dist.log_prob(y)

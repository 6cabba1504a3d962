"""BatchNorm1d and BatchNorm2d: batch normalization."""

from __future__ import annotations

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn.module import Module, Parameter
from mytorch.ops.normalization import BatchNorm, batch_statistics
from mytorch.ops.running_stats import by_running_stats, follow
from mytorch.tensor import Tensor

__all__ = ["BatchNorm1d", "BatchNorm2d"]


class _NormBase(Module):
    """What batch norm and instance norm have in common: weight, bias and running averages, all (C,)."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        dtype = get_default_dtype()
        self.register_parameter("weight", Parameter(np.ones(num_features, dtype)) if affine else None)
        self.register_parameter("bias", Parameter(np.zeros(num_features, dtype)) if affine else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", Tensor(np.zeros(num_features, dtype)) if tracked else None)
        self.register_buffer("running_var", Tensor(np.ones(num_features, dtype)) if tracked else None)
        self.register_buffer("num_batches_tracked", Tensor(0) if tracked else None)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, per feature, which is axis 1.

    In training, mean and var are those of the batch (var is the biased one, divided by n), and
    the running averages take a step towards them:

        running = (1 - momentum) * running + momentum * batch      (var: the unbiased one, / (n-1))

    In evaluation the running averages are used. momentum=None: the plain average of all batches.
    `gamma` and `beta` are handout 002's names for weight and bias.
    (Ioffe and Szegedy 2015, algorithm 1; handout 002, section 2.4 and appendix C.)
    """

    _ndims: tuple[int, ...]  # of inputs

    @property
    def gamma(self) -> Tensor:
        return self.weight

    @gamma.setter
    def gamma(self, value: Tensor) -> None:
        self.weight = value

    @property
    def beta(self) -> Tensor:
        return self.bias

    @beta.setter
    def beta(self, value: Tensor) -> None:
        self.bias = value

    def forward(self, x: Tensor) -> Tensor:
        self._check(x)
        if not self.training and self.track_running_stats:
            return by_running_stats(x, self.running_mean, self.running_var, self.weight, self.bias, self.eps)
        count = x.numel() // self.num_features
        if self.training and count < 2:
            raise ValueError(
                f"{self!r}: cannot normalize one value per feature in training, got input of shape {x.shape}; "
                "use a larger batch, or eval()"
            )
        mean, var = batch_statistics(x.data)  # (N, C, ...) -> (C,), (C,)
        if self.training and self.track_running_stats:
            self._update_running_stats(mean, var * (count / (count - 1)))
        return BatchNorm.apply(x, self.weight, self.bias, (mean, var), self.eps)

    def _update_running_stats(self, mean: np.ndarray, unbiased_var: np.ndarray) -> None:
        tracked = self.num_batches_tracked
        tracked.data[...] += 1
        tracked.mark_changed()
        step = 1 / tracked.item() if self.momentum is None else self.momentum
        follow(self.running_mean, mean, step)
        follow(self.running_var, unbiased_var, step)

    def _check(self, x: Tensor) -> None:
        if x.ndim not in self._ndims or x.shape[1] != self.num_features:
            shapes = [f"(N, {self.num_features}{', H, W' if n == 4 else ', L' if n == 3 else ''})" for n in self._ndims]
            raise ValueError(f"{self!r}: input must have shape {' or '.join(shapes)}, got {x.shape}")


class BatchNorm1d(_BatchNorm):
    """Batch normalization of (N, C) or (N, C, L), over all axes but C: see the class above."""

    _ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalization of images (N, C, H, W), over all axes but C: see the class above."""

    _ndims = (4,)

"""BatchNorm1d and BatchNorm2d: batch normalization."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.modules.normalizations.base import ChannelNorm
from mytorch.tensor import Tensor

__all__ = ["BatchNorm1d", "BatchNorm2d"]


class _BatchNorm(ChannelNorm):
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
        """Handout 002's name for `weight`."""
        return self.weight

    @gamma.setter
    def gamma(self, value: Tensor) -> None:
        self.weight = value

    @property
    def beta(self) -> Tensor:
        """Handout 002's name for `bias`."""
        return self.bias

    @beta.setter
    def beta(self, value: Tensor) -> None:
        self.bias = value

    def forward(self, input: Tensor) -> Tensor:
        self._check(input)
        tracking = self.training and self.track_running_stats
        step = self.momentum
        if step is None:  # the plain average: the n-th batch counts 1/n
            step = 1 / (self.num_batches_tracked.item() + 1) if tracking else 0.0
        y = F.batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            step,
            self.eps,
        )
        if tracking:
            batches = self.num_batches_tracked
            batches.data[...] += 1
            batches.mark_changed()
        return y

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

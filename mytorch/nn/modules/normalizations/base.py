"""What batch norm and instance norm have in common."""

from __future__ import annotations

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.resetting import Resettable
from mytorch.tensor import Tensor

__all__ = ["ChannelNorm"]


class ChannelNorm(Resettable):
    """Weight, bias and running averages, all (C,), of a normalization per channel.

    num_features: C.  eps: added to the variance.  momentum: the step of the running averages towards
    each batch.  affine: whether there are weight (ones at first) and bias (zeros).
    track_running_stats: whether there are running averages.  bias: False leaves the bias out.
    """

    @placed
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        dtype = get_default_dtype()
        self.register_parameter("weight", Parameter(np.ones(num_features, dtype)) if affine else None)
        self.register_parameter("bias", Parameter(np.zeros(num_features, dtype)) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", Tensor(np.zeros(num_features, dtype)) if tracked else None)
        self.register_buffer("running_var", Tensor(np.ones(num_features, dtype)) if tracked else None)
        self.register_buffer("num_batches_tracked", Tensor(0) if tracked else None)

    def reset_running_stats(self) -> None:
        """The running averages as they were at first, if there are any."""
        for buffer, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
            if buffer is not None:
                buffer.data[...] = value
                buffer.mark_changed()

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

"""AdaptiveLogSoftmaxWithLoss: a softmax over very many classes, the rare ones in clusters of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mytorch.nn import functional as F
from mytorch.nn.linear import Linear
from mytorch.nn.module import Module
from mytorch.nn.modules.containers import ModuleList
from mytorch.nn.sequential import Sequential
from mytorch.ops.shapes.join import cat
from mytorch.tensor import Tensor

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class AdaptiveOutput(NamedTuple):
    """output: the log probability of each target, (N).  loss: minus its mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """The classes, sorted from the most frequent to the rarest, are cut at `cutoffs`. The head knows the first cluster
    and one number for each of the others; cluster i has a layer with in_features / div_value^i hidden features.
    (Grave et al. 2017.)

    Shapes: input (N, in_features) or (in_features), target (N) or ().
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
    ) -> None:
        super().__init__()
        cuts = list(cutoffs)
        if not cuts or cuts != sorted(set(cuts)) or cuts[0] <= 0 or cuts[-1] > n_classes - 1:
            raise ValueError(f"cutoffs must be growing ints from 1 to {n_classes - 1}, got {cutoffs}")
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cuts, n_classes]
        self.shortlist_size, self.n_clusters = cuts[0], len(cuts)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            hidden = int(in_features // div_value ** (i + 1))
            size = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(Sequential(Linear(in_features, hidden, bias=False), Linear(hidden, size, bias=False)))

    def forward(self, input_: Tensor, target_: Tensor) -> AdaptiveOutput:
        """The log probability of the targets and the loss; only the clusters that are needed are computed."""
        single = target_.ndim == 0
        input, target = (input_[None], target_[None]) if single else (input_, target_)
        classes = target.numpy()
        if len(classes) != len(input) or ((classes < 0) | (classes >= self.n_classes)).any():
            raise ValueError(f"target must hold {len(input)} classes from 0 to {self.n_classes - 1}")
        head = F.log_softmax(self.head(input), 1)
        cluster = np.searchsorted(self.cutoffs, classes, side="right")  # 0 is the head's own
        entry = np.where(cluster == 0, classes, self.shortlist_size + cluster - 1)
        output = head[np.arange(len(classes)), entry]
        for i in range(1, self.n_clusters + 1):
            rows = np.flatnonzero(cluster == i)
            if len(rows):
                inside = F.log_softmax(self.tail[i - 1](input[rows]), 1)
                part = inside[np.arange(len(rows)), classes[rows] - self.cutoffs[i - 1]]
                output = output.index_add(0, Tensor(rows), part)
        loss = (-output).mean()
        return AdaptiveOutput(output[0] if single else output, loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities of all classes, (N, n_classes)."""
        head = F.log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i, tail in enumerate(self.tail):
            parts.append(F.log_softmax(tail(input), 1) + head[:, self.shortlist_size + i, None])
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row, (N)."""
        return self.log_prob(input).argmax(1)

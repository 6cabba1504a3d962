"""Averages of weights: a model that is the mean of those that training went through (Izmailov et al. 2018), or
a moving average of them. Names and numbers are PyTorch's (torch.optim.swa_utils)."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.batchnorm import _BatchNorm
from mytorch.nn.module import Module
from mytorch.optim.lr_scheduler.base import LRScheduler, per_group
from mytorch.optim.optimizer import Optimizer
from mytorch.tensor import Tensor

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Tensor, Tensor, Any], Tensor]:
    """average, weight, count -> decay * average + (1 - decay) * weight. ValueError unless 0 <= decay <= 1."""
    _require_fraction(decay)

    def average(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        return decay * averaged + (1 - decay) * current

    return average


def get_swa_avg_fn() -> Callable[[Tensor, Tensor, Any], Tensor]:
    """average, weight, count -> average + (weight - average) / (count + 1): the mean of all of them."""

    def average(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        return averaged + (current - averaged) / (float(num_averaged) + 1)

    return average


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]:
    """As `get_ema_avg_fn`, for lists of Tensors, of which the first is changed."""
    return _in_place(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]:
    """As `get_swa_avg_fn`, for lists of Tensors, of which the first is changed."""
    return _in_place(get_swa_avg_fn())


def _in_place(average: Callable[..., Tensor]) -> Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]:
    def average_all(averaged: Sequence[Tensor], current: Sequence[Tensor], num_averaged: Any) -> None:
        with no_grad():
            for mean, weight in zip(averaged, current):
                mean.data[...] = average(mean, weight, num_averaged).data

    return average_all


def _require_fraction(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"decay must be between 0 and 1, got {decay!r}")


class AveragedModel(Module):
    """A copy of `model` whose weights are an average: call `update_parameters(model)` after each step or epoch.

    device: the CPU, or None.
    avg_fn: average, weight, count -> the new average.   multi_avg_fn: the same in place, for lists of Tensors.
        Default: the mean (`get_swa_avg_fn`). The first update copies.
    use_buffers: also average the buffers (of floats), such as running means; else they are copied, and
        `update_bn` computes those that belong to the average weights.

    module: the copy.   n_averaged: how many models the average is of. ValueError for both functions.
    """

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Callable[..., Tensor] | None = None,
        multi_avg_fn: Callable[..., None] | None = None, use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if device is not None and str(device) != "cpu":
            raise ValueError(f"AveragedModel: device must be 'cpu', the only one that MyTorch has, got {device!r}")
        if avg_fn is not None and multi_avg_fn is not None:
            raise ValueError("AveragedModel: avg_fn excludes multi_avg_fn: give one of them")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", Tensor(np.array(0)))
        self.average_all = multi_avg_fn or _in_place(avg_fn or get_swa_avg_fn())
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the weights of `model` into the average."""
        mine, theirs = list(self.module.parameters()), [p.detach() for p in model.parameters()]
        my_buffers, their_buffers = list(self.module.buffers()), list(model.buffers())
        if self.use_buffers:
            averaged = [i for i, buffer in enumerate(my_buffers) if buffer.dtype.kind == "f"]
            mine += [my_buffers[i] for i in averaged]
            theirs += [their_buffers[i] for i in averaged]
        count = int(self.n_averaged.item())
        if count == 0:
            _copy_all(mine, theirs)
        else:
            self.average_all([tensor.detach() for tensor in mine], theirs, self.n_averaged)
        kept = [i for i, buffer in enumerate(my_buffers) if not self.use_buffers or buffer.dtype.kind != "f"]
        _copy_all([my_buffers[i] for i in kept], [their_buffers[i] for i in kept])
        self.n_averaged.data[...] = count + 1


def _copy_all(to: Sequence[Tensor], of: Sequence[Tensor]) -> None:
    for one, other in zip(to, of):
        one.data[...] = other.data


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running means and variances of the batch norms in `model` anew, over all of `loader`.

    Averaged weights need it: the statistics of the copies are those of other weights. Of a batch that is a
    list or tuple the first entry is the input. The model's mode and the momenta are afterwards as before.
    """
    layers = [module for module in model.modules() if isinstance(module, _BatchNorm) and module.track_running_stats]
    momenta = [layer.momentum for layer in layers]
    if not layers:
        return
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    try:
        for layer in layers:
            for buffer, start in ((layer.running_mean, 0), (layer.running_var, 1), (layer.num_batches_tracked, 0)):
                buffer.data[...] = start
            layer.momentum = None  # the mean over all batches
        with no_grad():
            for batch in loader:
                model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    finally:
        for layer, momentum in zip(layers, momenta):
            layer.momentum = momentum
        for module, training in modes:
            module.training = training


class SWALR(LRScheduler):
    """Goes from the rates at the start to `swa_lr` in `anneal_epochs` epochs, and stays there.

    swa_lr: a number, or one per parameter group.   anneal_strategy: "cos" or "linear".
    """

    def __init__(
        self, optimizer: Optimizer, swa_lr: float | Sequence[float], anneal_epochs: int = 10,
        anneal_strategy: str = "cos", last_epoch: int = -1,
    ) -> None:  # fmt: skip
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        if not isinstance(anneal_epochs, int) or isinstance(anneal_epochs, bool) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be an int >= 0, got {anneal_epochs!r}")
        for rate, group in zip(per_group("swa_lr", swa_lr, optimizer), optimizer.param_groups):
            group["swa_lr"] = rate
        self.anneal_epochs, self.anneal_strategy = anneal_epochs, anneal_strategy
        self.first_epoch = last_epoch + 1
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        epoch = self.last_epoch - self.first_epoch
        if self.anneal_epochs == 0:
            epoch = max(1, epoch)
        before, now = self._share(epoch - 1), self._share(epoch)
        rates = []
        for group in self.optimizer.param_groups:
            # The rate that there would be without annealing: another schedule may change it meanwhile.
            rate = group["swa_lr"] if before == 1 else (group["lr"] - before * group["swa_lr"]) / (1 - before)
            rates.append(group["swa_lr"] * now + rate * (1 - now))
        return rates

    def _share(self, epoch: int) -> float:
        """How far the way to swa_lr has been gone: 0..1."""
        t = max(0.0, min(1.0, epoch / max(1, self.anneal_epochs)))
        return t if self.anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

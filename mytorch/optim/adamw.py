"""class AdamW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mytorch.optim.adam import Adam
from mytorch.optim.optimizer import require_choices

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam whose weight decay does not pass through the running averages:

        w <- w - lr * weight_decay * w,   then Adam's step from the gradient alone

    so weights with large gradients decay as fast as the others.
    (Loshchilov and Hutter 2019, "Decoupled weight decay regularization".)
    The other options are Adam's.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("AdamW", choices)
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)

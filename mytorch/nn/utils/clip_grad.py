"""Limits on the gradients, between backward() and the optimizer's step."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mytorch.tensor import Tensor

__all__ = [
    "clip_each_grad_norm_", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm",
]  # fmt: skip


def _tensors(function: str, parameters: Any) -> list[Any]:
    """The parameters as a list. A warning if they are a generator that has nothing (left) to give."""
    tensors = [parameters] if isinstance(parameters, (Tensor, np.ndarray)) else list(parameters)
    if not tensors and isinstance(parameters, Iterator):
        warnings.warn(f"{function}: parameters is an empty or used-up generator, so nothing is clipped", stacklevel=3)
    return tensors


def _gradients(function: str, tensors: list[Any]) -> list[Tensor]:
    """The gradients that there are. An array, such as `p.grad.data`, is one itself: it is clipped in place."""
    for tensor in tensors:
        if not isinstance(tensor, (Tensor, np.ndarray)):
            raise TypeError(f"{function}: parameters must be Tensors, got {type(tensor).__name__}")
    gradients = [Tensor(tensor) if isinstance(tensor, np.ndarray) else tensor.grad for tensor in tensors]
    return [gradient for gradient in gradients if gradient is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Shrink all gradients by one factor, so that the norm of all their elements together is at most
    max_norm; they keep their direction. (Pascanu, Mikolov and Bengio 2013.)

    norm_type: the p of the norm, or inf. Returns the norm as it was. error_if_nonfinite: RuntimeError,
    and nothing changed, if that is nan or inf. foreach chooses among PyTorch's implementations; here it has no effect.
    """
    if not norm_type > 0:
        raise ValueError(f"clip_grad_norm_: norm_type must be positive, got {norm_type}")
    gradients = _gradients("clip_grad_norm_", _tensors("clip_grad_norm_", parameters))
    if not gradients:
        return Tensor(0.0)
    total = get_total_norm(gradients, norm_type)
    if error_if_nonfinite and not np.isfinite(total.data):
        raise RuntimeError(f"clip_grad_norm_: the norm of the gradients is {total.item()}, they cannot be clipped")
    _shrink(gradients, max_norm, total)
    return total


def get_total_norm(
    tensors: Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of the tensors together. error_if_nonfinite: RuntimeError if it is nan or inf."""
    given = list(tensors)
    if not given:
        return Tensor(0.0)
    norms = [np.linalg.norm(tensor.data.reshape(-1), norm_type) for tensor in given]
    total = np.linalg.norm(np.array(norms), norm_type)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(f"get_total_norm: the norm is {total}")
    return Tensor(np.asarray(total, dtype=given[0].dtype))


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """The second half of `clip_grad_norm_`, for a norm that is known."""
    _shrink(_gradients("clip_grads_with_norm_", _tensors("clip_grads_with_norm_", parameters)), max_norm, total_norm)


def _shrink(gradients: list[Tensor], max_norm: float, total: Tensor) -> None:
    factor = np.minimum(1.0, max_norm / (total.data + 1e-6))  # 1e-6 as in PyTorch, against a norm of 0
    with np.errstate(invalid="ignore"):  # an infinite norm makes nan of the infinite elements
        for gradient in gradients:
            gradient.data *= gradient.dtype.type(factor)  # `data *=` also notes the change


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Hold every element of the gradients between -clip_value and clip_value."""
    for gradient in _gradients("clip_grad_value_", _tensors("clip_grad_value_", parameters)):
        np.clip(gradient.data, -clip_value, clip_value, out=gradient.data)
        gradient.mark_changed()


def clip_each_grad_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0
) -> list[float | None]:
    """Shrink each parameter's gradient by a factor of its own, so that its norm is at most max_norm.
    So clips the SGD of homework layers. The step as a whole changes its direction, unlike with `clip_grad_norm_`.

    norm_type: the p of the norm, or inf. Returns the norms as they were, None where there is no gradient.
    A gradient whose norm is nan or inf has no direction to keep: RuntimeError, and nothing changed.
    """
    if not norm_type > 0:
        raise ValueError(f"clip_each_grad_norm_: norm_type must be positive, got {norm_type}")
    if not max_norm >= 0:
        raise ValueError(f"clip_each_grad_norm_: max_norm must be at least 0, got {max_norm}")
    tensors = _tensors("clip_each_grad_norm_", parameters)
    gradients = _gradients("clip_each_grad_norm_", tensors)
    norms = [float(np.linalg.norm(gradient.data.reshape(-1), norm_type)) for gradient in gradients]
    for gradient, norm in zip(gradients, norms):
        if not np.isfinite(norm):
            raise RuntimeError(
                f"clip_each_grad_norm_: the norm of the gradient of shape {gradient.shape} is {norm}, it cannot be "
                "clipped"
            )
    for gradient, norm in zip(gradients, norms):
        if norm > max_norm:
            gradient.data *= gradient.dtype.type(max_norm / norm)  # `data *=` also notes the change
    found = iter(norms)
    return [next(found) if isinstance(t, np.ndarray) or t.grad is not None else None for t in tensors]

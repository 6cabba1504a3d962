"""Pruning: weights that are small, or chosen by chance, become 0 and stay it.

prune.l1_unstructured(layer, "weight", amount=0.3)      # weight = weight_orig * weight_mask
prune.remove(layer, "weight")                           # a plain parameter again, with its zeros
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.module import Module, Parameter
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = [
    "L1Unstructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
    "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove",
]  # fmt: skip

_HOOKS = "_pruned"  # an attribute of the module: name -> handle of the hook that computes it


class RandomUnstructured:
    """The method of `global_unstructured` that chooses by chance."""


class L1Unstructured:
    """The method of `global_unstructured` that chooses the smallest absolute values."""


def _count(amount: float, size: int) -> int:
    """How many of `size` things `amount` means: a fraction, rounded, or an int, their number."""
    if isinstance(amount, bool) or not isinstance(amount, (int, float)) or amount < 0:
        raise ValueError(f"prune: amount must be a fraction from 0 to 1 or a number of elements, got {amount!r}")
    if isinstance(amount, float):
        if amount > 1:
            raise ValueError(f"prune: amount as a fraction must be from 0 to 1, got {amount}")
        return round(amount * size)
    if amount > size:
        raise ValueError(f"prune: amount must be at most the {size} that there are, got {amount}")
    return amount


def _parts(module: Any, name: str) -> tuple[Any, np.ndarray]:
    """The trained tensor behind `name`, and the mask that it has (ones if it has none)."""
    if name in module.__dict__.get(_HOOKS, {}):
        return getattr(module, f"{name}_orig"), getattr(module, f"{name}_mask").data
    original = module._parameters.get(name)
    if original is None:
        raise ValueError(f"prune: {type(module).__name__} has no parameter {name!r}")
    return original, np.ones(original.shape, original.dtype)


def _set_mask(module: Any, name: str, original: Any, mask: np.ndarray) -> Any:
    hooks = module.__dict__.setdefault(_HOOKS, {})
    if name in hooks:
        getattr(module, f"{name}_mask").copy_(Tensor(mask))
    else:
        delattr(module, name)
        module.register_parameter(f"{name}_orig", original)
        module.register_buffer(f"{name}_mask", Tensor(mask))
        hooks[name] = module.register_forward_pre_hook(lambda changed, args: _compute(changed, name))
    _compute(module, name)
    return module


def _compute(module: Any, name: str) -> None:
    setattr(module, name, getattr(module, f"{name}_mask") * getattr(module, f"{name}_orig"))


def _smallest(scores: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    """`mask` with 0 at the smallest scores among those that it still has."""
    kept = np.flatnonzero(mask)
    chosen = kept[np.argsort(scores.reshape(-1)[kept], kind="stable")[: _count(amount, len(kept))]]
    result = mask.copy()
    result.reshape(-1)[chosen] = 0
    return result


def identity(module: Module, name: str) -> Module:
    """Prepare `name` for pruning, and prune nothing."""
    original, mask = _parts(module, name)
    return _set_mask(module, name, original, mask)


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune `amount` (a fraction, or a number) of the elements, by chance."""
    original, mask = _parts(module, name)
    return _set_mask(module, name, original, _smallest(default_generator().random(mask.shape), mask, amount))


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Any = None) -> Module:
    """Prune `amount` (a fraction, or a number) of the elements: those of the smallest absolute values, or scores."""
    original, mask = _parts(module, name)
    scores = np.abs((original if importance_scores is None else importance_scores).data)
    return _set_mask(module, name, original, _smallest(scores, mask, amount))


def _structured(module: Any, name: str, amount: float, dim: int, scores: Any) -> Any:
    original, mask = _parts(module, name)
    others = tuple([axis for axis in range(mask.ndim) if axis != dim % mask.ndim])
    slices = _smallest(scores(original.data, others), mask.any(others).astype(mask.dtype), amount)
    shape = [1] * mask.ndim
    shape[dim] = -1
    return _set_mask(module, name, original, mask * slices.reshape(shape))


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune `amount` (a fraction, or a number) of the slices along `dim`, by chance."""
    return _structured(module, name, amount, dim, lambda w, others: default_generator().random(w.shape[dim]))


def ln_structured(module: Module, name: str, amount: float, n: float, dim: int) -> Module:
    """Prune `amount` (a fraction, or a number) of the slices along `dim`: those with the smallest n-norms."""

    def norms(w: np.ndarray, others: tuple[int, ...]) -> np.ndarray:
        rows = np.moveaxis(w, dim, 0).reshape(w.shape[dim], -1)
        return np.linalg.norm(rows, n, axis=1)

    return _structured(module, name, amount, dim, norms)


def custom_from_mask(module: Module, name: str, mask: Any) -> Module:
    """Prune the elements where `mask` is 0."""
    original, before = _parts(module, name)
    given = np.asarray(mask.data if isinstance(mask, Tensor) else mask)
    if given.shape != before.shape:
        raise ValueError(f"custom_from_mask: mask must have shape {before.shape}, got {given.shape}")
    return _set_mask(module, name, original, before * (given != 0))


def global_unstructured(
    parameters: Iterable[tuple[Module, str]], pruning_method: type, importance_scores: Any = None, **kwargs: Any
) -> None:
    """Prune `amount` of the elements of several tensors, (module, name), taken together. pruning_method:
    L1Unstructured or RandomUnstructured."""
    pairs = list(parameters)
    parts = [_parts(module, name) for module, name in pairs]
    if pruning_method is L1Unstructured:
        given = importance_scores or {}
        scores = [np.abs(given.get(pair, original).data).reshape(-1) for pair, (original, _) in zip(pairs, parts)]
    elif pruning_method is RandomUnstructured:
        scores = [default_generator().random(mask.size) for _, mask in parts]
    else:
        raise TypeError(f"global_unstructured: pruning_method must be L1Unstructured or RandomUnstructured, "
                        f"got {pruning_method!r}")  # fmt: skip
    together = np.concatenate([mask.reshape(-1) for _, mask in parts])
    pruned = _smallest(np.concatenate(scores), together, kwargs["amount"])
    ends = np.cumsum([mask.size for _, mask in parts])[:-1]
    for (module, name), (original, mask), new in zip(pairs, parts, np.split(pruned, ends)):
        _set_mask(module, name, original, new.reshape(mask.shape))


def remove(module: Any, name: str) -> Any:
    """Make `name` a plain parameter again: the zeros stay in it, and are trained from now on."""
    hooks = module.__dict__.get(_HOOKS, {})
    if name not in hooks:
        raise ValueError(f"remove: {name!r} of {type(module).__name__} has not been pruned")
    original, mask = _parts(module, name)
    hooks.pop(name).remove()
    with no_grad():
        original.data[...] = original.data * mask
    delattr(module, f"{name}_orig")
    delattr(module, f"{name}_mask")
    module.__dict__.pop(name, None)
    assert isinstance(original, Parameter)
    module.register_parameter(name, original)
    return module


def is_pruned(module: Module) -> bool:
    """Whether anything in `module` is pruned."""
    return any(part.__dict__.get(_HOOKS) for part in module.modules())

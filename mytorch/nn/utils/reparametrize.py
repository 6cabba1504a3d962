"""The older weight_norm and spectral_norm: the weight is computed before every forward, by a hook.

Their parameters are called weight_g and weight_v, or weight_orig, as in the files of weights of older models. New
programs take those of `nn.utils.parametrizations`.
"""

from __future__ import annotations

from typing import Any

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.module import Module, Parameter
from mytorch.nn.utils.parametrizations import norm_except
from mytorch.ops.losses.distance import normalize
from mytorch.ops.matrices.products import dot, mv
from mytorch.ops.shapes.transpose import movedim, transpose
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"]

_HOOKS = "_reparametrizations"  # an attribute of the module: (kind, name) -> (handle, hook)


class _WeightNormHook:
    """weight = g v / |v|"""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, dim

    def compute(self, module: Any) -> Tensor:
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return v * (g / norm_except(v, self.dim))

    def __call__(self, module: Any, args: Any) -> None:
        setattr(module, self.name, self.compute(module))


class _SpectralNormHook:
    """weight = weight_orig / its largest singular value"""

    def __init__(self, name: str, steps: int, dim: int, eps: float) -> None:
        self.name, self.steps, self.dim, self.eps = name, steps, dim, eps

    def matrix(self, weight: Any) -> Any:
        return movedim(weight, self.dim, 0).reshape(weight.shape[self.dim], -1)

    def compute(self, module: Any, steps: int) -> Any:
        weight = getattr(module, f"{self.name}_orig")
        matrix = self.matrix(weight)
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        with no_grad():
            for _ in range(steps):
                v.copy_(normalize(mv(transpose(matrix, 0, 1), u), dim=0, eps=self.eps))
                u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
        return weight / dot(u.clone(), mv(matrix, v.clone()))

    def __call__(self, module: Any, args: Any) -> None:
        setattr(module, self.name, self.compute(module, self.steps if module.training else 0))


def _install(kind: str, module: Module, name: str, hook: Any) -> Module:
    hooks = module.__dict__.setdefault(_HOOKS, {})
    if (kind, name) in hooks:
        raise RuntimeError(f"{kind}: {name!r} of {type(module).__name__} has one already")
    hooks[kind, name] = module.register_forward_pre_hook(hook), hook
    return module


def _take_weight(kind: str, module: Module, name: str) -> Any:
    weight = module._parameters.get(name)
    if weight is None:
        raise ValueError(f"{kind}: {type(module).__name__} has no parameter {name!r}")
    delattr(module, name)
    return weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Make length and direction of `name` parameters of their own, name_g and name_v. Returns the module."""
    weight = _take_weight("weight_norm", module, name)
    hook = _WeightNormHook(name, dim)
    with no_grad():
        length = norm_except(weight, dim)
    module.register_parameter(f"{name}_g", Parameter(length.data.copy()))
    module.register_parameter(f"{name}_v", Parameter(weight.data.copy()))
    setattr(module, name, hook.compute(module))
    return _install("weight_norm", module, name, hook)


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide `name` by its largest singular value before every forward; name_orig is trained. Returns the module."""
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    weight = _take_weight("spectral_norm", module, name)
    hook = _SpectralNormHook(name, n_power_iterations, dim, eps)
    module.register_parameter(f"{name}_orig", weight)
    for suffix, size in zip("uv", hook.matrix(weight.detach()).shape):
        start = Tensor(default_generator().standard_normal(size).astype(weight.dtype))
        module.register_buffer(f"{name}_{suffix}", normalize(start, dim=0, eps=eps))
    setattr(module, name, weight.detach())  # computed before the first forward
    return _install("spectral_norm", module, name, hook)


def _remove(kind: str, module: Any, name: str, suffixes: str) -> Module:
    hooks = module.__dict__.get(_HOOKS, {})
    if (kind, name) not in hooks:
        raise ValueError(f"remove_{kind}: {name!r} of {type(module).__name__} has none")
    handle, hook = hooks.pop((kind, name))
    with no_grad():
        value = hook.compute(module) if kind == "weight_norm" else hook.compute(module, 0)
    handle.remove()
    for suffix in suffixes.split():
        delattr(module, f"{name}_{suffix}")
    module.__dict__.pop(name, None)
    module.register_parameter(name, Parameter(value.detach().data.copy()))
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make `name` a plain parameter again, with the value that it has."""
    return _remove("weight_norm", module, name, "g v")


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make `name` a plain parameter again, with the value that it has."""
    return _remove("spectral_norm", module, name, "orig u v")

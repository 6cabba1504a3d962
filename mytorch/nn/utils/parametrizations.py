"""weight_norm, spectral_norm and orthogonal as parametrizations of a layer's weight, see `parametrize`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.grad_mode import no_grad
from mytorch.nn.module import Module
from mytorch.nn.utils.parametrize import register_parametrization
from mytorch.ops.losses.distance import normalize
from mytorch.ops.matrices.decompositions import solve
from mytorch.ops.matrices.further import matrix_exp
from mytorch.ops.matrices.products import dot, mv
from mytorch.ops.matrices.qr_eigh import qr
from mytorch.ops.reductions.norms import vector_norm
from mytorch.ops.shapes.transpose import movedim, transpose
from mytorch.ops.windows.padding import pad
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def norm_except(weight: Any, dim: int | None) -> Any:
    """The 2-norms of the slices along `dim`, in a shape that divides `weight`; with None or -1 one norm of all."""
    if dim is None or dim == -1:
        return vector_norm(weight)
    others = tuple([axis for axis in range(weight.ndim) if axis != dim % weight.ndim])
    return vector_norm(weight, dim=others, keepdim=True)


class _WeightNorm(Module):
    """weight = g v / |v|, with one length g per slice along `dim`. (Salimans and Kingma 2016.)"""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Length and direction of the weight become parameters of their own, original0 and original1."""
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(Module):
    """weight / its largest singular value, by steps of the power method in training. (Miyato et al. 2018.)"""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if n_power_iterations <= 0:
            raise ValueError(f"spectral_norm: n_power_iterations must be positive, got {n_power_iterations}")
        self.dim, self.eps, self.n_power_iterations = dim % weight.ndim, eps, n_power_iterations
        if weight.ndim > 1:
            rows = self._matrix(weight).shape
            for name, size in zip(("_u", "_v"), rows):
                start = Tensor(default_generator().standard_normal(size).astype(weight.dtype))
                self.register_buffer(name, normalize(start, dim=0, eps=eps))
            self._iterate(self._matrix(weight), 15)

    def _matrix(self, weight: Any) -> Any:
        return movedim(weight, self.dim, 0).reshape(weight.shape[self.dim], -1)

    def _iterate(self, matrix: Any, times: int) -> None:
        with no_grad():
            for _ in range(times):
                self._u.copy_(normalize(mv(matrix, self._v), dim=0, eps=self.eps))
                self._v.copy_(normalize(mv(transpose(matrix, 0, 1), self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = self._matrix(weight)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next step changes them in place
        return weight / dot(u, mv(matrix, v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide the weight by its largest singular value. dim: the axis of the outputs, by default 0, of transposed
    convolutions 1."""
    weight = getattr(module, name)
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


class _Orthogonal(Module):
    """An orthogonal matrix from any matrix X: base times e^A, or Cayley's (I + A/2)(I - A/2)^-1, where
    A = tril(X) - tril(X)^T and the base is the orthogonal matrix that training started from. (Lezcano-Casado 2019.)"""

    def __init__(self, weight: Tensor, orthogonal_map: str) -> None:
        super().__init__()
        self.map = orthogonal_map
        self.wide = weight.shape[-2] < weight.shape[-1]
        self.register_buffer("base", None)

    def _tall(self, x: Any) -> Any:
        return transpose(x, -1, -2) if self.wide else x

    def forward(self, X: Any) -> Any:
        x = self._tall(X)
        n, k = x.shape[-2:]
        lower = pad(x.tril(-1), (0, n - k))
        a = lower - transpose(lower, -1, -2)
        if self.map == "matrix_exp":
            q = matrix_exp(a)
        else:
            eye = Tensor(np.eye(n, dtype=x.dtype))
            q = solve(eye - a / 2, eye + a / 2)
        return self._tall((self.base @ q)[..., :k])

    def right_inverse(self, value: Any) -> Any:
        q, r = qr(self._tall(value), "complete")
        diagonal = np.diagonal(r.data, 0, -2, -1)
        base = q.data.copy()
        base[..., :, : diagonal.shape[-1]] *= np.where(diagonal < 0, -1, 1)[..., None, :]
        self.base = Tensor(base)
        return value * 0


def orthogonal(module: Module, name: str = "weight", orthogonal_map: str | None = None) -> Module:
    """Keep the weight orthogonal (its columns, or rows, of length 1 and at right angles)."""
    kind = "matrix_exp" if orthogonal_map is None else orthogonal_map
    if kind not in ("matrix_exp", "cayley"):
        raise NotImplementedError(f"orthogonal: orthogonal_map must be 'matrix_exp' or 'cayley', got {kind!r}")
    return register_parametrization(module, name, _Orthogonal(getattr(module, name), kind))

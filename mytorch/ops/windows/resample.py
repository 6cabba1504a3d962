"""Images and signals in other sizes: interpolate, and pixel_shuffle.

Interpolation is done one axis after the other. Along an axis every output element is one input
element ("nearest"), lies between two of them (linear) or among four (cubic), which `PickAlong` picks, or is
the mean of several ("area").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.arithmetic import Add, Mul
from mytorch.ops.indexing.slices import PickAlong
from mytorch.ops.shapes.reshape import Reshape
from mytorch.ops.shapes.transpose import Permute
from mytorch.ops.windows.adaptive_pooling import MeanAlong, window_spans

__all__ = [
    "interpolate", "pixel_shuffle", "pixel_unshuffle", "upsample", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip


# How many axes a mode resizes.
_AXES = {
    "nearest": (1, 2, 3),
    "nearest-exact": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "trilinear": (3,),
    "bicubic": (2,),
    "area": (1, 2, 3),
}
_NOT_INTERPOLATED = ("nearest", "nearest-exact", "area")  # these have no fractions, so align_corners means nothing


def interpolate(
    input: T,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> T:
    """`input` (N, C, L), (N, C, H, W) or (N, C, D, H, W) with its last 1, 2 or 3 axes in another size:
    either `size`, or floor(scale_factor * old size). Both are one number, or one per axis.

    mode: "nearest" (also "nearest-exact", which rounds as other libraries do); "linear" for one
        axis, "bilinear" for two, "trilinear" for three: weighted means of neighbouring elements;
        "bicubic" for two: a cubic curve through four neighbours, which may overshoot (Keys 1981, a = -0.75);
        "area": means of windows, as `adaptive_avg_pool2d`.
    align_corners: (linear and cubic modes) True: first and last elements fall on first and last elements.
        False or None: pixels are squares, and the outer edges fall on the outer edges.
    recompute_scale_factor: True: use new size / old size instead of the given scale_factor, which
        differs from it where the size was rounded.
    antialias: must be False; where True is asked for, NotImplementedError.
    """
    require_tensor("interpolate", "input", input)
    if antialias:
        raise NotImplementedError("interpolate: antialias=True is not supported; mode='area' averages when it shrinks")
    if mode not in _AXES:
        raise ValueError(f"interpolate: mode must be one of {', '.join(map(repr, _AXES))}, got {mode!r}")
    shape = input.data.shape
    axes = len(shape) - 2
    if axes not in _AXES[mode] or 0 in shape[1:]:
        wanted = " or ".join(str(n) for n in _AXES[mode])
        raise ValueError(
            f"interpolate: mode {mode!r} needs an input (N, C, ...) with {wanted} non-empty axes after C, got {shape}"
        )
    if mode in _NOT_INTERPOLATED and align_corners is not None:
        raise ValueError(f"interpolate: align_corners has no meaning for mode {mode!r}, got {align_corners!r}")
    sizes, factors = _target(shape[2:], size, scale_factor)
    if recompute_scale_factor:
        if scale_factor is None:
            raise ValueError("interpolate: recompute_scale_factor=True needs scale_factor, not size")
        factors = [None] * axes
    for axis, (new, factor) in enumerate(zip(sizes, factors), start=2):
        old = shape[axis]
        if mode.startswith("nearest"):
            input = PickAlong.apply(input, (_nearest(old, new, factor, mode == "nearest-exact"),), axis)
        elif mode == "area":
            input = MeanAlong.apply(input, window_spans(old, new), axis)
        elif mode == "bicubic":
            input = _cubic(input, axis, _positions(old, new, factor, bool(align_corners)))
        else:
            # What lies outside the first and last elements is as they are.
            positions = np.clip(_positions(old, new, factor, bool(align_corners)), 0, old - 1)
            input = _linear(input, axis, positions)
    return input


def _target(old: tuple[int, ...], size: Any, scale_factor: Any) -> tuple[list[int], list[float | None]]:
    """(new sizes, factors that the user gave or None), one per axis."""
    if (size is None) == (scale_factor is None):
        raise ValueError(f"interpolate: give either size or scale_factor, got size={size!r}, {scale_factor=!r}")
    name, given = ("size", size) if scale_factor is None else ("scale_factor", scale_factor)
    values = list(given) if isinstance(given, (tuple, list)) else [given] * len(old)
    kinds: Any = (int, np.integer) if scale_factor is None else (int, float, np.number)
    if len(values) != len(old) or not all(isinstance(v, kinds) and v > 0 for v in values):
        kind = "an int" if scale_factor is None else "a number"
        raise ValueError(f"interpolate: {name} must be {kind} above 0, or {len(old)} of them, got {given!r}")
    if scale_factor is None:
        return [int(v) for v in values], [None] * len(old)
    sizes = [int(np.floor(n * float(v))) for n, v in zip(old, values)]
    if 0 in sizes:
        raise ValueError(f"interpolate: scale_factor {scale_factor!r} leaves nothing of the sizes {old}")
    return sizes, [float(v) for v in values]


def _nearest(old: int, new: int, factor: float | None, exact: bool) -> np.ndarray:
    """Which input element is nearest to each output element; in float32, so that ties fall as in PyTorch."""
    step = np.float32(old / new if factor is None else 1 / factor)
    outputs = np.arange(new, dtype=np.float32)
    found = np.floor((outputs + np.float32(0.5)) * step if exact else outputs * step)
    return np.minimum(found.astype(np.int64), old - 1)


def _positions(old: int, new: int, factor: float | None, align_corners: bool) -> np.ndarray:
    """Where each output element lies among the input elements 0 .. old - 1: fractions, a little outside at the ends."""
    if align_corners:
        return np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    step = old / new if factor is None else 1 / factor
    return (np.arange(new) + 0.5) * step - 0.5


def _linear(x: Any, axis: int, positions: np.ndarray) -> Any:
    """x at fractions: (1 - t) * x[left] + t * x[left + 1] along `axis`."""
    size = x.data.shape[axis]
    left = np.minimum(positions.astype(np.int64), size - 1)
    right = np.minimum(left + 1, size - 1)
    shape = (-1,) + (1,) * (x.data.ndim - axis - 1)
    t = (positions - left).reshape(shape).astype(x.data.dtype)
    from_left = Mul.apply(PickAlong.apply(x, (left,), axis), x.new_tensor(1 - t))
    return Add.apply(from_left, Mul.apply(PickAlong.apply(x, (right,), axis), x.new_tensor(t)))


def _cubic(x: Any, axis: int, positions: np.ndarray) -> Any:
    """x at fractions: the sum of its four neighbours, each times the cubic kernel at its distance, along `axis`.
    Neighbours that do not exist are as the first and the last element."""
    left = np.floor(positions).astype(np.int64)
    shape = (-1,) + (1,) * (x.data.ndim - axis - 1)
    total = None
    for offset in (-1, 0, 1, 2):
        weights = _cubic_kernel(np.abs(positions - (left + offset))).reshape(shape).astype(x.data.dtype)
        neighbours = PickAlong.apply(x, (np.clip(left + offset, 0, x.data.shape[axis] - 1),), axis)
        part = Mul.apply(neighbours, x.new_tensor(weights))
        total = part if total is None else Add.apply(total, part)
    return total


def _cubic_kernel(distance: np.ndarray, a: float = -0.75) -> np.ndarray:
    """(a+2) d^3 - (a+3) d^2 + 1 up to distance 1, a d^3 - 5a d^2 + 8a d - 4a up to 2. (Keys 1981, equation 15.)"""
    d = distance
    return np.where(d <= 1, ((a + 2) * d - (a + 3)) * d * d + 1, (((d - 5) * d + 8) * d - 4) * a)


def pixel_shuffle(input: T, upscale_factor: int) -> T:
    """(..., C*r*r, H, W) -> (..., C, H*r, W*r): each r*r channels become a square of r by r pixels.

    (Shi et al. 2016, section 2.2.)"""
    *batch, channels, height, width = _image_shape("pixel_shuffle", input)
    r = _factor("pixel_shuffle", "upscale_factor", upscale_factor)
    if channels % (r * r):
        raise ValueError(f"pixel_shuffle: upscale_factor {r} needs a multiple of {r * r} channels, got {channels}")
    n = len(batch)
    squares = Reshape.apply(input, (*batch, channels // r**2, r, r, height, width))
    order = (*range(n), n, n + 3, n + 1, n + 4, n + 2)  # (..., C, H, r, W, r)
    return Reshape.apply(Permute.apply(squares, order), (*batch, channels // r**2, height * r, width * r))


def pixel_unshuffle(input: T, downscale_factor: int) -> T:
    """(..., C, H*r, W*r) -> (..., C*r*r, H, W): the inverse of `pixel_shuffle`."""
    *batch, channels, height, width = _image_shape("pixel_unshuffle", input)
    r = _factor("pixel_unshuffle", "downscale_factor", downscale_factor)
    if height % r or width % r:
        raise ValueError(f"pixel_unshuffle: downscale_factor {r} must divide the sizes {height} and {width}")
    n = len(batch)
    squares = Reshape.apply(input, (*batch, channels, height // r, r, width // r, r))
    order = (*range(n), n, n + 2, n + 4, n + 1, n + 3)  # (..., C, r, r, H, W)
    return Reshape.apply(Permute.apply(squares, order), (*batch, channels * r**2, height // r, width // r))


def _image_shape(function: str, input: Any) -> tuple[int, ...]:
    require_tensor(function, "input", input)
    if input.data.ndim < 3:
        raise ValueError(f"{function}: input must have shape (..., C, H, W), got {input.data.shape}")
    return input.data.shape


def _factor(function: str, name: str, value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{function}: {name} must be a positive int, got {value!r}")
    return value


# ------------------------------------------------------------------ PyTorch's older names


def upsample(
    input: T, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> T:
    """`interpolate`"""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: T, size: Any = None, scale_factor: Any = None) -> T:
    """`interpolate` with mode "nearest"."""
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: T, size: Any = None, scale_factor: Any = None) -> T:
    """`interpolate` with mode "bilinear" and align_corners."""
    return interpolate(input, size, scale_factor, "bilinear", True)

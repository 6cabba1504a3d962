"""Padding, interpolation, pixel_shuffle, adaptive pooling, unfold and fold."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case

PADS = {  # shape, pad, and NumPy's widths where np.pad can do the same
    "1d": ((2, 3, 4), (2, 1), ((0, 0), (0, 0), (2, 1))),
    "1d_unbatched": ((3, 4), (0, 3), ((0, 0), (0, 3))),
    "1d_cropped": ((2, 2, 4), (-1, 2), None),
    "2d": ((1, 2, 3, 4), (1, 2, 0, 2), ((0, 0), (0, 0), (0, 2), (1, 2))),
    "2d_cropped": ((2, 3, 4), (2, -1, -1, 1), None),
    "3d": ((1, 1, 2, 2, 3), (1, 0, 1, 1, 0, 1), ((0, 0), (0, 0), (0, 1), (1, 1), (1, 0))),
    "of_one": ((1, 2, 1), (0, 0), ((0, 0),) * 3),
}
NUMPY_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def _pad_cases() -> list[Case]:
    cases = []
    for situation, (shape, pad, widths) in PADS.items():
        for mode, numpy_mode in NUMPY_MODES.items():
            reference = None if widths is None else lambda a, w=widths, m=numpy_mode: np.pad(a, w, m)
            cases.append(
                Case(f"pad_{mode}_{situation}", lambda F, a, p=pad, m=mode: F.pad(a, p, m), (shape,), reference)
            )
    return cases


INTERPOLATIONS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "nearest_up": ((2, 1, 3), {"size": 7}),
    "nearest_down": ((1, 2, 5), {"size": 3}),
    "nearest_2d": ((1, 2, 2, 3), {"scale_factor": 2}),
    "nearest_2d_uneven": ((1, 1, 3, 4), {"scale_factor": (1.5, 0.6)}),
    "nearest_3d": ((1, 1, 2, 2, 3), {"size": (3, 2, 4)}),
    "nearest_exact": ((1, 2, 5), {"size": 3, "mode": "nearest-exact"}),
    "linear_up": ((2, 1, 3), {"size": 7, "mode": "linear"}),
    "linear_down": ((1, 2, 7), {"size": 3, "mode": "linear"}),
    "linear_corners": ((1, 2, 3), {"size": 5, "mode": "linear", "align_corners": True}),
    "linear_from_one": ((1, 2, 1), {"size": 4, "mode": "linear"}),
    "linear_to_one": ((1, 2, 4), {"size": 1, "mode": "linear", "align_corners": True}),
    "bilinear": ((1, 2, 3, 2), {"size": (5, 3), "mode": "bilinear"}),
    "bicubic_up": ((1, 2, 3, 2), {"size": (5, 3), "mode": "bicubic"}),
    "bicubic_down": ((1, 1, 5, 4), {"size": 2, "mode": "bicubic"}),
    "bicubic_corners": ((1, 1, 3, 4), {"size": (5, 2), "mode": "bicubic", "align_corners": True}),
    "bicubic_factor": ((1, 1, 3, 4), {"scale_factor": 1.7, "mode": "bicubic"}),
    "area_1d": ((1, 2, 5), {"size": 3, "mode": "area"}),
    "area_2d": ((1, 2, 3, 5), {"size": (2, 7), "mode": "area"}),
    "area_factor": ((1, 1, 4, 6), {"scale_factor": 0.5, "mode": "area"}),
    "bilinear_corners": ((1, 1, 3, 2), {"size": 4, "mode": "bilinear", "align_corners": True}),
    "bilinear_factor": ((1, 1, 3, 4), {"scale_factor": 1.7, "mode": "bilinear"}),
    "bilinear_recomputed": (
        (1, 1, 3, 4),
        {"scale_factor": 1.7, "mode": "bilinear", "recompute_scale_factor": True},
    ),
    "trilinear": ((1, 1, 2, 2, 2), {"size": (3, 2, 3), "mode": "trilinear"}),
}

ADAPTIVE = {  # shape, output_size
    "even": ((1, 2, 4, 6), (2, 3)),
    "overlapping": ((2, 1, 5, 7), (2, 3)),
    "unbatched": ((2, 5, 3), 2),
    "global": ((1, 2, 3, 3), 1),
    "kept": ((1, 1, 3, 4), (None, 2)),
    "larger": ((1, 1, 2, 3), (3, 4)),
}

UNFOLDS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "plain": ((1, 2, 3, 4), {"kernel_size": 2}),
    "all_options": ((2, 1, 4, 5), {"kernel_size": (2, 3), "dilation": (2, 1), "padding": (1, 2), "stride": (1, 2)}),
    "unbatched": ((2, 3, 3), {"kernel_size": (1, 2), "padding": (0, 1)}),
}


def _first(result: Any) -> Any:
    """torch.adaptive_max_pool1d always returns indices too."""
    return result[0] if isinstance(result, tuple) else result


def _numpy_unfold(a: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(a, (2, 2), axis=(2, 3))  # (N, C, OH, OW, 2, 2)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(a.shape[0], a.shape[1] * 4, -1)


def _fold_after_unfold(F: Any, a: Any, options: dict[str, Any]) -> Any:
    columns = F.unfold(a, **options)
    return F.fold(columns * columns, a.shape[-2:], **options)


CASES = [
    *_pad_cases(),
    Case(
        "pad_value", lambda F, a: F.pad(a, (1, 2), value=2.5), ((2, 3),),
        lambda a: np.pad(a, ((0, 0), (1, 2)), constant_values=2.5),
    ),
    Case("pad_constant_zero_wide", lambda F, a: F.pad(a, (1, 1)), ((3, 0),), lambda a: np.zeros((3, 2))),
    Case("pad_constant_empty_batch", lambda F, a: F.pad(a, (1, 1), "reflect"), ((0, 2, 3),),
         lambda a: np.zeros((0, 2, 5))),
    Case("pad_of_transposed", lambda F, a: F.pad(a.transpose(0, 1), (2, 2), "reflect"), ((4, 3),)),
    *[
        Case(f"interpolate_{name}", lambda F, a, o=options: F.interpolate(a, **o), (shape,))
        for name, (shape, options) in INTERPOLATIONS.items()
    ],
    Case("interpolate_doubled", lambda F, a: F.interpolate(a, scale_factor=2), ((1, 1, 2, 3),),
         lambda a: a.repeat(2, axis=2).repeat(2, axis=3)),
    Case("pixel_shuffle", lambda F, a: F.pixel_shuffle(a, 2), ((2, 8, 2, 3),)),
    Case("pixel_unshuffle", lambda F, a: F.pixel_unshuffle(a, 2), ((1, 2, 4, 6),)),
    *[
        Case(f"adaptive_avg_pool2d_{name}", lambda F, a, s=size: F.adaptive_avg_pool2d(a, s), (shape,))
        for name, (shape, size) in ADAPTIVE.items()
    ],
    *[
        Case(f"adaptive_max_pool2d_{name}", lambda F, a, s=size: F.adaptive_max_pool2d(a, s), (shape,), distinct=True)
        for name, (shape, size) in ADAPTIVE.items()
    ],
    Case("adaptive_avg_pool2d_of_all", lambda F, a: F.adaptive_avg_pool2d(a, 1), ((2, 2, 3, 4),),
         lambda a: a.mean((2, 3), keepdims=True)),
    Case("adaptive_avg_pool1d", lambda F, a: F.adaptive_avg_pool1d(a, 3), ((2, 2, 7),)),
    Case("adaptive_max_pool1d", lambda F, a: _first(F.adaptive_max_pool1d(a, 3)), ((2, 2, 7),), distinct=True),
    Case("unfold_2x2", lambda F, a: F.unfold(a, 2), ((2, 2, 3, 4),), _numpy_unfold),
    *[
        Case(f"unfold_{name}", lambda F, a, o=options: F.unfold(a, **o), (shape,))
        for name, (shape, options) in UNFOLDS.items()
    ],
    *[
        Case(f"fold_{name}", lambda F, a, o=options: _fold_after_unfold(F, a, o), (shape,))
        for name, (shape, options) in UNFOLDS.items()
    ],
]  # fmt: skip

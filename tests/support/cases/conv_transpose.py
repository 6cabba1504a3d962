"""Transposed convolution."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case

ONE_AXIS: dict[str, tuple[tuple[tuple[int, ...], ...], dict[str, Any]]] = {  # input, weight, bias; options
    "plain": (((2, 3, 4), (3, 2, 3)), {}),
    "bias": (((2, 3, 4), (3, 2, 3), (2,)), {}),
    "stride": (((1, 2, 4), (2, 3, 3)), {"stride": 2, "padding": 1, "output_padding": 1}),
    "kernel_below_stride": (((1, 2, 3), (2, 1, 2)), {"stride": 3}),
    "dilation": (((1, 2, 4), (2, 1, 3)), {"dilation": 2, "padding": 1}),
    "dilation_output_padding": (((1, 2, 4), (2, 1, 3)), {"dilation": 3, "padding": 2, "output_padding": 2}),
    "groups": (((2, 4, 3), (4, 3, 2), (6,)), {"groups": 2, "stride": 2}),
    "depthwise": (((2, 3, 4), (3, 1, 3), (3,)), {"groups": 3, "padding": 1}),
    "unbatched": (((3, 4), (3, 2, 3), (2,)), {"padding": 2}),
    "size_1": (((1, 1, 1), (1, 1, 1), (1,)), {}),
    "no_batch": (((0, 2, 3), (2, 1, 2), (1,)), {}),
}
TWO_AXES: dict[str, tuple[tuple[tuple[int, ...], ...], dict[str, Any]]] = {
    "plain": (((2, 2, 3, 2), (2, 3, 2, 3)), {}),
    "all": (
        ((1, 4, 3, 2), (4, 1, 3, 2), (2,)),
        {"stride": (2, 1), "padding": (1, 2), "output_padding": (1, 1), "groups": 2, "dilation": (1, 3)},
    ),
    "upsampling": (((1, 2, 2, 3), (2, 2, 4, 4), (2,)), {"stride": 2, "padding": 1}),
    "kernel_1": (((2, 2, 2, 2), (2, 3, 1, 1), (3,)), {}),
    "depthwise": (((1, 3, 2, 3), (3, 1, 2, 2)), {"groups": 3, "stride": 2}),
    "unbatched": (((2, 3, 3), (2, 1, 2, 2), (1,)), {"padding": 1}),
}


def _loops(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The definition, 1-d: each element adds its kernel to the output."""
    y = np.zeros((x.shape[0], weight.shape[1], x.shape[2] + weight.shape[2] - 1))
    for n, c, position in np.ndindex(x.shape):
        y[n, :, position : position + weight.shape[2]] += x[n, c, position] * weight[c]
    return y


CASES = [
    *[
        Case(
            f"conv_transpose1d_{name}", lambda F, *a, o=options: F.conv_transpose1d(*a, **o), shapes,
            _loops if name == "plain" else None,
        )
        for name, (shapes, options) in ONE_AXIS.items()
    ],
    *[
        Case(f"conv_transpose2d_{name}", lambda F, *a, o=options: F.conv_transpose2d(*a, **o), shapes)
        for name, (shapes, options) in TWO_AXES.items()
    ],
]  # fmt: skip

"""Convolution, 1-d and 2-d."""

from __future__ import annotations

from support.case import Case

# name: (shapes of input, weight and perhaps bias, options)
CONV2D = {
    "plain": (((2, 2, 4, 5), (3, 2, 3, 2)), {}),
    "bias": (((2, 2, 4, 4), (3, 2, 3, 3), (3,)), {}),
    "padding": (((1, 2, 3, 4), (2, 2, 3, 3), (2,)), {"padding": 1}),
    "padding_pair": (((1, 2, 3, 4), (2, 2, 2, 3)), {"padding": (0, 2)}),
    "padding_larger_than_kernel": (((1, 1, 2, 3), (2, 1, 2, 2)), {"padding": 3}),
    "same": (((1, 2, 4, 3), (2, 2, 3, 3)), {"padding": "same"}),
    "same_dilated": (((1, 1, 5, 4), (2, 1, 3, 3)), {"padding": "same", "dilation": (2, 1)}),
    "valid": (((1, 2, 4, 3), (2, 2, 3, 3)), {"padding": "valid"}),
    "stride": (((2, 2, 5, 6), (2, 2, 3, 2), (2,)), {"stride": 2}),
    "stride_pair": (((1, 1, 6, 5), (2, 1, 2, 2)), {"stride": (3, 2), "padding": (1, 0)}),
    "stride_leaves_a_rest": (((1, 1, 6, 6), (2, 1, 3, 3)), {"stride": 2}),
    "stride_skips_elements": (((1, 1, 7, 7), (1, 1, 2, 2)), {"stride": 3}),
    "dilation": (((1, 2, 6, 6), (2, 2, 2, 3), (2,)), {"dilation": (3, 2)}),
    "dilation_and_stride": (((1, 1, 6, 7), (2, 1, 2, 2)), {"dilation": 2, "stride": 2, "padding": 1}),
    "groups": (((2, 4, 3, 4), (6, 2, 2, 2), (6,)), {"groups": 2, "padding": 1}),
    "groups_and_stride": (((1, 4, 5, 4), (2, 2, 2, 2)), {"groups": 2, "stride": 2}),
    "depthwise": (((2, 3, 4, 4), (3, 1, 3, 3), (3,)), {"groups": 3, "padding": 1}),
    "depthwise_stride": (((1, 3, 5, 5), (3, 1, 2, 2)), {"groups": 3, "stride": 2, "dilation": 2}),
    "depthwise_multiplied": (((1, 2, 4, 4), (4, 1, 2, 2)), {"groups": 2}),
    "1x1": (((2, 3, 2, 3), (2, 3, 1, 1), (2,)), {}),
    "1x1_stride": (((1, 2, 4, 4), (2, 2, 1, 1)), {"stride": 2}),
    "whole_image": (((2, 2, 3, 3), (4, 2, 3, 3)), {}),
    "many_channels": (((1, 8, 2, 3), (2, 8, 2, 2)), {"padding": 1}),  # the columns' other memory order
    "unbatched": (((2, 4, 3), (2, 2, 2, 2), (2,)), {}),
    "empty_batch": (((0, 2, 4, 4), (2, 2, 3, 3), (2,)), {}),
}

CONV1D = {
    "plain": (((2, 2, 5), (3, 2, 3)), {}),
    "bias": (((2, 2, 5), (3, 2, 2), (3,)), {"padding": 1}),
    "stride": (((1, 2, 7), (2, 2, 3)), {"stride": 2, "padding": (1,)}),
    "dilation": (((1, 2, 7), (2, 2, 3)), {"dilation": 2}),
    "groups": (((2, 4, 4), (4, 2, 2)), {"groups": 2}),
    "same": (((1, 1, 5), (2, 1, 5)), {"padding": "same"}),
    "unbatched": (((2, 5), (3, 2, 2), (3,)), {}),
}


def _cases(name: str, table: dict) -> list[Case]:
    return [
        Case(f"{name}_{kind}", lambda F, *tensors, o=options: getattr(F, name)(*tensors, **o), shapes)
        for kind, (shapes, options) in table.items()
    ]


CASES = [
    *_cases("conv2d", CONV2D),
    *_cases("conv1d", CONV1D),
    Case("conv2d_of_itself", lambda F, a: F.conv2d(a, a, padding=1), ((2, 2, 2, 2),)),
    Case("conv2d_permuted", lambda F, a, w: F.conv2d(a.permute(0, 3, 1, 2), w), ((2, 3, 4, 2), (3, 2, 2, 2))),
    Case("conv2d_twice", lambda F, a, w: F.conv2d(F.conv2d(a, w, padding=1).relu(), w), ((1, 2, 4, 4), (2, 2, 2, 2))),
]

"""Max and average pooling, 1-d and 2-d."""

from __future__ import annotations

from support.case import Case

# name: (shape, kernel, options)
MAX2D = {
    "pairs": ((2, 2, 4, 6), 2, {}),
    "odd_size": ((1, 2, 5, 3), 2, {}),
    "overlapping": ((1, 2, 5, 5), 3, {"stride": 1}),
    "padding": ((1, 1, 5, 5), 3, {"stride": 2, "padding": 1}),
    "rectangular": ((1, 2, 4, 6), (1, 3), {"stride": (2, 1)}),
    "dilation": ((1, 1, 6, 6), 2, {"dilation": 2, "stride": 1}),
    "ceil": ((1, 2, 5, 6), 2, {"ceil_mode": True}),
    "ceil_padding": ((1, 1, 4, 5), (2, 3), {"ceil_mode": True, "padding": 1, "stride": 2}),
    "gaps": ((1, 1, 7, 7), 2, {"stride": 3}),
    "unbatched": ((2, 4, 4), 2, {}),
}
MAX1D = {
    "pairs": ((2, 2, 6), 2, {}),
    "overlapping": ((2, 2, 6), 3, {"stride": 1, "padding": 1}),
    "dilation": ((1, 2, 7), 3, {"dilation": 2, "stride": 2, "ceil_mode": True}),
    "unbatched": ((2, 5), 2, {}),
}
AVG2D = {
    "pairs": ((2, 2, 4, 6), 2, {}),
    "overlapping": ((1, 2, 5, 4), 3, {"stride": 1}),
    "padding": ((1, 1, 5, 5), 3, {"stride": 2, "padding": 1}),
    "padding_not_counted": ((1, 1, 5, 5), 3, {"stride": 2, "padding": 1, "count_include_pad": False}),
    "rectangular": ((1, 2, 4, 6), (1, 3), {"stride": (2, 1)}),
    "ceil": ((1, 1, 5, 5), 2, {"ceil_mode": True}),
    "ceil_padding": ((1, 1, 4, 5), (2, 3), {"ceil_mode": True, "padding": 1, "stride": 2}),
    "ceil_not_counted": ((1, 1, 4, 5), 3, {"ceil_mode": True, "padding": 1, "count_include_pad": False}),
    "divisor": ((1, 1, 4, 4), 2, {"divisor_override": 3, "padding": 1}),
    "unbatched": ((2, 4, 4), 2, {}),
}
AVG1D = {
    "pairs": ((2, 2, 6), 2, {}),
    "padding": ((2, 2, 6), 3, {"stride": 2, "padding": 1, "count_include_pad": False}),
    "ceil": ((1, 2, 7), 3, {"ceil_mode": True}),
    "unbatched": ((2, 5), 2, {}),
}


def _cases(name: str, table: dict) -> list[Case]:
    return [
        Case(
            f"{name}_{kind}",
            lambda F, a, k=kernel, o=options: getattr(F, name)(a, k, **o),
            (shape,),
            distinct=name.startswith("max"),
        )
        for kind, (shape, kernel, options) in table.items()
    ]


CASES = [
    *_cases("max_pool2d", MAX2D),
    *_cases("max_pool1d", MAX1D),
    *_cases("avg_pool2d", AVG2D),
    *_cases("avg_pool1d", AVG1D),
    Case("max_pool2d_of_square", lambda F, a: F.max_pool2d(a * a, 2), ((1, 2, 4, 4),), distinct=True, low=0.5),
    Case("max_pool2d_overlaps", lambda F, a: F.max_pool2d(a * a, 3, 1), ((1, 1, 4, 4),), None, 0.5, 2.0, True),
    Case("max_pool2d_empty_batch", lambda F, a: F.max_pool2d(a, 2), ((0, 2, 4, 4),)),
]  # fmt: skip

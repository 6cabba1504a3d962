"""A layered layout of our own: where the boxes of a graph stand, and how its edges run.

Sugiyama, Tagawa and Toda's method (1981) in its simplest form: layers by the longest path; long edges get a
waypoint in each layer that they pass; each layer is ordered by the mean place of its neighbours, some times
down and up; places are then moved towards the neighbours' as far as the boxes beside them allow.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Layout", "layered"]

GAP = 22.0  # between boxes of a layer
LAYER_GAP = 46.0
WAYPOINT = 10.0  # width
_MOST_WAYPOINTS = 4000  # longer edges than that allows run straight
_STRAIGHT = 6.0  # how much more than a leaf other neighbours pull a box above or below themselves
_SWEEPS = 8
_MOST_SWEPT = 3000  # boxes and waypoints: more keep the order in which they came

Point = tuple[float, float]


@dataclass
class Layout:
    """centers: of each box. edges: for each edge the points that it passes, from the source's lower side to the
    target's upper side. width, height: of the whole."""

    centers: list[Point]
    edges: list[list[Point]]
    width: float
    height: float


def layered(sizes: Sequence[Point], edges: Sequence[tuple[int, int]], late: Sequence[bool]) -> Layout:
    """sizes: (width, height) of each box, a box after those from which edges lead to it.
    edges: (from, to).   late: whether a box stands right before the first that uses it, as leaves do, or as far up
    as it can; only for boxes whose sources are late, too."""
    layers_of = _layers(len(sizes), edges, late)
    places, chains = _with_waypoints(layers_of, edges)
    layers: list[list[int]] = [[] for _ in range(max(places, default=0) + 1)]
    for item, layer in enumerate(places):
        layers[layer].append(item)
    links = [link for chain in chains for link in itertools.pairwise(chain) if places[link[1]] == places[link[0]] + 1]
    above: list[list[int]] = [[] for _ in places]
    below: list[list[int]] = [[] for _ in places]
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    if len(places) <= _MOST_SWEPT:
        _order(layers, above, below)
    widths = [sizes[i][0] if i < len(sizes) else WAYPOINT for i in range(len(places))]
    weights = [1.0 if i < len(sizes) and late[i] else _STRAIGHT for i in range(len(places))]
    xs = _horizontal(layers, above, below, widths, weights)
    heights = [max([sizes[i][1] for i in layer if i < len(sizes)], default=0.0) for layer in layers]
    ys, y = [], 0.0
    for height in heights:
        ys.append(y + height / 2)
        y += height + LAYER_GAP
    centers = [(xs[i], ys[places[i]]) for i in range(len(sizes))]
    routes = [_route(chain, xs, ys, places) for chain in chains]
    _to_ports(routes, edges, centers, sizes)
    width = max((xs[i] + widths[i] / 2 for i in range(len(places))), default=0.0)
    return Layout(centers, routes, width, max(y - LAYER_GAP, 0.0))


def _layers(count: int, edges: Sequence[tuple[int, int]], late: Sequence[bool]) -> list[int]:
    layers = [0] * count
    for source, target in sorted(edges, key=lambda edge: edge[1]):  # sources are complete before their targets
        layers[target] = max(layers[target], layers[source] + 1)
    for source, targets in sorted(_targets(edges).items(), reverse=True):  # targets are in their places before
        if late[source]:
            layers[source] = min(layers[target] for target in targets) - 1
    return layers


def _targets(edges: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    targets: dict[int, list[int]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    return targets


def _with_waypoints(layers_of: list[int], edges: Sequence[tuple[int, int]]) -> tuple[list[int], list[list[int]]]:
    """The layer of each box and waypoint, and for each edge the items that it passes."""
    places = list(layers_of)
    left = _MOST_WAYPOINTS
    chains = [[source, target] for source, target in edges]
    by_length = sorted(range(len(edges)), key=lambda i: layers_of[edges[i][1]] - layers_of[edges[i][0]])
    for i in by_length:
        source, target = edges[i]
        between = range(layers_of[source] + 1, layers_of[target])
        if len(between) > left:
            break
        left -= len(between)
        waypoints = list(range(len(places), len(places) + len(between)))
        places += between
        chains[i] = [source, *waypoints, target]
    return places, chains


def _order(layers: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            place = {item: i for one in _beside(layers, layer) for i, item in enumerate(one)}
            means = {}
            for i, item in enumerate(layer):
                near = [place[other] for other in neighbours[item] if other in place]
                means[item] = sum(near) / len(near) if near else float(i)
            layer.sort(key=means.__getitem__)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    for layer, ordered in zip(layers, best):
        layer[:] = ordered


def _beside(layers: list[list[int]], layer: list[int]) -> list[list[int]]:
    i = next(i for i, other in enumerate(layers) if other is layer)
    return layers[max(i - 1, 0) : i] + layers[i + 1 : i + 2]


def _crossings(layers: list[list[int]], below: list[list[int]]) -> int:
    count = 0
    for upper, lower in itertools.pairwise(layers):
        place = {item: i for i, item in enumerate(lower)}
        passed: list[int] = []
        for item in upper:
            ends = sorted(place[other] for other in below[item])
            count += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return count


def _horizontal(
    layers: list[list[int]], above: list[list[int]], below: list[list[int]], widths: list[float], weights: list[float]
) -> list[float]:
    xs = [0.0] * len(widths)
    for layer in layers:
        x = 0.0
        for item in layer:
            xs[item] = x + widths[item] / 2
            x += widths[item] + GAP
    for turn in range(2 * _SWEEPS):
        neighbours = above if turn % 2 == 0 else below
        if turn >= 2 * _SWEEPS - 2:
            neighbours = [one + other for one, other in zip(above, below)]
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wanted = []
            for item in layer:
                near = neighbours[item]
                total = sum([weights[other] for other in near])
                wanted.append(sum([xs[other] * weights[other] for other in near]) / total if near else xs[item])
            for item, x in zip(layer, _apart(wanted, [widths[item] for item in layer])):
                xs[item] = x
    left = min((xs[i] - widths[i] / 2 for i in range(len(xs))), default=0.0)
    return [x - left for x in xs]


def _apart(wanted: list[float], widths: list[float]) -> list[float]:
    """The places nearest to `wanted` (least squares) in this order and without overlap: pool adjacent violators."""
    offsets, offset = [], 0.0
    for i, width in enumerate(widths):
        offset += 0.0 if i == 0 else (widths[i - 1] + width) / 2 + GAP
        offsets.append(offset)
    pools: list[list[float]] = []  # [mean, count]
    for place, offset in zip(wanted, offsets):
        pools.append([place - offset, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * count) / (last[1] + count)
            last[1] += count
    flat = [mean for mean, count in pools for _ in range(int(count))]
    return [mean + offset for mean, offset in zip(flat, offsets)]


def _route(chain: list[int], xs: list[float], ys: list[float], places: list[int]) -> list[Point]:
    return [(xs[item], ys[places[item]]) for item in chain]


def _to_ports(
    routes: list[list[Point]], edges: Sequence[tuple[int, int]], centers: list[Point], sizes: Sequence[Point]
) -> None:
    """Let edges begin at the lower side and end at the upper side of their boxes, side by side."""
    for end, sign in ((0, 1), (1, -1)):
        of_box: dict[int, list[int]] = {}
        for i, edge in enumerate(edges):
            of_box.setdefault(edge[end], []).append(i)
        for box, found in of_box.items():
            found.sort(key=lambda i: (routes[i][1 if end == 0 else -2][0], i))
            (x, y), (width, height) = centers[box], sizes[box]
            for place, i in enumerate(found):
                port = x + width * 0.6 * ((place + 0.5) / len(found) - 0.5)
                routes[i][0 if end == 0 else -1] = (port, y + sign * height / 2)

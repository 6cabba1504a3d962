"""Growth: what the arithmetic amounts to, and the slopes."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.growth import growth_chart, growth_table, slope
from benchmarks.growth_workloads import FAMILIES, WORKLOADS, multiplications, numbers_held
from benchmarks.workloads import Chain, Conv, Flatten, Linear, MaxPool, Network, ReLU

CNN = Network("CNN", (Conv(2, 3, 3), ReLU(), MaxPool(2), Flatten(), Linear(12, 5)), (2, 6, 6), batch=7)


def test_multiplications() -> None:
    # Outputs of the convolution: 3 channels of 4 x 4, each a sum of 2 * 3 * 3 products.
    assert multiplications(CNN) == 7 * (3 * 4 * 4 * 18 + 12 * 5)
    assert multiplications(Chain("chain", "h*y+z", 10)) == 20


def test_numbers_held() -> None:
    weights = (2 * 3 * 3 + 1) * 3 + (12 + 1) * 5
    values = 2 * 6 * 6 + 3 * 4 * 4 + 3 * 4 * 4 + 3 * 2 * 2 + 12 + 5  # input, then each layer's output
    assert numbers_held(CNN) == 2 * weights + 7 * values


def test_slopes() -> None:
    sizes = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    assert slope(sizes, 3 * sizes**2) == pytest.approx(2)
    assert slope(sizes, [50, 50, 4, 8, 16]) == pytest.approx(1)  # of the largest three


def points(power):
    return [
        {"workload": name, "contender": who, "time": 1e-3 * size**power, "memory": 1e6 * size}
        for family in FAMILIES.values()
        for size, name in family.members.items()
        for who in ("mytorch", "torch")
    ]


def test_the_table_has_the_slopes_of_all_families() -> None:
    lines = growth_table(points(1.5)).splitlines()[4:]
    assert [line.split("|")[1].strip() for line in lines] == list(FAMILIES)
    graph = [column.strip() for column in lines[-1].split("|")[2:-1]]
    assert graph == ["1.00", "1.50", "1.50", "1.00", "1.00", "1.00"]


def test_the_arithmetic_of_the_families() -> None:
    def exponent(name):
        members = FAMILIES[name].members
        return slope(list(members), [multiplications(WORKLOADS[member]) for member in members.values()])

    assert exponent("batch") == pytest.approx(1)
    assert exponent("graph") == pytest.approx(1)
    assert exponent("image size") == pytest.approx(2, abs=0.01)


def test_the_chart_has_a_column_per_family_and_time_above_memory() -> None:
    panels = growth_chart(points(1.0)).axes
    assert len(panels) == 2 * len(FAMILIES)
    assert [panel.get_title() for panel in panels[: len(FAMILIES)]] == list(FAMILIES)
    labels = [text.get_text() for text in panels[0].get_legend().get_texts()]
    assert labels == ["mytorch, slope 1.00", "torch, slope 1.00", "arithmetic, slope 1.00"]
    graph = panels[len(FAMILIES) - 1]
    assert graph.get_ylabel() == "µs per node"
    np.testing.assert_allclose(graph.get_lines()[0].get_ydata(), 1000)  # 1 ms per node


def test_points_that_failed_are_left_out() -> None:
    some = [point for point in points(1.0) if point["contender"] == "mytorch" and "image" not in point["workload"]]
    assert len(growth_chart(some).axes) == 2 * len(FAMILIES)
    row = next(line for line in growth_table(some).splitlines() if "image size" in line)
    assert row.count("-") == 6

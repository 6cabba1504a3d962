"""PyTorch's stopwatch: `Timer("y = x @ x", globals={"x": x}).timeit(100)`."""

from __future__ import annotations

import statistics
import timeit
from typing import Any

__all__ = ["Measurement", "Timer"]


class Measurement:
    """Times of one statement, in seconds per run."""

    def __init__(self, number_per_run: int, raw_times: list[float], stmt: str) -> None:
        self.number_per_run, self.raw_times, self.stmt = number_per_run, raw_times, stmt

    @property
    def times(self) -> list[float]:
        """Seconds per run, of every measurement."""
        return [time / self.number_per_run for time in self.raw_times]

    @property
    def mean(self) -> float:
        """Their mean."""
        return statistics.mean(self.times)

    @property
    def median(self) -> float:
        """Their median."""
        return statistics.median(self.times)

    def __repr__(self) -> str:
        return f"<Measurement of {self.stmt!r}: median {self.median * 1e6:.2f} us, {len(self.times)} times>"


class Timer:
    """Runs `stmt`, after `setup`, with the names of `globals`."""

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        globals: dict[str, Any] | None = None,
        **labels: Any,
    ) -> None:
        self.stmt = stmt
        self._timer = timeit.Timer(stmt, setup, globals=globals)

    def timeit(self, number: int = 1_000_000) -> Measurement:
        """One measurement of `number` runs, after a few that do not count."""
        self._timer.timeit(max(number // 100, 2))
        return Measurement(number, [self._timer.timeit(number)], self.stmt)

    def blocked_autorange(self, callback: Any = None, min_run_time: float = 0.2) -> Measurement:
        """Measurements until `min_run_time` seconds have gone by."""
        number, _ = self._timer.autorange()
        times: list[float] = []
        while sum(times) < min_run_time:
            times.append(self._timer.timeit(number))
        return Measurement(number, times, self.stmt)

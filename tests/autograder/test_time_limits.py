"""A time limit is one of processor time: on a machine with much to do right code is not told that it is endless."""

import signal
import time

import pytest

from autograder.harness import child, keeper
from autograder.harness.imports import TimeLimitError
from autograder.harness.jobs import Job
from autograder.harness.limits import PATIENCE, is_starved


@pytest.mark.parametrize(
    ("cpu", "wall", "starved"),
    [
        (5.0, 5.0, False),  # an endless loop
        (4.4, 5.0, False),
        (1.0, 5.0, True),  # a fifth of a processor
        (3.9, 15.0, True),
        (4.1, 15.0, False),  # the loop has had its time in the end
        (0.01, 5.0, False),  # asleep
    ],
)
def test_who_waits_for_a_processor(cpu, wall, starved):
    assert is_starved(cpu, wall, 5.0) is starved


class Clocks:
    """Clocks of a process that gets this share of a processor."""

    def __init__(self, share, monkeypatch):
        self.now, self.share, self.armed = 100.0, share, []
        monkeypatch.setattr(child, "_wall", lambda: self.now)
        monkeypatch.setattr(child, "_cpu", lambda: self.now * self.share)
        monkeypatch.setattr(child, "_timer", lambda _, seconds: self.armed.append(seconds))
        before = signal.getsignal(signal.SIGALRM)
        child.limit_time(2.0)
        self.handler = signal.getsignal(signal.SIGALRM)
        signal.signal(signal.SIGALRM, before)

    def until_it_ends(self):
        """The time at which TimeLimitError is raised."""
        begin = self.now
        for _ in range(100):
            self.now += self.armed.pop()
            try:
                self.handler(signal.SIGALRM, None)
            except TimeLimitError:
                return self.now - begin
        raise AssertionError("it never ends")


@pytest.mark.parametrize(("share", "seconds"), [(1.0, 2.0), (0.0, 2.0), (0.5, 3.2), (0.4, 4.0), (0.05, 2 * PATIENCE)])
def test_when_the_time_is_up(share, seconds, monkeypatch):
    """0.8 of the limit in processor time is enough to be called endless; it is asked every tenth of a second."""
    assert seconds <= Clocks(share, monkeypatch).until_it_ends() < seconds + 0.11


def test_the_keeper_is_as_patient(monkeypatch):
    used = iter([0.2, 1.9])
    own = keeper.Keeper(None, "off", None)
    monkeypatch.setattr(own, "_cpu_seconds", lambda: next(used))
    assert own._is_starved(time.monotonic() - 2.5, 0.0, 2.0)
    assert not own._is_starved(time.monotonic() - PATIENCE * 2.5, 0.0, 2.0)
    assert not own._is_starved(time.monotonic() - 2.5, 0.0, 2.0)


@pytest.mark.parametrize(
    "snippet",
    [
        "import time\ntime.sleep(60)",
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\ntime.sleep(60)",
    ],
    ids=["sleeps", "sleeps and hears nothing"],
)
def test_who_sleeps_gets_no_more_time(snippet, pool, tmp_path):
    pool.run(Job(tmp_path, "", [], 5.0))  # the start is paid
    begin = time.monotonic()
    reply = pool.run(Job(tmp_path, snippet, [], 1.0))
    assert reply.ended == "timeout" or "TimeLimitError" in reply.answer
    assert time.monotonic() - begin < 15.0  # and not 60; there may be other programs

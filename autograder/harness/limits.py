"""What a process may use at most, where the system can limit it."""

from __future__ import annotations

import contextlib

__all__ = ["PATIENCE", "is_starved", "limit_resources"]

PATIENCE = 3.0  # times its limit is what a check gets at most where it has to wait for a processor
_ASLEEP = 0.02  # the share of a processor that code uses which sleeps or waits, at most

_LIMITS = {
    "RLIMIT_AS": 4 << 30,  # bytes of memory
    "RLIMIT_FSIZE": 64 << 20,  # bytes of a written file
    "RLIMIT_CORE": 0,  # no core dumps
    "RLIMIT_NOFILE": 1024,
}
_PROCESSES = 256  # of one user: only of a user who has no others


def limit_resources(own_user: bool = False) -> bool:
    """Limit this process and its children. own_user: the processes are the only ones of their user. False where
    nothing can be limited (Windows)."""
    try:
        import resource
    except ImportError:
        return False
    limits = {**_LIMITS, "RLIMIT_NPROC": _PROCESSES} if own_user else _LIMITS
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (wanted, wanted))
    return True


def is_starved(cpu: float, wall: float, limit: float) -> bool:
    """Whether code that has run for `wall` seconds, longer than its limit, is slow only because others use the
    processors: it has had clearly less than its limit of processor time, and does not sleep."""
    return _ASLEEP * wall < cpu < 0.8 * limit

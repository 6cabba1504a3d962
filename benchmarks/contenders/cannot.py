"""The answer of a contender that lacks what a workload needs."""

__all__ = ["Cannot"]


class Cannot(Exception):  # noqa: N818 (an answer, not a failure)
    """Raised by `build`; the message says what the library lacks."""

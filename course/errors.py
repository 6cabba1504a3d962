"""What a command cannot do, said to its user."""

__all__ = ["CourseError"]


class CourseError(Exception):
    """The message is one line for the instructor: what is wrong, and where."""

"""Small mistakes that students make, as changes of our own mytorch: (name, file, old text, new
text, the problem that must lose points, the diagnosis that must appear, None if none is expected).
Those of homework 1 are changes of its small solution: mistakes_hw1.py.

`old` must occur exactly once in the file, so that the table cannot rot unnoticed. An empty `old`
means that `new` is appended to the file.
"""

from typing import NamedTuple

__all__ = ["Mutation"]


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    problem: str
    diagnosis: str | None

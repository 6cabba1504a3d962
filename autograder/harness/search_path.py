"""Where a student's code finds modules: not in a clone of MyTorch.

`pip install -e` puts the whole clone into sys.path. Its hw1 would come before the student's, and what is in sys.path
may be read, so its checks and solutions could be.
"""

from __future__ import annotations

import os
import sys

__all__ = ["clones", "search_path"]


def _is_clone(place: str) -> bool:
    return os.path.isdir(os.path.join(place, "autograder", "harness"))


def clones() -> list[str]:
    """The places in sys.path that are such clones."""
    return [place for place in sys.path if _is_clone(place)]


def search_path(*last: str) -> list[str]:
    """sys.path without the current folder and clones, then `last`: what lies beside the student's packages is found
    last, so that a file random.py is no reason for the standard library to break."""
    return [place for place in sys.path if place not in ("", *last) and not _is_clone(place)] + list(last)

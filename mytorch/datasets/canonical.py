"""Whether the files of a dataset are the published ones, byte for byte, and saying aloud if they are not."""

from __future__ import annotations

import functools
import hashlib
import logging
import warnings
from collections.abc import Sequence

from mytorch.datasets.files import Catalog, DataFile, DatasetError

__all__ = ["DatasetWarning", "are_canonical", "say_once"]

logger = logging.getLogger(__name__)


class DatasetWarning(UserWarning):
    """A file is as long as the published one, but not the same. The message names it and both checksums."""


def are_canonical(catalog: Catalog, files: Sequence[DataFile], verify: bool) -> bool:
    """Whether the SHA-256 of each file is the one that the catalog has for its name.

    A file of the published length that differs is most likely damaged: a DatasetWarning. Files of other lengths
    are somebody's own, such as a subset: one line is logged. With `verify` both are a DatasetError, and so are
    files for which there is no checksum (handout 002's .npy files); without it nothing can be said of those.
    """
    damaged: list[str] = []  # messages
    own: list[str] = []
    unknown: list[str] = []
    for path, contents in files:
        name = path.name.removesuffix(".gz")
        wanted, found = catalog.checksums.get(name), hashlib.sha256(contents).hexdigest()
        if wanted is None:
            unknown.append(f"{path}: cannot be verified: there is no checksum to compare with")
        elif wanted != found:
            kind = damaged if len(contents) == catalog.lengths.get(name) else own
            kind.append(f"{path}: not the canonical {name} of {catalog.name}: SHA-256 should be {wanted}, is {found}")
    problems = damaged + own + unknown
    if verify and problems:
        raise DatasetError("; ".join(problems))
    for message in damaged:
        warnings.warn(message, DatasetWarning, stacklevel=3)
    if own:
        say_once("; ".join(own))
    return not problems


@functools.cache
def say_once(message: str) -> None:
    """Log a warning, if this process has not yet: the sets for training and for testing would say the same."""
    logger.warning(message)

"""The doctor: why does this network not learn?

In reading order: finding (an illness by name); forward_watch, untouched, examination and influence (one forward and one
backward, all that is seen of them, nothing changed); a file per kind of illness; doctor, which asks them all; and
callback, for a Trainer.
"""

import importlib
from typing import Any

from mytorch.diagnosis.doctor import ILLNESSES, doctor
from mytorch.diagnosis.finding import Diagnosis, Finding

__all__ = ["ILLNESSES", "Diagnosis", "DoctorCallback", "Finding", "doctor"]


def __getattr__(name: str) -> Any:
    """The callback on demand: training needs tqdm and Matplotlib, and the doctor does without."""
    if name == "DoctorCallback":
        return importlib.import_module("mytorch.diagnosis.callback").DoctorCallback
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

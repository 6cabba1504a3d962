"""The tables of operations: a file per family, each with its `CASES`, which every generic test goes through.

To add an operation, add its rows. To add a family, add a file. Then freeze PyTorch's results for them:
python tests/reference/make_reference.py [family ...]
"""

from __future__ import annotations

import importlib
import pkgutil

from support.case import Case

FAMILIES: dict[str, list[Case]] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").CASES for module in pkgutil.iter_modules(__path__)
}
CASES = [case for family in FAMILIES.values() for case in family]

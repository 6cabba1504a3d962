"""The page that checks gradients: numeric_check on what the reader pasted, and the grader's word for what is wrong."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.explain.families import wrong_gradient, wrong_value
from browser.reader_code import FILE, CodeError, error_in, run
from mytorch import manual_seed
from mytorch.engine.function import Function
from mytorch.numeric_check import numeric_check
from mytorch.numeric_check.check import EPS, TOLERANCE, make_subject
from mytorch.numeric_check.finite_differences import finite_differences
from mytorch.numeric_check.layer_file import LayerFileError, cases_of, subjects_of
from mytorch.numeric_check.report import NumericCheckReport, Row

__all__ = ["check_code"]

MOST_SHOWN = 36  # elements of a gradient that is written out


def check_code(code: str) -> str:
    """Check every layer and Function that the text defines. JSON: {printed, error, reports}; a report has {title, ok,
    rows, unchecked, error}."""
    manual_seed(0)
    module = ModuleType("your_code")
    module.__file__ = FILE
    done = run(code, vars(module))
    error, reports = done.error, []
    if error is None:
        try:
            subjects = subjects_of(module, Path(FILE), ())
            cases = [(name, subject, case) for name, subject in subjects.items() for case in cases_of(name, module)]
            reports = [_report(name, subject, case, code) for name, subject, case in cases]
        except LayerFileError as reason:
            error = CodeError("Nothing to check", str(reason).replace(FILE, "your code"))
    data = {"printed": done.printed, "error": None if error is None else error.as_dict(), "reports": reports}
    return json.dumps(data)


def _report(name: str, subject: Any, case: Any, code: str) -> dict[str, Any]:
    manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    inputs: list[Any] = []
    try:
        layer, inputs = case.build(name, subject, np.random.default_rng(0))
        report = numeric_check(layer, *inputs, title=name)
    except Exception as error:  # of the reader's code, or of ours about it
        found = error_in(error, code)
        if isinstance(error, LayerFileError):
            found = CodeError("Not checked", _for_the_page(str(error)))
        shapes = ", ".join([str(value.shape) for value in inputs if hasattr(value, "shape")])
        if shapes:
            found.message += f" (with inputs of shapes {shapes}; NUMERIC_CHECKS can give others)"
        return {"title": name, "ok": False, "rows": [], "unchecked": {}, "error": found.as_dict()}
    return _as_data(report, _Closer(name, layer, inputs))


def _for_the_page(message: str) -> str:
    """Without the sentence about the command line, which a page has not."""
    return re.sub(r" Give the arguments in the command.*?or in the file", " Add it to the text", message, flags=re.S)


def _as_data(report: NumericCheckReport, closer: _Closer) -> dict[str, Any]:
    rows = [_row(row, closer) for row in report.rows]
    if report.forward is not None:
        rows.append(_row(report.forward, None))
    value = closer.wrong_value()
    if value and rows[-1]["name"] == "forward":
        rows[-1].update(ok=False, note=value)
    elif value:
        rows.append({"kind": "output", "name": "forward", "ok": False, "note": value, "shape": None})
    ok = report.ok and not value
    return {"title": report.title, "ok": ok, "rows": rows, "unchecked": report.unchecked, "error": None}


def _row(row: Row, closer: _Closer | None) -> dict[str, Any]:
    data = {"kind": row.kind, "name": row.name, "shape": list(row.shape), "ok": row.ok, "note": row.note}
    data["error"] = None if np.isnan(row.relative_error) else f"{row.relative_error:.1e}"
    if not row.ok and closer is not None:
        data.update(closer.look(row))
    return data


class _Closer:
    """A closer look at a layer some of whose gradients are wrong: both numbers, and the grader's word for it."""

    def __init__(self, name: str, layer: Any, inputs: list[Any]) -> None:
        self.name, self.layer = name, layer
        self.subject = make_subject(layer, inputs)
        self.outputs = self.subject.outputs()
        self.cotangents = [np.random.default_rng(0).standard_normal(output.shape) for output in self.outputs]
        if self.subject.cotangents_are_ones:
            self.cotangents = [np.ones(output.shape) for output in self.outputs]

    def wrong_value(self) -> str:
        """What a Function's forward computes instead of what its name says; '' if it is right or not known."""
        if not (isinstance(self.layer, type) and issubclass(self.layer, Function)) or len(self.outputs) != 1:
            return ""
        return wrong_value(self.name, list(self.subject.arrays.values()), self.outputs[0])

    def look(self, row: Row) -> dict[str, Any]:
        """{backward, quotients, diagnosis} of a wrong row; nothing if backward raised, which the note says."""
        key = (row.kind, row.name)
        try:
            got = self.subject.gradients(self.cotangents)
        except Exception:  # numeric_check has it in the row's note
            return {}
        right = {k: self._quotients(k, self.cotangents) for k in got}
        data: dict[str, Any] = {"backward": _numbers(got[key]), "quotients": _numbers(right[key])}
        if len(self.outputs) == 1:
            data["diagnosis"] = self._diagnosis(key, got, right)
        return data

    def _diagnosis(self, key: Any, got: dict, right: dict) -> str:
        keys, output = list(got), self.outputs[0]
        ones = {k: self._quotients(k, [np.ones(output.shape)]) for k in keys}
        arrays = [self.subject.arrays[k] for k in keys]

        def ask(given: dict) -> tuple[int, str]:
            lists = [[values[k] for k in keys] for values in (given, right, ones)]
            return wrong_gradient(self.name, range(len(keys)), *lists, arrays, output, self.cotangents[0])

        where, text = ask(got)
        if where == -1:
            return text
        return ask({k: got[k] if k == key else right[k] for k in keys})[1]  # this one alone

    def _quotients(self, key: Any, cotangents: list[np.ndarray]) -> np.ndarray:
        def outputs(index: tuple, step: float) -> list[np.ndarray]:
            return self.subject.outputs((key, index, step))

        return finite_differences(outputs, cotangents, self.subject.arrays[key], None, EPS, TOLERANCE)


def _numbers(array: np.ndarray | None) -> Any:
    """Nested lists of texts; None for too many, and for a gradient that did not arrive."""
    if array is None or array.size > MOST_SHOWN:
        return None
    return np.vectorize("{:.4g}".format, otypes=[object])(array).tolist()

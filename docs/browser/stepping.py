"""The page that steps through a backward: the reader's code becomes graphs to draw, each with a list of steps."""

from __future__ import annotations

import json
import sys
from typing import Any
from unittest import mock

from browser.drawing import MOST_BOXES, picture
from browser.reader_code import error_in, run
from mytorch import Tensor, manual_seed
from mytorch.insight import Explanation, explain, tracing

__all__ = ["step_through"]


def step_through(code: str) -> str:
    """Run the reader's code. JSON: {printed, error, backwards, note}. There is one backward for each call of
    `.backward()`; without a call the one of the last line's value, if that is a tensor that has a graph."""
    manual_seed(0)
    backwards: list[dict[str, Any]] = []
    engine = Tensor.backward

    def backward(tensor: Any, gradient: Any = None, *args: Any, **options: Any) -> None:
        if args or options.keys() - {"retain_graph"}:  # create_graph, inputs: another walk than the one that is drawn
            engine(tensor, gradient, *args, **options)
            return
        keep = bool(options.get("retain_graph"))
        seen = explain(tensor, gradient, names=_variables(sys._getframe(1)), accumulate=True, retain_graph=keep)
        backwards.append(as_data(seen))

    with tracing():
        with mock.patch.object(Tensor, "backward", backward):
            done = run(code)
        last = done.last
        if done.error is None and not backwards and isinstance(last, Tensor) and last.requires_grad:
            try:
                backwards.append(as_data(explain(last, names=_shown(done.variables))))
            except Exception as error:  # of a backward that the reader wrote
                done.error = error_in(error, code)
    note = ""
    if done.error is None and not backwards:
        note = "There is no backward to show: end with a tensor that was made from one with requires_grad=True."
    error = None if done.error is None else done.error.as_dict()
    return json.dumps({"printed": done.printed, "error": error, "backwards": backwards, "note": note})


def _variables(frame: Any) -> dict[str, Any]:
    return _shown({**frame.f_globals, **frame.f_locals})


def _shown(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if not name.startswith("_")}


def as_data(seen: Explanation) -> dict[str, Any]:
    """{title, text, picture, steps}; no picture of a graph with too many boxes, and then no steps either."""
    count = len(seen.graph.vertices)
    data: dict[str, Any] = {"title": seen.of, "text": str(seen), "picture": None, "steps": []}
    if count > MOST_BOXES:
        data["note"] = f"The graph has {count} boxes; the page draws up to {MOST_BOXES}. Its text is below."
        return data
    records = seen.as_dicts()
    data["picture"] = picture(seen.graph, records)
    data["steps"] = [_step(record, records) for record in records]
    return data


def _step(record: dict[str, Any], records: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page shows while this record's box is the current one."""
    step = {
        "vertex": record["vertex"],
        "kind": record["kind"],
        "operation": record["operation"],
        "name": record["name"],
        "rule": record["rule"],
        "notes": record["notes"],
        "gradient": [_number(part) for part in record["gradient"]],
        "received": [[_sender(part, records), _number(part["amount"]), part["source"]] for part in record["received"]],
        "sent": [],
        "kept": [[kept["name"] or "kept", _number(kept["amount"])] for kept in record["kept"]],
        "grad": _number(record["grad_after"]),
    }
    for part in record["sent"]:
        target = None if part["step"] is None else records[part["step"] - 1]["vertex"]
        sent = {"argument": part["argument"], "to": part["to"], "vertex": target, "skipped": part["skipped"]}
        step["sent"].append({**sent, "value": _number(part["amount"])})
    return step


def _sender(part: dict[str, Any], records: list[dict[str, Any]]) -> str:
    return "the start" if not part["source"] else f"#{part['source']} {records[part['source'] - 1]['operation']}"


def _number(amount: dict[str, Any] | None) -> dict[str, Any] | None:
    """{shape, values, norm}: strings for what JSON has no word for (nan and the infinities)."""
    if amount is None:
        return None
    return {"shape": amount["shape"], "values": _plain(amount["values"]), "norm": _plain(amount["norm"])}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, float) and value - value != 0 else value

"""From what was seen of a backward to its Records: who got what from whom, and why some got nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.node import AccumulateGrad
from mytorch.insight.graph import Graph, operation_of
from mytorch.insight.keeping import Keeping
from mytorch.insight.names import Names
from mytorch.insight.numbers import Amount, amount, number_in_words
from mytorch.insight.records import Contribution, Record, Sent
from mytorch.insight.tracing import traced
from mytorch.insight.watching import Watching

__all__ = ["gradients_of_leaves", "records_of"]

_SETTINGS = frozenset(
    ["axes", "axis", "dim", "dims", "groups", "index", "keepdim", "keepdims", "nonlinearity", "shape", "size", "window"]
)
_LINKS = {
    "Replaced": "an in-place change: of what was there before the overwritten part gets 0, the new values get the rest",
    "Part": "a view of a tensor that was changed in place: its gradient goes to its place in the whole, 0 elsewhere",
}


def gradients_of_leaves(nodes: Any) -> dict[Any, Amount | None]:
    """{node: its leaf's `.grad`}"""
    leaves = [node for node in nodes if type(node) is AccumulateGrad]
    return {node: _grad(node) for node in leaves}


def records_of(
    watching: Watching, graph: Graph, numbers: dict, names: Names, keeping: dict[Any, Keeping], grads: dict
) -> list[Record]:
    """The operations in running order, then the leaves, then operations that nothing reached.

    keeping, grads: `what_is_kept` and `gradients_of_leaves` before the walk."""
    leaves = watching.leaves()
    reached = set(watching.order) | set(leaves)
    idle = [node for node in numbers if node not in reached]
    steps = {node: i + 1 for i, node in enumerate([*watching.order, *leaves, *reversed(idle)])}
    records = {}
    for node, step in steps.items():
        vertex = graph.vertices[numbers[node]]
        kind = "leaf" if vertex.is_leaf else "operation"
        record = Record(step, kind, vertex.function, vertex.name, vertex.module, vertex.number, vertex.shape)
        seen = watching.steps[node]
        record.received = [Contribution(steps.get(sender, 0), what, output) for sender, output, what in seen.received]
        record.gradient = list(seen.gradients)
        record.value = _value(node, names)
        records[node] = record
    for node, record in records.items():
        if record.kind == "leaf":
            _tell_of_leaf(node, record, watching, grads)
        else:
            record.rule, record.kept, record.memory = rule_of(node), keeping[node].kept, keeping[node].memory
            record.sent = _sent(node, watching.steps[node].sent, records, names)
            record.notes += _notes(node, watching.steps[node], record)
    return list(records.values())


def _tell_of_leaf(node: Any, record: Record, watching: Watching, grads: dict) -> None:
    record.grad_before, record.grad_after = grads[node], _grad(node)
    if node in watching.found:
        record.gradient = [amount(watching.found[node][0])]
        record.notes += _hook_notes(node, record)
    else:
        record.notes.append("nothing arrived: an operation after it has sent None, so its .grad stays as it is")


def _grad(node: Any) -> Amount | None:
    leaf = node.variable
    return None if leaf is None or leaf.grad is None else amount(leaf.grad)


def _value(node: Any, names: Names) -> Any:
    note = traced(node)
    if note is not None and note.value is not None:
        return note.value.tolist()
    tensor = node.variable if type(node) is AccumulateGrad else names.values.get(node)
    return None if tensor is None else amount(tensor).values


def rule_of(node: Any) -> str:
    """The formula in the docstring of the operation's Function: the first paragraph, or the first two."""
    function = _function_of(node)
    text = vars(function).get("__doc__") if isinstance(function, type) else None
    paragraphs = (text or "").split("\n\n")
    return " ".join(" ".join(paragraphs[: 1 if "dL/d" in paragraphs[0] else 2]).split())


def _function_of(node: Any) -> Any:
    function = node._function
    while not isinstance(function, type) and hasattr(function, "function"):  # what stands in for it
        function = function.function
    return function


def _sent(node: Any, amounts: list | None, records: dict, names: Names) -> list[Sent]:
    sent = []
    for i, parent in enumerate(node.next_functions):
        if parent is None:
            if not _is_trivial(node, i):
                sent.append(Sent(i, None, None, None, _why_not_wanted(node, i, names)))
            continue
        record = records[operation_of(parent)]
        part = None if amounts is None else amounts[i]
        reason = None
        if amounts is None:
            reason = "nothing arrived here, so the operation did not run"
        elif part is None:
            reason = "its backward returned None"
        sent.append(Sent(i, record.label, record.step, part, reason))
    return sent


def _is_trivial(node: Any, i: int) -> bool:
    """Settings such as an axis are arguments of `forward`, too, and of no interest."""
    note = traced(node)
    if note is not None and i < len(note.arguments) and note.arguments[i] == "not a tensor":
        return True
    code = getattr(getattr(_function_of(node), "forward", None), "__code__", None)
    names = () if code is None else code.co_varnames[1 : code.co_argcount]  # without ctx
    return i < len(names) and names[i] in _SETTINGS


def _why_not_wanted(node: Any, i: int, names: Names) -> str:
    note = traced(node)
    tensor = _saved_argument(node, i)
    name = None if tensor is None else names.of_tensor.get(id(tensor))
    if name is not None:
        return f"{name} requires no grad"
    if note is not None and i < len(note.arguments):
        return note.arguments[i]
    if tensor is not None and tensor._data.size == 1:
        return f"constant {number_in_words(tensor._data.item())} requires no grad"
    return "a constant requires no grad"


def _saved_argument(node: Any, i: int) -> Any:
    """Argument `i`, of operations such as a product that save their two operands in order; else None."""
    in_order = node._function.saved_for == (1, 0) and i < 2 and node.saved is not None and len(node.saved) == 2
    return node.saved[i] if in_order else None


def _notes(node: Any, seen: Any, record: Record) -> list[str]:
    notes = [_LINKS[record.operation]] if record.operation in _LINKS else []
    if seen.sent is None:
        notes.append("did not run: nothing arrived")
    notes += _hook_notes(node, record)
    hooks = node._hooks
    if hooks is not None and (hooks.before or hooks.after):
        notes.append("hooks on the node may have changed what came in or went out")
    if any(part is not None and not part.finite for part in seen.sent or ()):
        came = all(part.finite for part in seen.gradients if part is not None)
        notes.append("nan or inf went out" + (", and none came in: it began here" if came else ""))
    return notes


def _hook_notes(node: Any, record: Record) -> list[str]:
    """Notes on `register_hook` and `retain_grad`; for operations with several outputs those are on other nodes."""
    hooks = node._hooks
    notes = []
    if hooks is not None and hooks.of_gradient:
        came, left = _total(record.received), record.gradient[0] if record.gradient else None
        changed = came is not None and left is not None and not _equal(came, left)
        notes.append(f"{len(hooks.of_gradient)} hook(s) saw this gradient" + (" and changed it" if changed else ""))
    if hooks is not None and hooks.retain is not None:
        notes.append("retain_grad: backward keeps this gradient in .grad")
    return notes


def _total(received: list[Contribution]) -> Amount | None:
    """The sum, where it can be told from the values."""
    if len(received) == 1:
        return received[0].amount
    values = [part.amount.values for part in received]
    return None if None in values or not values else amount(np.sum([np.asarray(v) for v in values], axis=0))


def _equal(one: Amount, other: Amount) -> bool:
    if one.values is None or other.values is None:
        return bool(np.isclose(one.norm, other.norm, rtol=1e-6, equal_nan=True))
    return bool(np.allclose(one.values, other.values, rtol=1e-6, equal_nan=True))

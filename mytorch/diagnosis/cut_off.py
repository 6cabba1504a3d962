"""Parameters that no gradient reaches, and where the way to them is cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen
from mytorch.diagnosis.influence import with_influence
from mytorch.engine.in_place import history
from mytorch.engine.tensor_base import TensorBase

__all__ = ["find_cut_off", "listed"]

_REMEDIES = {
    "detached": "go on with the tensor itself, not with its .data, its .detach() or an array made of it; for what "
    "NumPy did write the Tensor operation",
    "item": "return and use the tensor; call .item() only on what is printed",
    "no-grad": "take the operation out of no_grad() (or inference_mode()), which is for evaluation",
    "integer-cast": "keep floating point numbers on the way to the loss; integers, argmax and comparisons have no "
    "derivative",
    "unused-parameter": "use the parameter in forward, and its result in the loss, or remove it",
    "backward-returns-none": "return a gradient for this argument from backward",
}


def find_cut_off(seen: Examination) -> list[Finding]:
    if seen.loss is None:
        return _no_tensor(seen)
    trained = seen.in_training()
    missing = [(name, p) for name, p in trained if p not in seen.gradients]
    flow = _Flow(seen)
    found = {p: flow.cause(p) for _, p in missing}
    for p in with_influence(seen, [p for p, (illness, _) in found.items() if illness == "unused-parameter"]):
        found[p] = "detached", flow.without_history()
    causes: dict[tuple[str, str], list[str]] = {}
    for name, p in missing:
        causes.setdefault(found[p], []).append(name)
    findings = [Finding(illness, listed(names), what, _REMEDIES[illness]) for (illness, what), names in causes.items()]
    if not seen.gradients and seen.parameters:
        findings.insert(0, _without_weights(seen, bool(trained)))
    return findings


def _no_tensor(seen: Examination) -> list[Finding]:
    what = "the loss is no Tensor, so there is no graph behind it"
    return [Finding("item", "the loss", what, _REMEDIES["item"])] if seen.error is None else []


def _without_weights(seen: Examination, any_trained: bool) -> Finding:
    if not any_trained:
        what = "all parameters have requires_grad=False"
        return Finding(
            "loss-without-weights", "the loss", what, "unfreeze what shall learn: model.requires_grad_(True)"
        )
    what = "the loss depends on no parameter of the model: " + (
        "it has no graph" if history(seen.loss) is None else "its graph leads to other leaves only"
    )
    return Finding("loss-without-weights", "the loss", what, "see the findings on parameters for where the way is cut")


def listed(names: list[str], most: int = 4) -> str:
    """`a, b, c, d and 2 more`"""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


class _Flow:
    """Which operations used which tensors, to follow a parameter on its way to the loss."""

    def __init__(self, seen: Examination) -> None:
        self.seen = seen
        self.users: dict[int, list[Seen]] = {}
        made: set[int] = set()
        for operation in seen.operations:
            for tensor in operation.tensors:
                self.users.setdefault(id(tensor), []).append(operation)
            made.update(map(id, operation.outputs))
        own = {id(p) for p in seen.parameters}
        # Leaves that no operation made: where something may have been cut and put in again.
        self.foreign: list[tuple[Any, Seen | None]] = []
        for operation in seen.operations:
            for tensor in operation.tensors:
                if tensor.is_leaf and id(tensor) not in made and id(tensor) not in own:
                    self.foreign.append((tensor, operation))
        if seen.loss is not None and seen.loss.is_leaf and id(seen.loss) not in made:
            self.foreign.append((seen.loss, None))

    def cause(self, parameter: Any) -> tuple[str, str]:
        """(illness, what was seen)"""
        if not self.users.get(id(parameter)):
            copy = self._comes_back(parameter, also_by_shape=False)
            if copy is not None:
                return copy
            return "unused-parameter", "no operation of the forward used it"
        if any(leaf is parameter for leaf in self.seen.leaves):
            return "backward-returns-none", self._returned_none()
        dead_ends: list[Seen] = []
        met: set[int] = set()
        waiting = [parameter]
        while waiting:
            tensor = waiting.pop()
            for operation in self.users.get(id(tensor), ()):
                if id(operation) in met:
                    continue
                met.add(id(operation))
                if not operation.is_recorded:
                    return self._unrecorded(operation)
                waiting += operation.outputs
                if not any(self.users.get(id(output)) for output in operation.outputs):
                    dead_ends.append(operation)
        for operation in reversed(dead_ends):
            for output in operation.outputs:
                copy = self._comes_back(output, also_by_shape=True, after=operation)
                if copy is not None:
                    return copy
        if any(operation is None for _, operation in self.foreign):
            return "detached", "the loss was made outside of Tensor operations, by NumPy or of numbers"
        end = dead_ends[-1] if dead_ends else None
        where = f"its last operation is {end.place}, whose result" if end else "what is made of it"
        return "unused-parameter", f"{where} is not used on the way to the loss"

    def without_history(self) -> str:
        """Of a parameter that nothing seen leads on from, and that the loss depends on all the same."""
        made_here = [
            operation
            for tensor, operation in self.foreign
            if operation is not None and tensor._data.size > 1 and np.ptp(tensor._data) and not self._is_given(tensor)
        ]
        where = f", as in {made_here[0].place}, which uses an array without history" if made_here else ""
        return (
            f"changing it changes the loss, yet no gradient comes: its numbers go on by .data, NumPy or .item(){where}"
        )

    def _unrecorded(self, operation: Seen) -> tuple[str, str]:
        if any(output._data.dtype.kind != "f" for output in operation.outputs):
            kind = operation.outputs[0]._data.dtype
            return "integer-cast", f"{operation.place} made a tensor of dtype {kind} of it, which has no gradient"
        return "no-grad", f"{operation.place} ran while nothing was recorded, under no_grad()"

    def _comes_back(self, tensor: Any, also_by_shape: bool, after: Seen | None = None) -> tuple[str, str] | None:
        """Whether a tensor without history holds the numbers of this one, or those made of them by NumPy."""
        array = tensor._data
        of = "it" if after is None else f"the result of {after.place}"
        for other, operation in self.foreign:
            where = "as the loss" if operation is None else f"in {operation.place}"
            if np.may_share_memory(other._data, array):
                return "detached", f"{of} was used {where} without its history, by .data or .detach()"
            if array.size == 1 and other._data.size == 1 and np.isclose(other._data.item(), array.item(), rtol=1e-5):
                return "item", f"{of} was used {where} as a number, by .item() or float()"
            if also_by_shape and other._data.dtype.kind in "iub" and _may_come_from(other._data.shape, array.shape):
                if not self._is_given(other):
                    return (
                        "integer-cast",
                        f"{of} became {other._data.dtype}, which has no gradient, and went on {where}",
                    )
                continue
            same = other._data.shape == array.shape and array.size > 1
            if same and np.array_equal(other._data, array):
                return "detached", f"a copy of {of} was used {where} without its history, by .data or .detach()"
            if same and also_by_shape and not self._is_given(other):
                return (
                    "detached",
                    f"{of} ends there, and an array of its shape made outside of Tensor operations goes on {where}",
                )
        return None

    def _is_given(self, tensor: Any) -> bool:
        """Whether it belongs to the batch or is a buffer."""
        given = [*_tensors_in(self.seen.inputs), *_tensors_in(self.seen.targets), *self.seen.model.buffers()]
        return any(np.may_share_memory(tensor._data, getattr(other, "_data", other)) for other in given)

    def _returned_none(self) -> str:
        for node, (came, sent) in self.seen.backward.items():
            for parent, part in zip(node.next_functions, sent):
                if parent is not None and part is None and any(came):
                    return f"{node.function_name}.backward returned None for an argument that requires grad"
        return "an operation between it and the loss sent no gradient"


def _may_come_from(shape: tuple, of: tuple) -> bool:
    """Whether it is the shape of a comparison or a cast of a tensor of shape `of`, or of its argmax."""
    return shape in (of, *[of[:axis] + of[axis + 1 :] for axis in range(len(of))])


def _tensors_in(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for part in value for tensor in _tensors_in(part)]
    return [value] if isinstance(value, (TensorBase, np.ndarray)) else []

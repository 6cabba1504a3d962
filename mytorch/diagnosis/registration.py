"""Parameters that the model or the optimizer does not know, and weights that two layers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch.diagnosis.cut_off import listed
from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.nn.module import Module
from mytorch.nn.modules.indexing.embedding import Embedding, EmbeddingBag
from mytorch.tensor import Tensor

__all__ = ["find_sharing", "find_unregistered"]


def find_unregistered(seen: Examination) -> list[Finding]:
    findings = []
    known = set(map(id, seen.parameters))
    hidden = {id(tensor): (name, tensor) for name, tensor in _in_attributes(seen.model) if id(tensor) not in known}
    fed = [list(args) for _, module, args in seen.watch.calls if module is seen.model]  # by the loss, too
    given = _arrays_in([seen.inputs, seen.targets, fed])
    # What only the loss uses may belong to somebody else, as a discriminator to the loss of its generator.
    of_model = {id(tensor) for one in seen.operations if one.module is not None for tensor in one.tensors}
    for leaf in seen.leaves:
        of_batch = leaf is seen.loss or any(leaf._data is array for array in given)
        if id(leaf) not in known and id(leaf) not in hidden and not of_batch and id(leaf) in of_model:
            hidden[id(leaf)] = (f"a leaf of shape {leaf._data.shape}", leaf)
    if hidden:
        names = [name for name, _ in hidden.values()]
        what = "requires grad and is not among the model's parameters(), so no optimizer trains it and no file keeps it"
        remedy = (
            "assign layers and nn.Parameter objects to attributes in __init__, after super().__init__(); lists and "
            "dicts of them belong into nn.ModuleList, nn.ModuleDict, nn.ParameterList or nn.Sequential"
        )
        findings.append(Finding("not-registered", listed(names), what, remedy))
    if seen.optimizer is not None:
        findings += _unknown_to_optimizer(seen)
    return findings


def _unknown_to_optimizer(seen: Examination) -> list[Finding]:
    trained = {id(p) for group in seen.optimizer.param_groups for p in group["params"]}
    left_out = [name for name, p in seen.in_training() if id(p) not in trained]
    findings = []
    if left_out:
        what = "requires grad and is not among the optimizer's parameters: step() does not change it"
        if trained.isdisjoint(map(id, seen.parameters)):
            what = "the optimizer has none of this model's parameters: it was made of another model, or before a change"
        remedy = "make the optimizer of model.parameters(), after the model is complete; or freeze what shall not learn"
        findings.append(Finding("not-in-optimizer", listed(left_out), what, remedy))
    return findings


def _in_attributes(model: Module) -> Iterator[tuple[str, Any]]:
    """(name, tensor) of what requires grad in the plain attributes of all modules, in lists and dicts too."""
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if not name.startswith("_"):
                yield from _weights_in(f"{path}.{name}" if path else name, value, 0)


def _weights_in(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Tensor):
        if value.requires_grad and value.is_leaf:
            yield name, value
    elif isinstance(value, Module):
        yield from value.named_parameters(name)
    elif isinstance(value, (list, tuple)) and depth < 3:
        for i, part in enumerate(value):
            yield from _weights_in(f"{name}[{i}]", part, depth + 1)
    elif isinstance(value, dict) and depth < 3:
        for key, part in value.items():
            yield from _weights_in(f"{name}[{key!r}]", part, depth + 1)


def _arrays_in(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [array for part in value for array in _arrays_in(part)]
    return [value._data] if isinstance(value, Tensor) else []


# ------------------------------------------------------------------------------------ sharing


def find_sharing(seen: Examination) -> list[Finding]:
    """Weights that are one by accident. Not found, because programs mean it: a tensor in layers of two kinds, as in
    an embedding and the output layer, or in two embeddings, and a module in two places of the tree."""
    findings = []
    repeated = list(_repeated(seen.model))
    mentioned = {name for names, _ in repeated for name in names}
    copies = [(names, what) for names, what in _copies(seen.model) if mentioned.isdisjoint(names)]
    for names, what in (*repeated, *copies, *_same_memory(seen)):
        remedy = (
            "make a layer of its own for each place: a list comprehension instead of [layer] * 3, copy.deepcopy, or "
            "x.data.copy() for numbers. If it is meant, leave the finding out: doctor(..., ignore=['shared-weights'])"
        )
        findings.append(Finding("shared-weights", listed(names), what, remedy))
    return findings


def _repeated(model: Module) -> Iterator[tuple[list[str], str]]:
    for path, parent in model.named_modules():
        prefix = f"{path}." if path else ""
        by_child: dict[int, list[str]] = {}
        owners: dict[int, list[tuple[str, str, type]]] = {}
        for name, child in parent._modules.items():
            if child is None or next(child.parameters(), None) is None:
                continue
            by_child.setdefault(id(child), []).append(prefix + name)
            if len(by_child[id(child)]) == 1:
                for own, p in child._parameters.items():
                    if p is not None and not isinstance(child, (Embedding, EmbeddingBag)):
                        owners.setdefault(id(p), []).append((prefix + name, own, type(child)))
        for names in by_child.values():
            if len(names) > 1:
                yield names, "is one module under several names of one parent: all of them have the same weights"
        for places in owners.values():
            if len(places) > 1 and len({(own, kind) for _, own, kind in places}) == 1:
                yield [f"{name}.{own}" for name, own, _ in places], "is one tensor in neighbouring layers of one kind"
        of_parent: dict[int, list[str]] = {}
        for name, p in parent._parameters.items():
            if p is not None:
                of_parent.setdefault(id(p), []).append(prefix + name)
        for names in of_parent.values():
            if len(names) > 1:
                yield names, "is one tensor under several names of one module"


def _copies(model: Module) -> Iterator[tuple[list[str], str]]:
    """Layers that have all their parameters in common, two or more: copy.copy(layer) makes such ones."""
    owners: dict[tuple, list[tuple[str, list[str]]]] = {}
    for path, module in model.named_modules():
        own = {name: p for name, p in module._parameters.items() if p is not None}
        names = [f"{path}.{name}" if path else name for name in own]
        if len(own) > 1:
            owners.setdefault((type(module), *map(id, own.values())), []).append((path, names))
    for places in owners.values():
        if len(places) > 1:
            names = [name for of_layer in zip(*[names for _, names in places]) for name in of_layer]
            yield names, "is one tensor in several layers of one kind, which have all their parameters in common"


def _same_memory(seen: Examination) -> Iterator[tuple[list[str], str]]:
    by_owner: dict[int, list[tuple[str, Any]]] = {}
    for p, name in seen.parameters.items():
        array = p._data
        while isinstance(array.base, np.ndarray):
            array = array.base
        by_owner.setdefault(id(array), []).append((name, p))
    for found in by_owner.values():
        names = [
            name
            for name, p in found
            if any(other is not p and np.shares_memory(p._data, other._data) for _, other in found)
        ]
        if len(names) > 1:
            yield names, "are two tensors on the same memory: a step of one changes the other"

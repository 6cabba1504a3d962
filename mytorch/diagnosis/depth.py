"""Gradients that vanish or explode from layer to layer, and the update that follows: `rates` goes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.diagnosis.forward_watch import Seen

__all__ = ["find_trend_with_depth", "layers_of"]

VANISHED = 3e-5  # the first layer's gradient against the last one's
EXPLODED = 1e3
_FEWEST_LAYERS, _FEWEST_STEPS = 4, 8
_RESHAPING = ("Reshape", "Transpose", "BroadcastTo")
_LOOKUPS = ("Embedding", "GetItem", "IndexSelect")


def find_trend_with_depth(seen: Examination) -> list[Finding]:
    layers = layers_of(seen)
    if len(layers) < _FEWEST_LAYERS:
        return _through_time(seen)
    first, last = layers[0], layers[-1]
    norms = [_gradient(seen, layer) for layer in layers]
    sizes = [float(np.sqrt(np.mean(np.square(layer.outputs[0]._data, dtype=float)))) for layer in layers]
    where = f"{len(layers)} layers, from {first.place} to {last.place}"
    if not norms[-1] or not norms[0]:
        return []
    ratio = norms[0] / norms[-1]
    if ratio < VANISHED:
        what = f"the gradient's norm falls from {norms[-1]:.2g} at the last layer to {norms[0]:.2g} at the first"
        remedy = (
            "use ReLU instead of sigmoid or tanh, start with larger weights (nn.init.kaiming_uniform_), add skip "
            "connections or normalisation (nn.BatchNorm1d, nn.LayerNorm)"
        )
        return [Finding("vanishing-gradient", where, what, remedy)]
    growth = sizes[-1] / sizes[0] if sizes[0] else 0.0
    if ratio > EXPLODED or growth > EXPLODED:
        what = (
            f"the gradient's norm grows from {norms[-1]:.2g} at the last layer to {norms[0]:.2g} at the first"
            if ratio > EXPLODED
            else f"the values grow from {sizes[0]:.2g} after the first layer to {sizes[-1]:.2g} after the last"
        )
        remedy = (
            "start with smaller weights (the layers' own start, nn.init.xavier_uniform_), add normalisation, and limit "
            "gradients: nn.utils.clip_grad_norm_"
        )
        return [Finding("exploding-gradient", where, what, remedy)]
    return _through_time(seen)


def _through_time(seen: Examination) -> list[Finding]:
    """A layer that is used step after step. (That gradients fade over many steps is the rule there, and no alarm.)"""
    for parameter, uses in _uses_of_weights(seen).items():
        norms = [_gradient(seen, use) for use in uses]
        if len(uses) >= _FEWEST_STEPS and norms[-1] and norms[0] > EXPLODED * norms[-1]:
            what = (
                f"over {len(uses)} steps the gradient's norm grows from {norms[-1]:.2g} at the last to {norms[0]:.2g}"
            )
            remedy = (
                "start with smaller or orthogonal weights (nn.init.orthogonal_), use nn.LSTM or nn.GRU, and limit "
                "gradients: nn.utils.clip_grad_norm_"
            )
            return [Finding("exploding-gradient", f"{seen.name(parameter)}, {uses[0].place}", what, remedy)]
    return []


def layers_of(seen: Examination) -> list[Seen]:
    """The operations with a weight matrix or kernel, in running order; of each weight the first use."""
    return [uses[0] for uses in _uses_of_weights(seen).values()]


def _uses_of_weights(seen: Examination) -> dict[Any, list[Seen]]:
    """{parameter: the operations that use it}, in running order, of weight matrices and kernels."""
    source = {id(p): p for p in seen.parameters if p._data.ndim >= 2}  # also what is only reshaped of one
    layers: dict[Any, list[Seen]] = {}
    for operation in seen.operations:
        used = [source[id(tensor)] for tensor in operation.tensors if id(tensor) in source]
        if not used or operation.node not in seen.in_graph:
            continue
        if operation.function in _RESHAPING:
            source.update({id(output): used[0] for output in operation.outputs})
        elif operation.function not in _LOOKUPS and operation.module is not None:
            layers.setdefault(used[0], []).append(operation)
    return layers


def _gradient(seen: Examination, layer: Seen) -> float:
    came, _ = seen.backward.get(layer.node, ([], []))
    return float(np.sqrt(sum(part.norm**2 for part in came if part is not None)))

"""What training needs around the model: its mode, its data, its batch size."""

from __future__ import annotations

import numpy as np

from mytorch.diagnosis.cut_off import listed
from mytorch.diagnosis.depth import layers_of
from mytorch.diagnosis.examination import Examination
from mytorch.diagnosis.finding import Finding
from mytorch.engine.tensor_base import TensorBase
from mytorch.nn.batchnorm import _BatchNorm
from mytorch.nn.dropout import Dropout, Dropout1d, Dropout2d

__all__ = ["find_data", "find_modes", "find_one_row"]

LARGE = 10.0  # mean or standard deviation of data that is not normalised
_DIFFERENT = 1e3  # columns' standard deviations against each other
_DROPOUTS = (Dropout, Dropout1d, Dropout2d)


def find_modes(seen: Examination) -> list[Finding]:
    remedy = "call model.train() before training, and again after each evaluation in eval()"
    if not seen.training[seen.model]:
        what = "is in evaluation mode: dropout does nothing, and batch norm uses and does not update its averages"
        return [Finding("eval-mode", "the model", what, remedy)]
    resting = []
    for name, module in seen.model.named_modules():
        if isinstance(module, _DROPOUTS) or (
            isinstance(module, _BatchNorm) and any(p.requires_grad for p in module.parameters(recurse=False))
        ):
            resting += [] if seen.training.get(module, True) else [name]
    what = "is in evaluation mode while the model trains, and its parameters are not frozen"
    return [Finding("eval-mode", listed(resting), what, remedy)] if resting else []


def find_one_row(seen: Examination) -> list[Finding]:
    for name, module, args in seen.watch.calls:
        x = args[0] if args else None
        if not isinstance(module, _BatchNorm) or not module.training or not isinstance(x, TensorBase):
            continue
        values = x._data.size // max(x._data.shape[1], 1) if x._data.ndim > 1 else 0
        if values == 1:
            what = f"gets an input of shape {x._data.shape}: one value per channel, whose variance is 0"
            remedy = "use batches of two samples or more (drop_last=True leaves a single last one out), or LayerNorm"
            return [Finding("batch-norm-one-row", name or "the model", what, remedy)]
    return []


def find_data(seen: Examination) -> list[Finding]:
    """What goes into the first layer with weights, so that a model that normalises itself is not to blame."""
    layers = layers_of(seen)
    if not layers:
        return []
    first = layers[0]
    made = {id(output) for operation in seen.operations for output in operation.outputs}
    own = set(map(id, seen.parameters))
    inputs = [t for t in first.tensors if id(t) not in own and t._data.dtype.kind in "fiu" and t._data.size > 1]
    inputs = [t for t in inputs if t._data.ndim > 1 and (id(t) not in made or not t.requires_grad)]
    for tensor in inputs[:1]:
        x = np.asarray(tensor._data, dtype=float)
        mean, deviation = abs(float(x.mean())), float(x.std())
        remedy = (
            "subtract the mean and divide by the standard deviation of the training set: images / 255, "
            "transforms.Normalize, or (x - mean) / std per column"
        )
        if mean > LARGE or deviation > LARGE:
            what = f"what goes into it has mean {x.mean():.4g} and standard deviation {deviation:.4g}"
            return [Finding("data-not-normalised", first.place, what, remedy)]
        deviations = x.std(axis=0) if x.ndim == 2 and len(x) > 2 else np.ones(1)
        used = deviations[deviations > 0]
        if used.size > 1 and deviation > 1 and used.max() > _DIFFERENT * np.median(used):
            what = f"its columns have standard deviations from {used.min():.2g} to {used.max():.2g}"
            return [Finding("data-not-normalised", first.place, what, remedy)]
    return []

"""From the record of a training (see `mnist_recorder`) to what is wrong with it, in the handout's words.

What counts are the weights: they are applied here, by NumPy alone, to images whose labels the student's
process has not seen. The rest of the record explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Trained", "accuracy_of", "gradients_of_data", "misreported", "mistakes", "too_short"]

WANTED = [["Linear", 784, 20], ["BatchNorm1d", 20], ["ReLU"], ["Linear", 20, 10]]
RATE = 0.1
WIDEST, MOST_LAYERS = 2_000, 64  # outputs of a layer, and layers, that are looked at
TOLERANCE = 0.02  # between a reported accuracy and ours: batch norm may differ in details


@dataclass(frozen=True)
class Trained:
    """facts, arrays: of the record.   labels: the right ones of the training images."""

    facts: dict[str, Any]
    arrays: dict[str, np.ndarray]
    labels: np.ndarray

    def fact(self, name: str) -> int:
        value = self.facts.get(name)
        return value if isinstance(value, int) else 0

    def array(self, name: str) -> np.ndarray:
        return self.arrays.get(name, np.zeros((0, 3) if name == "validations" else 0, int))

    @property
    def layers(self) -> list[list[Any]]:
        found = self.facts.get("layers")
        return list(filter(_is_described, found[:MOST_LAYERS])) if isinstance(found, list) else []

    def epochs(self) -> list[np.ndarray]:
        """The numbers of the images, in the order in which each epoch saw them (-1: not recognized)."""
        epochs: list[list[np.ndarray]] = [[]]
        seen = np.zeros(len(self.labels), bool)
        for rows in self._batches():
            known = rows[(rows >= 0) & (rows < len(seen))]
            if len(known) and seen[known].mean() > 0.05:  # these images have had their turn: a new epoch
                epochs.append([])
                seen[:] = False
            seen[known] = True
            epochs[-1].append(rows)
        return [np.concatenate(batches) for batches in epochs if batches]

    def batches_per_epoch(self) -> int:
        return round(len(self._batches()) / max(1, len(self.epochs())))

    def _batches(self) -> list[np.ndarray]:
        sizes, rows = self.array("sizes"), self.array("rows")
        if len(sizes) == 0 or sizes.sum() != len(rows):
            return []
        return np.split(rows, np.cumsum(sizes)[:-1])


def _is_described(layer: Any) -> bool:
    """["Linear", 784, 20]: the record comes from a process that nobody trusts."""
    return isinstance(layer, list) and [type(part) for part in layer] == [str, *[int] * (len(layer) - 1)]


def mistakes(trained: Trained) -> list[str]:
    """What the handout asks for and the training did not do. Empty where all is as it should be."""
    if not trained.fact("backwards"):
        return ["nothing was trained: no image went through a Linear layer of mytorch and then through backward()"]
    if trained.fact("trained_on_val"):
        return ["the validation images were trained with: backward() was called on their loss (section 3.2)"]
    found = [*_of_the_network(trained), *_of_the_steps(trained), *_of_the_modes(trained), *_of_the_data(trained)]
    return found + gradients_of_data(trained)


def gradients_of_data(trained: Trained) -> list[str]:
    """Of a training that failed too: it may be why."""
    return [
        f"the {what} are Tensors with requires_grad=True: they need no gradient (section 3.2)"
        for what, name in (("images", "input_gradients"), ("labels", "label_gradients"))
        if trained.fact(name)
    ]


def _of_the_network(trained: Trained) -> list[str]:
    if trained.layers == WANTED:
        return []
    text = f"the network is {_written(trained.layers)}, expected {_written(WANTED)} (section 3.1)"
    if not any(layer[0] == "BatchNorm1d" for layer in trained.layers):
        text += ": BatchNorm1d is missing (whoever skips the bonus 2.4 may ignore this line)"
    return [text]


def _of_the_steps(trained: Trained) -> list[str]:
    rate, found = trained.facts.get("rate"), []
    if trained.fact("uncleared"):
        found.append(
            f"old gradients were still there at {trained.fact('uncleared')} of {trained.fact('backwards')} calls of "
            "backward(), which adds to them: call optimizer.zero_grad() for every batch (section 3.2)"
        )
    if not trained.fact("steps"):
        found.append("optimizer.step() was never called, so the weights stayed what they were (section 3.2)")
    elif not trained.fact("moved") and trained.fact("empty_steps"):
        found.append(
            "the gradients were None or 0 at optimizer.step(): call zero_grad(), then backward(), then step(), in this "
            "order (section 3.2)"
        )
    elif not trained.fact("moved"):
        found.append("optimizer.step() changed no weight (section 2.3): are these the model's parameters?")
    elif isinstance(rate, float) and abs(rate - RATE) > 1e-3 * RATE:
        found.append(f"the first step was {rate:.4g} times the gradient, expected lr={RATE} (section 3.1)")
    return found


def _of_the_modes(trained: Trained) -> list[str]:
    modes, validations, found = trained.array("modes"), trained.array("validations"), []
    in_eval = np.flatnonzero(modes == 0)
    if len(in_eval):
        after = len(validations) and len(in_eval) > 0 and in_eval[0] >= validations[0, 0]
        why = "after validation the model must go back into training mode" if after else "call model.train() first"
        found.append(
            f"{len(in_eval)} of {len(modes)} batches were trained with in evaluation mode: {why} (section 3.2)"
        )
    if len(validations) and (validations[:, 2] == 1).any():
        found.append("validation runs in training mode: call model.eval() before it (section 3.3)")
    return found


def _of_the_data(trained: Trained) -> list[str]:
    rows, labels, epochs, found = trained.array("rows"), trained.array("labels"), trained.epochs(), []
    known = (
        (rows >= 0) & (rows < len(trained.labels)) & (labels >= 0) if len(rows) == len(labels) else np.zeros(0, bool)
    )
    if known.any():
        wrong = float((trained.labels[rows[known]] != labels[known]).mean())
        if wrong > 0.01:
            found.append(
                f"{wrong:.0%} of the labels in the loss are not those of their images: shuffle images and labels in "
                "the same order (section 3.2)"
            )
    ordered = [i for i, epoch in enumerate(epochs) if len(epoch) > 2 and (np.diff(epoch) == 1).mean() > 0.9]
    same = len(epochs) > 1 and all(_mostly_equal(epochs[0], epoch) for epoch in epochs[1:])
    if ordered:
        found.append(f"epoch {ordered[0] + 1} saw the images in the order of the file: shuffle them (section 3.2)")
    elif same:
        found.append("every epoch saw the images in the same order: shuffle at the start of each (section 3.2)")
    if epochs and (epochs[0] >= 0).all() and len(np.unique(epochs[0])) < 0.9 * len(trained.labels):
        found.append(
            f"epoch 1 saw only {len(np.unique(epochs[0])):,} of the {len(trained.labels):,} images (section 3.2)"
        )
    return found


def _mostly_equal(a: np.ndarray, b: np.ndarray) -> bool:
    n = min(len(a), len(b))
    return n > 2 and bool((a[:n] == b[:n]).mean() > 0.9)


def _written(layers: list[list[Any]]) -> str:
    shown = (f"{layer[0]}({', '.join(map(str, layer[1:]))})" for layer in layers[:8])
    return f"{' -> '.join(shown):.200}"


# ------------------------------------------------------------------------- the weights themselves


def accuracy_of(trained: Trained, label: str, images: np.ndarray, labels: np.ndarray) -> float | None:
    """The share of the images that the weights saved as `label` classify rightly; None where there are none
    of a network that is known here."""
    x = images  # (N, 784)
    try:
        with np.errstate(all="ignore"):
            for i, layer in enumerate(trained.layers):
                x = _forward(layer[0], {n: trained.arrays[f"{label}.{i}.{n}"] for n in _NEEDS[layer[0]]}, x)
        return float((x.argmax(axis=1) == labels).mean()) if trained.layers and x.ndim == 2 else None
    except (KeyError, TypeError, ValueError):  # no such layer or array, or shapes that do not fit
        return None


_NEEDS: dict[str, tuple[str, ...]] = {
    "Linear": ("weight", "bias"), "BatchNorm1d": ("gamma", "beta", "running_mean", "running_var"),
    "ReLU": (), "Sigmoid": (), "Tanh": (),
}  # fmt: skip


def _forward(kind: str, w: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """ValueError where shapes do not fit: by broadcasting, or by a million outputs, little makes terabytes."""
    width = len(w["weight"]) if kind == "Linear" else x.shape[1]
    if width > WIDEST or any(array.size != width for name, array in w.items() if name != "weight"):
        raise ValueError(f"a layer {kind} of {width:,} outputs has arrays that do not fit")
    if kind == "Linear":
        return x @ w["weight"].T + w["bias"].reshape(-1)
    if kind == "BatchNorm1d":
        mean, var, gamma, beta = (w[n].reshape(-1) for n in ("running_mean", "running_var", "gamma", "beta"))
        return (x - mean) / np.sqrt(var + 1e-5) * gamma + beta
    return {"ReLU": lambda x: np.maximum(x, 0), "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Tanh": np.tanh}[kind](x)


def too_short(trained: Trained, epochs: int) -> list[str]:
    """Of a training that does not reach what it should: whether it had fewer epochs. (The handout lets others be.)"""
    count = len(trained.epochs())
    if not 0 < count < epochs or (trained.array("rows") < 0).any():  # images that are not known: nobody can tell
        return []
    return [
        f"trained {count} epoch{'s' * (count != 1)} instead of {epochs} (section 3.2): does `return` stand inside the "
        "loop over the epochs?"
    ]


def misreported(trained: Trained, accuracies: list[float], val_x: np.ndarray, val_y: np.ndarray) -> list[str]:
    """Where the accuracies that mnist() returned are not those of its network."""
    validations = trained.array("validations")
    if len(validations) < len(accuracies) and trained.fact("untrained"):
        return ["training images were validated: the accuracies are those of val_x and val_y (section 3.2)"]
    if len(validations) != len(accuracies):
        return [f"mnist() returned {len(accuracies):,} accuracies, but validated {len(validations):,} times"]
    partial = np.flatnonzero(validations[:, 1] != len(val_y))
    if len(partial):
        i = partial[0]
        return [f"validation {i + 1} saw {validations[i, 1]:,} of the {len(val_y):,} validation images"]
    for i, reported in enumerate(accuracies):
        actual = accuracy_of(trained, f"v{i}", val_x, val_y)
        if actual is not None and abs(actual - reported) > TOLERANCE + 2 / len(val_y) and validations[i, 2] != 1:
            return [
                f"validation {i + 1} reports {reported:.2%}, but the network of that moment labels {actual:.2%} of the "
                "validation images correctly: compare the places of the largest outputs with the labels (section 3.3)"
            ]
    return []

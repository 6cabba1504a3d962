"""Do two contenders compute the same? A fast wrong answer is worth nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["GRADIENT_TOLERANCES", "LOSS_TOLERANCES", "complaints"]

# Loss: relative difference. Sums of rounded products in another order differ by some 1e-6 in float32.
LOSS_TOLERANCES = {"float32": 1e-5, "float64": 1e-12}
# Gradient: largest difference over largest element. Rounding may flip a ReLU or the maximum of a
# pool among the millions of W4, which moves single contributions: between two memory formats of
# PyTorch itself 8e-4 was seen in float32, and in `growth` at batch 1024, where PyTorch had one ReLU on
# the other side than float64 has it, 3.4e-3. In float64 nothing flips, and the bound is sharp.
GRADIENT_TOLERANCES = {"float32": 5e-3, "float64": 1e-9}
# A gradient that is zero but for rounding (of a bias before batch norm) has no scale of its own:
# at least this share of the largest gradient of the network counts as its scale.
SMALLEST_SHARE = 1e-3

Gradients = Mapping[str, np.ndarray]


def complaints(
    dtype: str, losses: Sequence[float], gradients: Gradients, other_losses: Sequence[float], other_gradients: Gradients
) -> list[str]:
    """What differs between the first steps of two contenders, in words; nothing if all agrees.
    The second pair is the one that is trusted."""
    tolerance = GRADIENT_TOLERANCES[dtype]
    found = []
    for i, (loss, other) in enumerate(zip(losses, other_losses, strict=True)):
        if not abs(loss - other) <= LOSS_TOLERANCES[dtype] * abs(other):  # so that NaN complains too
            found.append(f"loss of step {i + 1} is {loss:.8g}, expected {other:.8g}")
    if set(gradients) != set(other_gradients):
        found.append(f"gradients of {sorted(gradients)}, expected of {sorted(other_gradients)}")
        return found
    floor = SMALLEST_SHARE * max(float(np.abs(gradient).max()) for gradient in other_gradients.values())
    for name, other_gradient in other_gradients.items():
        gradient = gradients[name]
        if gradient.shape != other_gradient.shape or gradient.dtype != np.dtype(dtype):
            found.append(
                f"gradient of {name} is {gradient.dtype} of shape {gradient.shape}, "
                f"expected {dtype} of shape {other_gradient.shape}"
            )
            continue
        scale = max(float(np.abs(other_gradient).max()), floor)
        error = float(np.abs(gradient - other_gradient).max()) / scale
        if not error <= tolerance:
            found.append(f"gradient of {name} is off by {error:.2g} of its largest element, allowed {tolerance:g}")
    return found

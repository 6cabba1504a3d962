"""Values, gradients and second gradients of the table's rows by PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case
from support.namespaces import PyTorch


def results(torch: Any, case: Case) -> dict[str, np.ndarray]:
    """{"value", "grad0", ..., "second0", ...}: the quantities that the parity tests compare.

    grad: of sum(value * cotangent). second: of sum_i sum(grad_i * weight_i).
    """
    rng = case.rng()
    leaves = [torch.tensor(array, requires_grad=True) for array in case.inputs()]
    value = case.function(PyTorch(torch), *leaves)
    cotangent = torch.tensor(rng.standard_normal(tuple(value.shape)))
    weights = [torch.tensor(rng.standard_normal(tuple(leaf.shape))) for leaf in leaves]
    firsts = torch.autograd.grad((value * cotangent).sum(), leaves, create_graph=True, materialize_grads=True)
    total = sum((g * w).sum() for g, w in zip(firsts, weights))
    if total.requires_grad:
        seconds = torch.autograd.grad(total, leaves, materialize_grads=True)
    else:
        seconds = [torch.zeros_like(leaf) for leaf in leaves]
    found = {"value": value.detach().numpy()}
    found |= {f"grad{i}": g.detach().numpy(force=True) for i, g in enumerate(firsts)}
    found |= {f"second{i}": g.detach().numpy(force=True) for i, g in enumerate(seconds)}
    return found

"""A layer of ours and PyTorch's layer with the same weights: the same input must give the same
outputs, and the same cotangents the same gradients of inputs and parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.tensor import Tensor


def twin(ours: Any, theirs: Any) -> tuple[Any, Any]:
    """Both with the weights of `theirs`, which becomes float64; the keys of their state dicts must agree."""
    theirs.double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    return ours, theirs


def flat(outputs: Any) -> list[Any]:
    """All tensors in nested tuples, in order; None is left out."""
    if isinstance(outputs, (tuple, list)):
        return [tensor for output in outputs for tensor in flat(output)]
    return [] if outputs is None else [outputs]


def assert_twins_agree(
    torch: Any,
    ours: Any,
    theirs: Any,
    arrays: list[np.ndarray],
    call: Callable[..., Any] = lambda module, *inputs: module(*inputs),
    tolerance: float = 1e-10,
    second: bool = False,
) -> None:
    """Compare outputs and gradients of call(module, *inputs), and with `second` second derivatives.

    Arrays of integers and truth values are inputs without gradient. Outputs that are no floats
    (lengths, positions) must be equal."""
    rng = np.random.default_rng(1)
    a = [Tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    b = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    outputs, expected = flat(call(ours, *a)), flat(call(theirs, *b))
    assert len(outputs) == len(expected)
    total, total_theirs = Tensor(0.0), torch.zeros((), dtype=torch.float64)
    for output, other in zip(outputs, expected):
        assert output.shape == tuple(other.shape)
        same(output, other, tolerance, "output")
        if output.dtype.kind == "f" and other.requires_grad:
            cotangent = rng.standard_normal(output.shape)
            total = total + (output * cotangent).sum()
            total_theirs = total_theirs + (other * torch.tensor(cotangent)).sum()
    leaves = {f"input {i}": (x, y) for i, (x, y) in enumerate(zip(a, b)) if x.requires_grad}
    parameters = dict(theirs.named_parameters()) if hasattr(theirs, "named_parameters") else {}
    leaves |= {name: (x, parameters[name]) for name, x in (ours.named_parameters() if parameters else [])}
    for x, y in leaves.values():
        x.grad = y.grad = None
    total.backward(create_graph=second)
    grads = torch.autograd.grad(total_theirs, [y for _, y in leaves.values()], create_graph=second, allow_unused=True)
    for (name, (x, _)), grad in zip(leaves.items(), grads):
        assert (x.grad is None) == (grad is None), name
        if grad is not None:
            same(x.grad, grad, tolerance, f"gradient of {name}")
    if second:
        _assert_second_derivatives_agree(torch, leaves, grads, tolerance)


def _assert_second_derivatives_agree(torch: Any, leaves: dict[str, Any], grads: Any, tolerance: float) -> None:
    """Of sum over leaves of sum(weights * gradient)."""
    rng = np.random.default_rng(2)
    total, total_theirs = Tensor(0.0), torch.zeros((), dtype=torch.float64)
    for (x, _), grad in zip(leaves.values(), grads):
        if grad is not None:
            weights = rng.standard_normal(x.shape)
            total = total + (x.grad * weights).sum()
            total_theirs = total_theirs + (grad * torch.tensor(weights)).sum()
    for x, _ in leaves.values():
        x.grad = None
    total.backward()
    seconds = torch.autograd.grad(total_theirs, [y for _, y in leaves.values()], allow_unused=True)
    for (name, (x, _)), grad in zip(leaves.items(), seconds):
        found = np.zeros(x.shape) if x.grad is None else x.grad.data
        other = np.zeros(x.shape) if grad is None else grad.numpy()
        np.testing.assert_allclose(found, other, rtol=tolerance, atol=10 * tolerance, err_msg=f"second, {name}")


def same(tensor: Tensor, other: Any, tolerance: float, what: str) -> None:
    np.testing.assert_allclose(
        tensor.data, other.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=what, equal_nan=True
    )

"""Is a derivative right? Compare it with finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mytorch.gradients import grad
from mytorch.tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A derivative differs from its finite difference."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """Compare every element of the Jacobian of `func` that the engine finds with the quotient
    (func(x + eps) - func(x - eps)) / 2 eps. True if all agree within atol + rtol * |quotient|.

    func: takes the inputs, returns a Tensor or several. Its kinks must be far from the inputs.
    inputs: a Tensor or a sequence of arguments; float64 Tensors with requires_grad=True are checked.
    raise_exception: on a difference raise GradcheckError, which names the worst element and shows
        both values; with False return False.
    nondet_tol: how far two backward passes over the same numbers may differ.
    """
    arguments = _arguments(inputs)
    checked = [i for i, a in enumerate(arguments) if isinstance(a, Tensor) and a.requires_grad]
    if not checked:
        raise ValueError("gradcheck: none of the inputs is a Tensor with requires_grad=True")
    for i in checked:
        if arguments[i].dtype != np.float64:
            warnings.warn(
                f"gradcheck: inputs[{i}] is {arguments[i].dtype}; finite differences need float64", stacklevel=2
            )
    try:
        outputs = _as_tuple(func(*arguments))
        numerical = [_numerical_jacobians(func, arguments, i, outputs, eps) for i in checked]
        for o, output in enumerate(outputs):
            if output.requires_grad or not any(out.requires_grad for out in outputs):
                analytical = _analytical_jacobians(output, [arguments[i] for i in checked], nondet_tol)
                for i, quotients, jacobian in zip(checked, numerical, analytical):
                    _compare(quotients[o], jacobian, atol, rtol, (o, output.shape), (i, arguments[i].shape))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """`gradcheck` of the gradient of `func`, as a function of the inputs and of grad_outputs: is
    the second derivative right? grad_outputs: by default normally distributed numbers."""
    arguments = _arguments(inputs)
    if grad_outputs is None:
        outputs = [out for out in _as_tuple(func(*arguments)) if out.requires_grad]
        rng = np.random.default_rng(0)  # not the program's own generator, which a check must not advance
        cotangents = tuple([Tensor(rng.standard_normal(o.shape).astype(o.dtype), requires_grad=True) for o in outputs])
    else:
        cotangents = _arguments(grad_outputs)
    count = len(arguments)

    def gradient(*values: Any) -> tuple:
        arguments = values[:count]
        outputs = [out for out in _as_tuple(func(*arguments)) if out.requires_grad]
        wanted = [a for a in arguments if isinstance(a, Tensor) and a.requires_grad]
        return grad(outputs, wanted, values[count:], create_graph=True, materialize_grads=True)

    return gradcheck(
        gradient,
        (*arguments, *cotangents),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
    )


def _arguments(inputs: Any) -> tuple:
    return tuple(inputs) if isinstance(inputs, Sequence) else (inputs,)


def _as_tuple(outputs: Any) -> tuple:
    """The outputs that can have a derivative."""
    several = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
    for output in several:
        if not isinstance(output, Tensor):
            raise TypeError(f"gradcheck: func must return a Tensor or a tuple of Tensors, got {type(output).__name__}")
    return tuple([output for output in several if output.dtype.kind == "f"])


def _numerical_jacobians(
    func: Callable[..., Any], arguments: tuple, position: int, outputs: tuple, eps: float
) -> list[np.ndarray]:
    """For each output its Jacobian by arguments[position], (output elements, input elements)."""
    x = arguments[position].data
    jacobians = [np.zeros((output.numel(), x.size)) for output in outputs]
    for column, index in enumerate(np.ndindex(x.shape)):
        values = []
        for sign in (1, -1):
            moved = x.copy()
            moved[index] += sign * eps
            # With requires_grad, because func may ask for gradients itself.
            changed = (*arguments[:position], Tensor(moved, requires_grad=True), *arguments[position + 1 :])
            values.append([output.data.copy() for output in _as_tuple(func(*changed))])
        for jacobian, up, down in zip(jacobians, *values):
            jacobian[:, column] = ((up - down) / (2 * eps)).ravel()
    return jacobians


def _analytical_jacobians(output: Tensor, inputs: list, nondet_tol: float) -> list[np.ndarray]:
    """The Jacobian of `output` by each input, row by row, each row from one backward pass."""
    jacobians = [np.zeros((output.numel(), x.numel())) for x in inputs]
    if not output.requires_grad:
        return jacobians
    for row, index in enumerate(np.ndindex(output.shape)):
        one_hot = np.zeros(output.shape, output.dtype)
        one_hot[index] = 1
        first, second = (
            grad(output, inputs, Tensor(one_hot), retain_graph=True, materialize_grads=True) for _ in range(2)
        )
        for i, (jacobian, g, again) in enumerate(zip(jacobians, first, second)):
            if g.numel() and np.abs(g.data - again.data).max() > nondet_tol:
                raise GradcheckError(f"gradcheck: two backward passes gave different gradients for inputs[{i}]")
            jacobian[row] = g.data.ravel()
    return jacobians


def _compare(
    numerical: np.ndarray,
    analytical: np.ndarray,
    atol: float,
    rtol: float,
    output: tuple[int, tuple],
    input: tuple[int, tuple],
) -> None:
    excess = np.abs(numerical - analytical) - (atol + rtol * np.abs(numerical))
    excess[np.isnan(excess)] = np.inf
    if excess.size == 0 or excess.max() <= 0:
        return
    row, column = np.unravel_index(np.argmax(excess), excess.shape)
    out_index = tuple([int(n) for n in np.unravel_index(row, output[1])])
    in_index = tuple([int(n) for n in np.unravel_index(column, input[1])])
    raise GradcheckError(
        f"gradcheck: the derivative of output {output[0]} by inputs[{input[0]}] is wrong in "
        f"{int((excess > 0).sum())} of {excess.size} elements; the worst: d output{list(out_index)} / "
        f"d input{list(in_index)} is {numerical[row, column]:.10g} by finite difference, "
        f"{analytical[row, column]:.10g} by backward"
    )

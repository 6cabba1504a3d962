"""Derivatives of functions: Jacobians, Hessians, and their products with vectors.

`func` takes as many Tensors as `inputs` holds, and returns a Tensor or a tuple of Tensors. Where
`inputs` (or the result of `func`) is one Tensor and not a tuple, so is the corresponding part of
what the functions here return. With create_graph=True the results can be differentiated.
strict=True raises RuntimeError where an output does not depend on an input, instead of giving 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import enable_grad
from mytorch.gradients import grad
from mytorch.ops.shapes.join import stack
from mytorch.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def jacobian(func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    """J[o][i] = d output_o / d input_i, of shape output_o.shape + input_i.shape."""
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        outputs, one_output = _outputs("jacobian", func, xs)
        rows = []
        for o, output in enumerate(outputs):
            gradients = [_gradients(output, xs, one_hot, create_graph, strict, o) for one_hot in _one_hots(output)]
            blocks = []
            for i, x in enumerate(xs):
                shape = (*output.shape, *x.shape)
                blocks.append(stack([g[i] for g in gradients]).reshape(*shape) if gradients else _zeros(shape, x))
            rows.append(tuple(blocks))
    result = _finished(rows, create_graph)
    if not isinstance(inputs, tuple):
        result = tuple([row[0] for row in result])
    return result[0] if one_output else result


def hessian(func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    """H[i][j] = d^2 func / d input_i d input_j; `func` returns one Tensor with one element."""
    several = isinstance(inputs, tuple)

    def gradient(*xs: Any) -> tuple:
        return jacobian(lambda *x: _scalar("hessian", func(*x)), xs, create_graph=True, strict=strict)

    result = jacobian(gradient, inputs if several else (inputs,), create_graph=create_graph, strict=strict)
    return result if several else result[0][0]


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), v^T J): what one backward pass computes. v: shaped as the output, 1 by
    default if that is a scalar."""
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        outputs, one_output = _outputs("vjp", func, xs)
        vs = _vectors("vjp", v, outputs, create_graph)
        gradients = _gradients(outputs, xs, vs, create_graph, strict, 0)
    outputs, gradients = _finished((outputs, gradients), create_graph)
    return outputs[0] if one_output else outputs, gradients if isinstance(inputs, tuple) else gradients[0]


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), J v): the change of the output along v, which is shaped as the inputs.

    u^T J is linear in u, and its derivative by u, applied to v, is J v: two backward passes.
    """
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        outputs, one_output = _outputs("jvp", func, xs)
        vs = _vectors("jvp", v, xs, create_graph)
        us = tuple([Tensor(np.zeros_like(output.data), requires_grad=True) for output in outputs])
        along = _gradients(outputs, xs, us, True, strict, 0)
        products = _gradients(along, us, vs, create_graph, False, 0)
    outputs, products = _finished((outputs, products), create_graph)
    return (outputs[0], products[0]) if one_output else (outputs, products)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), v^T H) for a func with one element, without computing H."""
    return _times_hessian("vhp", func, inputs, v, create_graph, strict)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), H v): the same as `vhp`, because H is symmetric."""
    return _times_hessian("hvp", func, inputs, v, create_graph, strict)


# ------------------------------------------------------------------------------------- parts


def _times_hessian(name: str, func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool) -> tuple:
    with enable_grad():
        xs = _prepared(inputs, create_graph)
        outputs, _ = _outputs(name, func, xs)
        output = outputs[0] if len(outputs) == 1 else outputs
        vs = _vectors(name, v, xs, create_graph)
        gradients = _gradients(_scalar(name, output), xs, None, True, strict, 0)
        products = _gradients(gradients, xs, vs, create_graph, strict, 0)
    output, products = _finished((output, products), create_graph)
    return output, products if isinstance(inputs, tuple) else products[0]


def _prepared(inputs: Any, create_graph: bool) -> tuple:
    """The inputs as tensors to differentiate by: new leaves on the same memory, or, with
    create_graph, tensors that the inputs' history continues in."""
    several = inputs if isinstance(inputs, tuple) else (inputs,)
    for x in several:
        if not isinstance(x, Tensor):
            raise TypeError(f"inputs must be a Tensor or a tuple of Tensors, got {type(x).__name__}")
    if create_graph:
        return tuple([x.reshape(*x.shape) if x.requires_grad else x.detach().requires_grad_() for x in several])
    return tuple([x.detach().requires_grad_() for x in several])


def _outputs(name: str, func: Callable[..., Any], xs: tuple) -> tuple[tuple, bool]:
    """(outputs as a tuple, whether func returned a single Tensor)"""
    outputs = func(*xs)
    several = outputs if isinstance(outputs, tuple) else (outputs,)
    for output in several:
        if not isinstance(output, Tensor):
            raise TypeError(f"{name}: func must return a Tensor or a tuple of Tensors, got {type(output).__name__}")
    return several, not isinstance(outputs, tuple)


def _scalar(name: str, output: Any) -> Any:
    if not isinstance(output, Tensor) or output.numel() != 1:
        raise RuntimeError(f"{name}: func must return one Tensor with one element, got {output!r}")
    return output.reshape()


def _vectors(name: str, v: Any, like: tuple, create_graph: bool) -> tuple:
    """`v` as a tuple, of the shapes of `like`."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"{name}: v may be left out only where it would be a single number")
        return (Tensor(np.ones_like(like[0].data)),)
    vs = v if isinstance(v, tuple) else (v,)
    if [x.shape for x in vs] != [x.shape for x in like]:
        raise RuntimeError(f"{name}: v must have the shapes {[x.shape for x in like]}, got {[x.shape for x in vs]}")
    return vs if create_graph else tuple([x.detach() for x in vs])


def _gradients(outputs: Any, xs: tuple, vs: Any, create_graph: bool, strict: bool, number: int) -> tuple:
    """v^T J by each of xs; zeros where nothing leads to it, which strict forbids."""
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    vs = (None,) * len(outputs) if vs is None else vs if isinstance(vs, tuple) else (vs,)
    recorded = [(output, v) for output, v in zip(outputs, vs) if output.requires_grad]
    found: tuple = (None,) * len(xs)
    if recorded:
        tensors, cotangents = zip(*recorded)
        found = grad(tensors, xs, cotangents, retain_graph=True, create_graph=create_graph, allow_unused=True)
    unused = [i for i, g in enumerate(found) if g is None]
    if strict and unused:
        raise RuntimeError(f"strict: output {number} of func does not depend on inputs[{unused[0]}]")
    return tuple([_zeros(x.shape, x) if g is None else g for g, x in zip(found, xs)])


def _one_hots(output: Tensor) -> list:
    return [Tensor(row.reshape(output.shape)) for row in np.eye(output.numel(), dtype=output.dtype)]


def _zeros(shape: tuple, like: Tensor) -> Tensor:
    return Tensor(np.zeros(shape, like.dtype))


def _finished(results: Any, create_graph: bool) -> Any:
    """The results, detached unless create_graph."""
    if isinstance(results, (tuple, list)):
        return tuple([_finished(result, create_graph) for result in results])
    return results if create_graph else results.detach()

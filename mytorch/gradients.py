"""`grad` and `backward`: from tensors to nodes, and from the walk's gradients back to tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import GradModeBlock
from mytorch.engine.in_place import history
from mytorch.engine.node import AccumulateGrad
from mytorch.engine.tensor_base import TensorBase
from mytorch.engine.walk import walk
from mytorch.ops.common.operands import as_operand

__all__ = ["backward", "grad", "starting_points", "zero_gradient"]


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """d(outputs)/d(inputs) as a tuple, one Tensor per input. No tensor's `.grad` is touched, and
    operations that lead to none of the inputs do not run.

    outputs, inputs: a Tensor or a sequence of Tensors; inputs may be leaves or intermediate results.
    grad_outputs: dL/d(output) for each output; where it is None ones, so that the result is the
        derivative of the sum of all elements (as `Tensor.backward`; PyTorch wants scalars there).
    retain_graph: keep the graph for another walk; by default only with create_graph.
    create_graph: record the walk, so that the results can be differentiated.
    allow_unused: give None for an input that the outputs do not depend on, instead of RuntimeError.
    materialize_grads: give zeros for it.
    only_inputs must be True and is_grads_batched False: PyTorch's arguments in their places.
    """
    if not only_inputs or is_grads_batched:
        raise NotImplementedError("grad: only_inputs=False and is_grads_batched=True are left out; call grad in a loop")
    outputs, inputs = _tensors("grad", "outputs", outputs), _tensors("grad", "inputs", inputs)
    if allow_unused is None:
        allow_unused = materialize_grads
    elif materialize_grads and not allow_unused:
        raise ValueError("grad: materialize_grads=True gives zeros for unused inputs, so allow_unused cannot be False")
    for i, tensor in enumerate(inputs):
        if history(tensor) is None:
            raise RuntimeError(f"grad: inputs[{i}] of shape {tensor._data.shape} does not require grad")
    roots = starting_points("grad", outputs, grad_outputs)
    if retain_graph is None:
        retain_graph = create_graph
    with GradModeBlock(create_graph):
        found = walk(roots, retain_graph, create_graph, targets=[history(tensor) for tensor in inputs])
    results = []
    for i, tensor in enumerate(inputs):
        if history(tensor) in found:
            gradient, owned = found[history(tensor)]
            found[history(tensor)] = gradient, False  # if the input comes again, it gets a copy
            results.append(gradient if create_graph else tensor.new_tensor(gradient if owned else gradient.copy()))
        elif materialize_grads:
            results.append(tensor.new_tensor(np.zeros_like(tensor._data)))
        elif allow_unused:
            results.append(None)
        else:
            raise RuntimeError(
                f"grad: inputs[{i}] of shape {tensor._data.shape} was not used in computing the outputs; with "
                "allow_unused=True its gradient is None, with materialize_grads=True zeros"
            )
    return tuple(results)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add d(tensors)/d(leaf) to the `.grad` of every leaf, in one walk from all `tensors`.

    grad_tensors: dL/d(tensor) for each tensor; ones where it is None.
    inputs: add to the `.grad` of these tensors only, leaves or not.
    The other arguments are those of `grad`.
    """
    roots = starting_points("backward", _tensors("backward", "tensors", tensors), grad_tensors)
    if retain_graph is None:
        retain_graph = create_graph
    inputs = [] if inputs is None else _tensors("backward", "inputs", inputs)
    for i, tensor in enumerate(inputs):
        if history(tensor) is None:
            raise RuntimeError(f"backward: inputs[{i}] of shape {tensor._data.shape} does not require grad")
    with GradModeBlock(create_graph):
        found = walk(roots, retain_graph, create_graph, [history(tensor) for tensor in inputs] or None)
        for node, (gradient, owned) in found.items():
            if type(node) is AccumulateGrad:
                node.apply(gradient, owned)
        for tensor in {id(tensor): tensor for tensor in inputs}.values():
            node = history(tensor)
            if type(node) is not AccumulateGrad and node in found:
                gradient = found[node][0]
                if not create_graph:
                    gradient = tensor.new_tensor(gradient.copy())
                tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient


def _tensors(function: str, name: str, value: Any) -> list:
    """`value` as a list: a Tensor, or a sequence of them."""
    values = [value] if isinstance(value, TensorBase) else list(value) if isinstance(value, Sequence) else None
    if not values:
        raise ValueError(f"{function}: {name} must be a Tensor or a non-empty sequence of Tensors, got {value!r}")
    for i, tensor in enumerate(values):
        if not isinstance(tensor, TensorBase):
            raise TypeError(f"{function}: {name}[{i}] must be a Tensor, got {type(tensor).__name__}")
    return values


def starting_points(function: str, outputs: list, gradients: Any) -> list[tuple[Any, Any]]:
    """Where the walk starts: for each output its node and the gradient that it is given."""
    if gradients is None or isinstance(gradients, (TensorBase, np.ndarray, float, int)):
        gradients = [gradients] * (len(outputs) if gradients is None else 1)
    if len(gradients) != len(outputs):
        raise ValueError(f"{function}: expected {len(outputs)} gradients, one per output, got {len(gradients)}")
    roots = []
    for output, gradient in zip(outputs, gradients):
        if history(output) is None:
            raise RuntimeError(
                f"{function}() on a tensor that does not require grad: none of the tensors that it was made from has "
                "requires_grad=True, or it was made under no_grad()"
            )
        if gradient is None:
            gradient = output.new_tensor(np.ones_like(output._data))
        else:
            gradient = as_operand(gradient, output, function)
            if gradient._data.shape != output._data.shape:
                raise ValueError(
                    f"{function}: gradient must have the tensor's shape {output._data.shape}, "
                    f"got {gradient._data.shape}"
                )
        roots.append((history(output), gradient))
    return roots


def zero_gradient(tensor: Any) -> None:
    """Set the gradient of `tensor`, if it has one, to 0: in its memory, which others may hold, and without history."""
    gradient = tensor.grad
    if gradient is not None:
        gradient._data[...] = 0
        gradient.mark_changed()
        gradient._node, gradient.is_leaf = None, True

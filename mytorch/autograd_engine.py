"""The engine: operations are recorded on the way forward and walked on the way back.

Handout 002, sections 0.1.4 and 0.1.5, in one picture:

    d = a * b          Function.apply runs Mul.forward and puts a node on d:

                       d.grad_fn = BackwardFunction "Mul"
                                     next_functions = [AccumulateGrad of a, AccumulateGrad of b]

    d.backward()       `backward` starts at d.grad_fn and goes from node to node: a
                       BackwardFunction turns the gradient of its output into gradients of its
                       inputs, an AccumulateGrad adds what arrives to its tensor's `.grad`.

Nothing here knows what an operation computes: that is in `mytorch/ops`. Nothing here makes a
Tensor from nothing either: new ones are made from old ones, by `new_tensor`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from mytorch.autograd_function import BinaryOperation, Function, Operation
from mytorch.autograd_nodes import AccumulateGrad, BackwardFunction, ContextManager
from mytorch.autograd_observers import observers
from mytorch.autograd_stand_ins import OutputOf
from mytorch.grad_mode import (
    GradModeBlock,
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from mytorch.tensor_base import TensorBase

__all__ = [
    "AccumulateGrad",
    "BackwardFunction",
    "BinaryOperation",
    "ContextManager",
    "Function",
    "Operation",
    "TensorBase",
    "backward",
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
    "walk",
]


def backward(grad_fn: Any, grad_of_outputs: Any, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Walk the graph from `grad_fn`, whose output has the gradient `grad_of_outputs` (a Tensor),
    and add to the `.grad` of every leaf.

    retain_graph: keep what the operations saved, for another backward.
    create_graph: record the walk, so that the gradients can be differentiated.
    Raises RuntimeError for a released graph, a changed saved tensor, and a Function that returns
    a wrong number or shape of gradients; no leaf's `.grad` has been touched then.
    """
    accumulate(walk([(grad_fn, grad_of_outputs)], retain_graph, create_graph), create_graph)


def accumulate(found: dict[Any, tuple[Any, bool]], create_graph: bool) -> None:
    """Add what `walk` found for leaves to their `.grad`."""
    with GradModeBlock(create_graph):
        for leaf, (gradient, owned) in found.items():
            leaf.apply(gradient, owned)


def walk(
    roots: Sequence[tuple[Any, Any]], retain_graph: bool, create_graph: bool, targets: Iterable[Any] | None = None
) -> dict[Any, tuple[Any, bool]]:
    """Walk the graph from `roots`: pairs (node, gradient of its output, a Tensor).

    Returns {node: (gradient, owned)} of every leaf that was reached, or, with `targets`, of those
    nodes among `targets` that were reached; then only nodes that lead to targets run. Gradients
    are arrays, with create_graph Tensors; nobody else holds the array of one that is `owned`.

    A node may run only when all operations that used its output have sent their gradients, so a
    depth-first pass first counts for each node how many edges lead into it. Then each node runs
    once, whatever the number of paths through it: linear time. Both passes keep a stack of their
    own, because one Python call per node would end at the recursion limit.
    """
    gradients: dict[Any, Any] = {}  # what has arrived so far for each node that has not run
    leaves: dict[Any, Any] = {}  # the same for the leaves, which come last
    shared: set[Any] = set()  # nodes whose gradient array others may hold too: never add into it
    like = roots[0][1]  # new Tensors are made from it
    for node, gradient in roots:
        arrived = leaves if type(node) is AccumulateGrad else gradients
        start = gradient if create_graph else gradient._data
        arrived[node] = arrived[node] + start if node in arrived else start
        shared.add(node)
    waiting, captured = _plan([node for node, _ in roots], targets)
    ready = [node for node in gradients if not waiting[node]]
    several: dict[Any, list] = {}  # for nodes with several outputs: a gradient for each
    watch = _watch(captured)
    on_arrays = not create_graph

    with GradModeBlock(create_graph):
        while ready:
            node = ready.pop()
            gradient = gradients.pop(node, None)
            if node._hooks:
                gradient = _run_hooks(node, gradient, like)

            function = node._function
            contributions: Sequence[Any]
            if gradient is None:
                contributions = _run_several(node, several.pop(node, None), like, on_arrays)
            elif function.takes_arrays:
                node.on_arrays = on_arrays
                contributions = function.backward(node, gradient)
                if type(contributions) is not tuple:
                    contributions = (contributions,)
            else:
                contributions = _run_other(node, gradient, like, on_arrays, several)
            if watch is not None:
                watch(node, gradient, contributions)
            if not retain_graph:  # the links stay, for people who look at the graph
                node.saved = node._own_outputs = None
                if function.has_attributes:
                    node.__dict__.clear()

            for parent, contribution in zip(node.next_functions, contributions):
                if type(parent) is BackwardFunction:
                    arrived = gradients
                    edges = waiting[parent]
                    if edges == 1:
                        ready.append(parent)
                    else:
                        waiting[parent] = edges - 1
                elif parent is None:
                    continue
                else:
                    arrived = leaves
                if contribution is None:
                    continue
                if contribution.shape != parent._shape or contribution.dtype is not parent._dtype:
                    contribution = _fitted(contribution, parent, node, contributions)
                if parent not in arrived:
                    arrived[parent] = contribution
                    # A view, or what this node received: somebody else may hold the array too.
                    if contribution is gradient or create_graph or contribution.base is not None:
                        shared.add(parent)
                elif parent in shared:
                    arrived[parent] = arrived[parent] + contribution
                    if not create_graph:
                        shared.remove(parent)
                else:
                    arrived[parent] += contribution

        last = leaves if captured is None else {n: g for n, g in (gradients | leaves).items() if n in captured}
        for node in last:
            if node._hooks:
                last[node] = _run_hooks(node, last[node], like)
                shared.add(node)
    found = {node: (gradient, node not in shared) for node, gradient in last.items()}
    return found | {node: (gradient, False) for node, gradient in (captured or {}).items() if gradient is not None}


def _plan(roots: list, targets: Iterable[Any] | None) -> tuple[dict[Any, Any], dict[Any, Any] | None]:
    """(waiting, captured) for a walk.

    waiting: for each operation's node that can be reached, how many edges lead into it; infinitely
        many, so that it never runs, if it leads to none of the targets.
    captured: a place for the gradient of each target that runs; None without targets.
    """
    edges, released = _count_edges(roots)
    if targets is None:
        if released:
            raise released[0].released_error()
        return edges, None
    targets = list(targets)
    users: dict[Any, list] = {}
    for node in edges:
        for parent in node.next_functions:
            users.setdefault(parent, []).append(node)
    needed: set[Any] = set()
    stack = targets[:]
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in needed:
                needed.add(user)
                stack.append(user)
    for node in released:
        if node in needed:
            raise node.released_error()
    for node in edges:
        if node not in needed:
            edges[node] = math.inf
    return edges, dict.fromkeys(targets)


def _count_edges(roots: list) -> tuple[dict[Any, Any], list]:
    """For each operation's node that can be reached from `roots`: how many edges lead into it.
    And the nodes among them that have been released."""
    edges: dict[Any, Any] = {root: 0 for root in roots if type(root) is BackwardFunction}
    stack = list(edges)
    released = [root for root in stack if root.saved is None]
    while stack:
        node = stack.pop()
        for parent in node.next_functions:
            if type(parent) is not BackwardFunction:
                continue
            if parent in edges:
                edges[parent] += 1
            else:
                edges[parent] = 1
                stack.append(parent)
                if parent.saved is None:
                    released.append(parent)
    return edges, released


def _watch(captured: dict[Any, Any] | None) -> Callable[[Any, Any, Sequence[Any]], None] | None:
    """What the walk calls for every node that has run: None except for targets and detect_anomaly."""
    check = observers.check
    if captured is None:
        return check

    def watch(node: Any, gradient: Any, contributions: Sequence[Any]) -> None:
        if node in captured:
            captured[node] = gradient
        if check is not None:
            check(node, gradient, contributions)

    return watch


def _run_other(node: BackwardFunction, gradient: Any, like: Any, on_arrays: bool, several: dict) -> Sequence[Any]:
    """Run a node whose Function does not take arrays as they are."""
    function = node.restored_function()
    if isinstance(function, OutputOf):
        (operation,) = node.next_functions
        of_outputs = several.setdefault(operation, [None] * len(operation._shape))
        before = of_outputs[function.index]
        of_outputs[function.index] = gradient if before is None else before + gradient
        return (None,)  # the operation takes them from `several` when its turn comes
    if function.takes_arrays:
        node.on_arrays = on_arrays
        return node.checked(function.backward(node, gradient))
    return _apply_to_tensors(node, (gradient,), like, on_arrays)


def _run_several(node: BackwardFunction, gradients: list | None, like: Any, on_arrays: bool) -> Sequence[Any]:
    """Run a node that several outputs have sent their gradients to; or, with None, one that no
    gradient has reached, because a Function behind it returned None."""
    if gradients is None:
        return (None,) * len(node.next_functions)
    function = node.restored_function()
    if node.materialize_grads:
        for i, (shape, dtype) in enumerate(zip(node._shape, node._dtype)):
            if gradients[i] is None and shape is not None:
                zeros = np.zeros(shape, dtype)
                gradients[i] = zeros if on_arrays else like.new_tensor(zeros)
    if function.takes_arrays:
        node.on_arrays = on_arrays
        return node.checked(function.backward(node, *gradients))
    return _apply_to_tensors(node, gradients, like, on_arrays)


def _apply_to_tensors(node: BackwardFunction, gradients: Sequence[Any], like: Any, on_arrays: bool) -> list:
    """`node.apply` for a Function that a user wrote: it is given Tensors, and its answer is checked.
    Returns what the walk carries, arrays or Tensors."""
    contributions: list[Any] = []
    tensors = [like.new_tensor(g) if on_arrays and g is not None else g for g in gradients]
    for tensor in node.apply(*tensors):
        if tensor is not None and not isinstance(tensor, TensorBase):
            raise TypeError(f"{node.function_name}.backward must return Tensors or None, got {type(tensor).__name__}")
        if tensor is None or not on_arrays:
            contributions.append(tensor)
        else:  # a copy, because the user may keep the tensor, or return one twice
            contributions.append(tensor._data.copy())
    return contributions


def _fitted(contribution: Any, parent: Any, node: BackwardFunction, contributions: Sequence[Any]) -> Any:
    """`contribution` in the dtype of the tensor that it belongs to; its shape must be right."""
    if contribution.shape != parent._shape:
        position = next(i for i, c in enumerate(contributions) if c is contribution)
        raise RuntimeError(
            f"{node.function_name}.backward returned a gradient of shape {tuple(contribution.shape)} for argument "
            f"{position} of forward, which has shape {parent._shape}"
        )
    return contribution if contribution.dtype == parent._dtype else contribution.astype(parent._dtype)


def _run_hooks(node: Any, gradient: Any, like: Any) -> Any:
    """Show a gradient to the hooks of its tensor; each may return another one in its place."""
    if gradient is None:
        return None
    tensor = gradient if isinstance(gradient, TensorBase) else like.new_tensor(gradient)
    for hook in list(node._hooks.values()):
        result = hook(tensor)
        if result is None:
            continue
        if not isinstance(result, TensorBase) or result._data.shape != node._shape:
            raise RuntimeError(
                f"a hook on a tensor of shape {node._shape} must return None or a Tensor of that shape, got "
                f"{type(result).__name__}{result._data.shape if isinstance(result, TensorBase) else ''}"
            )
        tensor = result
    return tensor if isinstance(gradient, TensorBase) else tensor._data

"""The walk: from the outputs back to the leaves, each node once, when all its gradients have arrived."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from mytorch.engine.aliases import Gradient, Like, Node
from mytorch.engine.grad_mode import grad_mode
from mytorch.engine.node import AccumulateGrad, BackwardFunction
from mytorch.engine.observers import observers

__all__ = ["backward", "walk"]


def backward(grad_fn: Node, grad_of_outputs: Gradient, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Walk the graph from `grad_fn`, whose output has the gradient `grad_of_outputs` (a Tensor),
    and add to the `.grad` of every leaf.

    retain_graph: keep what the operations saved, for another backward.
    create_graph: record the walk, so that the gradients can be differentiated.
    Raises RuntimeError for a released graph, a changed saved tensor, and a Function that returns
    a wrong number or shape of gradients; no leaf's `.grad` has been touched then.
    """
    before, grad_mode.enabled = grad_mode.enabled, create_graph
    try:
        for leaf, (gradient, owned) in walk([(grad_fn, grad_of_outputs)], retain_graph, create_graph).items():
            leaf.apply(gradient, owned)
    finally:
        grad_mode.enabled = before


def walk(
    roots: Sequence[tuple[Node, Gradient]],
    retain_graph: bool,
    create_graph: bool,
    targets: Iterable[Node] | None = None,
) -> dict[Node, tuple[Gradient, bool]]:
    """Walk the graph from `roots`: pairs (node, gradient of its output, a Tensor).

    Returns {node: (gradient, owned)} of every leaf that was reached, or, with `targets`, of those
    nodes among `targets` that were reached; then only nodes that lead to targets run. Gradients
    are arrays, with create_graph Tensors; nobody else holds the array of one that is `owned`.
    The caller has switched recording to `create_graph`.

    A node may run only when all operations that used its output have sent their gradients, so a
    depth-first pass first counts for each node how many edges lead into it. Then each node runs
    once, whatever the number of paths through it: linear time. Both passes keep a stack of their
    own, because one Python call per node would end at the recursion limit.
    """
    waiting = _count_edges([node for node, _ in roots], targets)
    captured = None if targets is None else dict.fromkeys(targets)  # what the targets have received
    arrived: dict[Node, Gradient] = {}  # for each node that has not run, the sum of the gradients that came
    shared: set[Node] = set()  # nodes whose sum is an array that others may hold too: never add into it
    like = roots[0][1]  # new Tensors are made from it
    for node, gradient in roots:
        start = gradient if create_graph else gradient._data
        arrived[node] = arrived[node] + start if node in arrived else start
        shared.add(node)
    ready = [node for node in arrived if waiting.get(node) == 0]

    while ready:
        node = ready.pop()
        gradient = arrived.pop(node, None)
        function = node._function
        node.on_arrays = not create_graph
        if node._hooks is not None and gradient is not None:
            gradient = node._hooks.show_gradient(node, gradient, like)
        if captured is not None and node in captured:
            captured[node] = gradient
        contributions: Sequence[Gradient]
        if gradient is None:  # a Function behind this node returned None
            contributions = (None,) * len(node.next_functions)
        elif function.takes_arrays and node._hooks is None and not observers:
            contributions = function.backward(node, gradient)
            if type(contributions) is not tuple:
                contributions = (contributions,)
        else:
            contributions = function.step(node, gradient, like)
        if not retain_graph:  # the links stay, for people who look at the graph
            node.saved = node._own_outputs = None
            if function.has_attributes:
                node.__dict__.clear()

        for parent, contribution in zip(node.next_functions, contributions):
            if type(parent) is BackwardFunction:
                edges = waiting[parent]
                if edges == 1:
                    ready.append(parent)
                else:
                    waiting[parent] = edges - 1
            if parent is None or contribution is None:
                continue
            if contribution.shape != parent._shape or contribution.dtype is not parent._dtype:
                contribution = _as_input(contribution, parent, node, contributions)
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

    if captured is None:
        last = {node: gradient for node, gradient in arrived.items() if type(node) is AccumulateGrad}
    else:  # targets that have not run are leaves
        last = {node: arrived.get(node, gradient) for node, gradient in captured.items()}
    return _after_hooks(last, arrived, shared, like)


def _after_hooks(last: dict[Node, Gradient], arrived: dict[Node, Gradient], shared: set[Node], like: Like) -> dict:
    """{node: (gradient, owned)}, the gradients of leaves as the leaves' hooks have made them."""
    found = {}
    for node, gradient in last.items():
        if gradient is None:
            continue
        owned = node in arrived and node not in shared
        if node._hooks is not None and node in arrived:
            gradient, owned = node._hooks.show_gradient(node, gradient, like), False
        found[node] = gradient, owned
    return found


def _count_edges(roots: list, targets: Iterable[Node] | None) -> dict[Any, Any]:
    """For each operation's node that can be reached from `roots`: how many edges lead into it."""
    edges: dict[Node, float] = {root: 0 for root in roots if type(root) is BackwardFunction}
    stack = list(edges)
    released = [root for root in stack if root.saved is None]
    while stack:
        for parent in stack.pop().next_functions:
            if type(parent) is not BackwardFunction:
                continue
            if parent in edges:
                edges[parent] += 1
            else:
                edges[parent] = 1
                stack.append(parent)
                if parent.saved is None:
                    released.append(parent)
    if targets is not None:
        released = _keep_from_running(edges, released, targets)
    if released:
        raise released[0].released_error()
    return edges


def _keep_from_running(edges: dict[Node, float], released: list, targets: Iterable[Node]) -> list:
    """Let nodes that lead to none of the targets wait for ever. Returns the released ones that do lead
    to one."""
    users: dict[Any, list] = {}
    for node in edges:
        for parent in node.next_functions:
            users.setdefault(parent, []).append(node)
    needed: set[Node] = set()
    stack = list(targets)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in needed:
                needed.add(user)
                stack.append(user)
    for node in edges:
        if node not in needed:
            edges[node] = math.inf
    return [node for node in released if node in needed]


def _as_input(contribution: Gradient, parent: Node, node: BackwardFunction, contributions: Sequence[Gradient]) -> Any:
    """`contribution` in the dtype of the tensor that it belongs to; its shape must be right."""
    if contribution.shape != parent._shape:
        position = next(i for i, c in enumerate(contributions) if c is contribution)
        raise RuntimeError(
            f"{node.function_name}.backward returned a gradient of shape {tuple(contribution.shape)} for argument "
            f"{position} of forward, which has shape {parent._shape}"
        )
    return contribution if contribution.dtype == parent._dtype else contribution.astype(parent._dtype)

"""Memory for time: forget what a part of the forward pass saved, and run it again in backward.

(Chen et al., 2016, "Training Deep Nets with Sublinear Memory Cost".)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from mytorch.engine.grad_mode import enable_grad, is_grad_enabled
from mytorch.engine.node import AccumulateGrad, BackwardFunction
from mytorch.engine.observers import Observer, observers
from mytorch.engine.several_outputs import StandIn
from mytorch.engine.tensor_base import TensorBase
from mytorch.random import default_generator

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), whose operations keep nothing for backward: when backward comes to
    them, `function` runs again.

    It must do the same both times; random numbers from the default generator are repeated if
    preserve_rng_state. Works for gradients of parameters inside `function`, in `autograd.grad`, with
    create_graph, and inside itself. Running averages of batch norm are updated twice, as in PyTorch.
    use_reentrant: accepted as PyTorch's argument; there is only one way here.
    RuntimeError in backward if an argument or a leaf that was used has been changed in place since,
    or if the second run takes other operations than the first.
    """
    if not callable(function):
        raise TypeError(f"checkpoint: function must be callable, got {type(function).__name__}")
    if not is_grad_enabled():
        return function(*args, **kwargs)
    segment = _Segment(function, args, kwargs, preserve_rng_state)
    with _NodesMade() as made:
        result = function(*args, **kwargs)
    segment.put_to_sleep(made.nodes)
    return result


def checkpoint_sequential(functions: Any, segments: int, input: Any, **options: Any) -> Any:
    """`checkpoint` each of `segments` parts of a Sequential, or of a list of modules or functions,
    that run one after the other. The last part runs as usual: backward begins with it."""
    functions = list(functions)
    if not 1 <= segments <= len(functions):
        raise ValueError(f"checkpoint_sequential: segments must be from 1 to {len(functions)}, got {segments}")
    size = len(functions) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(_chained(functions[start : start + size]), input, **options)
    return _chained(functions[size * (segments - 1) :])(input)


def _chained(functions: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for function in functions:
            x = function(x)
        return x

    return run


class _NodesMade(Observer):
    """Block that lists the nodes that this thread records in it, in their order."""

    def __enter__(self) -> _NodesMade:
        self.nodes: list[BackwardFunction] = []
        self._thread = threading.get_ident()
        observers.append(self)
        return self

    def after_forward(self, node: BackwardFunction, inputs: tuple, output: Any) -> None:
        if threading.get_ident() == self._thread and is_grad_enabled() and any(node.next_functions):
            self.nodes.append(node)

    def __exit__(self, *exception: object) -> None:
        observers.remove(self)


class _Asleep(StandIn):
    """In a node whose state has been dropped; wakes it up when backward needs it."""

    def __init__(self, function: Any, segment: _Segment, index: int) -> None:
        super().__init__(function)
        self.segment, self.index = segment, index

    def step(self, node: BackwardFunction, gradient: Any, like: Any) -> Any:
        self.segment.wake(node, self.index)
        return node._function.step(node, gradient, like)

    def backward(self, ctx: BackwardFunction, *grad_outputs: Any) -> Any:
        self.segment.wake(ctx, self.index)
        return ctx._function.backward(ctx, *grad_outputs)


class _Segment:
    """One checkpointed call: how to run it again, and the nodes of the second run.

    It does not hold the nodes of the first run: they hold it, and would make a cycle.
    """

    def __init__(self, function: Callable[..., Any], args: tuple, kwargs: dict, preserve_rng_state: bool) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        self.random_state = default_generator().bit_generator.state if preserve_rng_state else None
        self.names: list[str] = []
        self.versions: list[tuple[Any, int | None]] = []  # tensors or leaves' nodes, with their versions
        self.again: dict[int, BackwardFunction] = {}

    def put_to_sleep(self, nodes: list[BackwardFunction]) -> None:
        self.names = [node.function_name for node in nodes]
        leaves = {p: None for node in nodes for p in node.next_functions if type(p) is AccumulateGrad}
        tensors = [value for value in (*self.args, *self.kwargs.values()) if isinstance(value, TensorBase)]
        self.versions = [(x, _version(x)) for x in (*tensors, *leaves)]
        for i, node in enumerate(nodes):
            node._function = _Asleep(node._function, self, i)
            node.saved, node._own_outputs, node.operand_shapes = (), None, None
            node.__dict__.clear()

    def wake(self, node: BackwardFunction, index: int) -> None:
        """Give `node` the state that the same node has after a second run."""
        if index not in self.again:
            self._run_again()
        twin = self.again.pop(index)
        node._function, node.saved = twin._function, twin.saved
        if node.saved:
            node._saved_at = twin._saved_at
        node._own_outputs, node.operand_shapes = twin._own_outputs, twin.operand_shapes
        node.__dict__.update(twin.__dict__)

    def _run_again(self) -> None:
        for x, version in self.versions:
            if _version(x) not in (version, None):
                raise RuntimeError(
                    "checkpoint: a tensor that the function used was changed in place before backward, so running "
                    "the function again would give other numbers"
                )
        generator = default_generator().bit_generator
        now = generator.state
        if self.random_state is not None:
            generator.state = self.random_state
        try:
            with enable_grad(), _NodesMade() as made:
                self.function(*self.args, **self.kwargs)
        finally:
            if self.random_state is not None:
                generator.state = now
        names = [node.function_name for node in made.nodes]
        if names != self.names:
            raise RuntimeError(
                "checkpoint: running the function again took other operations than the first time "
                f"({_difference(self.names, names)}); it must do the same both times"
            )
        self.again = dict(enumerate(made.nodes))


def _version(x: Any) -> int | None:
    """How often a tensor, or the one of a leaf's node, has been changed; None if the leaf is gone."""
    tensor = x.variable if type(x) is AccumulateGrad else x
    return None if tensor is None else tensor._version


def _difference(first: list[str], second: list[str]) -> str:
    for i, (a, b) in enumerate(zip(first, second)):
        if a != b:
            return f"operation {i} was {a}, then {b}"
    return f"{len(first)} operations, then {len(second)}"

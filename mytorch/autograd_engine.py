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

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.grad_mode import GradModeBlock, enable_grad, grad_mode, is_grad_enabled, no_grad, set_grad_enabled
from mytorch.tensor_base import TensorBase, changes

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
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
]


# ---------------------------------------------------------------------------------- nodes


class AccumulateGrad:
    """Node of a leaf that requires grad: adds what arrives to `variable.grad`.

    A leaf has one such node however often it is used. The leaf holds its node, so the node
    refers to the leaf weakly: two strong references would be a cycle, and the memory of every
    dropped leaf would wait for the garbage collector.
    """

    __slots__ = ("_dtype", "_hooks", "_shape", "_variable")

    next_functions: tuple = ()
    function_name = "AccumulateGrad"

    def __init__(self, variable: Any) -> None:
        self._variable = weakref.ref(variable)
        self._shape = variable._data.shape
        self._dtype = variable._data.dtype
        self._hooks: dict | None = None

    @property
    def variable(self) -> Any:
        """The leaf, or None when nobody holds it any more."""
        return self._variable()

    def apply(self, gradient: Any, owned: bool = False) -> None:
        """variable.grad += gradient   (a Tensor; inside the engine an array)

        owned: nobody else holds the array of `gradient`, so `.grad` may keep it without a copy.
        """
        variable = self.variable
        if variable is None:
            return
        if not isinstance(gradient, TensorBase):
            gradient = variable.new_tensor(gradient)
        if variable.grad is None:
            recorded = gradient._node is not None  # by create_graph: must stay as it is
            variable.grad = gradient if owned or recorded else gradient.new_tensor(gradient._data.copy())
        elif grad_mode.enabled and (gradient._node is not None or variable.grad._node is not None):
            variable.grad = variable.grad + gradient
        else:
            variable.grad.data += gradient._data

    def __repr__(self) -> str:
        return f"<AccumulateGrad of shape {self._shape}>"


class ContextManager:
    """`ctx`: carries what `forward` must remember over to `backward`.

    Tensors go through `save_for_backward`, other things (shapes, axes, masks) become attributes:
    `ctx.axis = axis`.
    """

    __slots__ = ("__dict__", "_own_output", "_saved_at", "on_arrays", "operand_shapes", "saved")

    # For each argument of `forward`: is its gradient wanted? Of a context made by hand
    # (`Add.forward(ContextManager(), a, b)`): all of them.
    needs_input_grad: Any = (True,) * 64
    wanted: Any = needs_input_grad
    function_name = "ContextManager"

    def __init__(self) -> None:
        self.saved: Any = ()
        self._saved_at = changes.count
        self._own_output: Any = None
        self.operand_shapes: Any = None  # see ops.common.operands
        self.on_arrays = False  # whether backward runs on arrays or on Tensors, see Operation

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for `saved_tensors`: without a copy, so they must not be changed
        in place until backward has run, which is checked. TypeError for anything else."""
        for tensor in tensors:
            if not isinstance(tensor, TensorBase) and tensor is not None:
                raise TypeError(
                    f"{self.function_name}: save_for_backward takes Tensors, got {type(tensor).__name__}; "
                    "keep other values as attributes: ctx.name = value"
                )
        self.saved = tensors
        self._saved_at = changes.count

    @property
    def saved_tensors(self) -> tuple:
        """What `save_for_backward` kept; as arrays when backward runs on arrays."""
        saved = self.saved
        if saved is None:
            raise self.released_error()
        if self._saved_at != changes.count:
            self._check_versions()
        if self.on_arrays:
            return tuple([None if tensor is None else tensor._data for tensor in saved])
        if self._own_output is not None:
            return tuple([tensor if tensor is not self._own_output else self._restored_output() for tensor in saved])
        return saved

    def _restored_output(self) -> Any:
        output = self._own_output.new_view(self._own_output._data)
        output._node, output.is_leaf = self, False
        return output

    def _check_versions(self) -> None:
        for tensor in self.saved:
            if tensor is not None and tensor._version is not None and tensor._version[0] > self._saved_at:
                raise RuntimeError(
                    f"{self.function_name}: a saved tensor of shape {tensor._data.shape} was changed in place after "
                    f"the forward pass (saved at version {self._saved_at}, now at version {tensor._version[0]}), so "
                    "its gradient would be wrong. Use an operation that makes a new tensor, or change a copy"
                )

    def released_error(self) -> RuntimeError:
        return RuntimeError(
            f"{self.function_name}: backward a second time through a part of the graph that an earlier backward "
            "has released. Pass retain_graph=True to the first backward, or run the forward pass again"
        )


class BackwardFunction(ContextManager):
    """Node of an operation's output, and the `ctx` that the operation ran with.

    next_functions: for each argument of `forward` the node that takes its gradient, or None.
    wanted: the same list, under the name by which operations ask whether a gradient is wanted.
    shape, dtype: of the output, and so of the gradient that `apply` takes.
    """

    # One class for the nodes of all operations, and slots: CPython reads and calls what it sees
    # again and again much faster when it is always of one type.
    __slots__ = ("_dtype", "_function", "_hooks", "_shape", "next_functions", "wanted")

    def __init__(self, function: type[Function], next_functions: list) -> None:
        self._function = function
        self.next_functions = self.wanted = next_functions
        self._hooks: dict | None = None
        self.saved = ()
        self._saved_at = changes.count
        self._own_output = None
        self.operand_shapes = None
        self.on_arrays = False

    @property
    def function_name(self) -> str:  # type: ignore[override]
        return self._function.__name__

    @property
    def needs_input_grad(self) -> tuple[bool, ...]:  # type: ignore[override]
        return tuple([parent is not None for parent in self.next_functions])

    def attach(self, output: Any) -> None:
        """Become the history of `output`."""
        output._node = self
        output.is_leaf = False
        self._shape = output._data.shape
        self._dtype = output._data.dtype
        for tensor in self.saved:
            if tensor is output:
                # Output -> node -> output would be a cycle. Keep a tensor without history on the
                # same array; `_restored_output` gives it the history back when it is asked for.
                self._own_output = output.new_view(output._data)
                self.saved = tuple([self._own_output if t is output else t for t in self.saved])
                break

    def apply(self, gradient: Any) -> tuple:
        """Gradients of the inputs, one per argument of `forward`, from the output's gradient:
        Tensors from a Tensor, and for an Operation also arrays from an array."""
        self.on_arrays = not isinstance(gradient, TensorBase)
        gradients = self._function.backward(self, gradient)
        if type(gradients) is not tuple:
            gradients = tuple(gradients) if isinstance(gradients, list) else (gradients,)
        expected = len(self.next_functions)
        if len(gradients) > expected and not any(g is not None for g in gradients[expected:]):
            gradients = gradients[:expected]  # None for constants that were left at their defaults
        if len(gradients) != expected:
            raise RuntimeError(
                f"{self.function_name}.backward returned {len(gradients)} gradients, expected {expected}: one per "
                "argument of forward, None where there is none"
            )
        return gradients

    def __repr__(self) -> str:
        return f"<BackwardFunction {self.function_name}>"


# ------------------------------------------------------------------------------ operations


class Function:
    """An operation and its derivative. To write your own, subclass it and call `apply`:

    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.new_tensor(x.data**2)

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * 2 * x

    y = Square.apply(x)

    `backward` takes a Tensor, the gradient of the output, and returns the gradient of every
    argument of `forward`: a Tensor of the argument's shape, or None. If it is written with Tensor
    operations, as above, it can be differentiated in its turn.
    """

    takes_arrays = False  # whether the engine may hand arrays to `backward`, see Operation
    has_attributes = True  # whether `forward` may have put attributes on ctx, which a release must drop

    @staticmethod
    def forward(ctx: Any, *args: Any, **constants: Any) -> Any:
        """The output, a Tensor."""
        raise NotImplementedError("a Function needs a forward(ctx, ...)")

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        """dL/d(argument) for every argument of `forward`, from dL/d(output)."""
        raise NotImplementedError("a Function needs a backward(ctx, grad_output)")

    @classmethod
    def apply(cls, *args: Any, **constants: Any) -> Any:
        """Run `forward(ctx, *args, **constants)`, and put a node on the output when an argument
        requires grad and recording is on (`no_grad`). What `forward` itself does with Tensors is
        not recorded."""
        node = BackwardFunction(cls, _nodes_of(args))
        recording = grad_mode.enabled and any(node.next_functions)
        with GradModeBlock(False):
            output = cls.forward(node, *args, **constants)
        if not isinstance(output, TensorBase):
            raise TypeError(f"{cls.__name__}.forward must return a Tensor, got {type(output).__name__}")
        if any(output is arg for arg in args):
            output = output.new_view(output._data)  # the argument must keep its own place in the graph
        output._node, output.is_leaf = None, True  # whatever forward set
        if recording:
            node.attach(output)
        return output


class Operation(Function):
    """A built-in Function. Its `backward` uses only what arrays and Tensors have in common:
    operators, `.sum(axis, keepdims)`, `.reshape`, `.swapaxes`, `.shape`, and `run` of other
    operations. So one text serves twice: the engine hands it arrays, which is fast, or, with
    `create_graph=True`, Tensors, so that the gradient can be differentiated.

    A gradient that it returns is its `grad_output`, a view, or a new array; never an array that
    it keeps or returns twice, because the engine adds into what looks new.
    """

    takes_arrays = True

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """`Function.apply` without the checks that our own operations do not need."""
        node = BackwardFunction(cls, _nodes_of(args))
        output = cls.forward(node, *args)
        if grad_mode.enabled and any(node.next_functions):
            node.attach(output)
        return output

    @classmethod
    def run(cls, x: Any, *args: Any) -> Any:
        """`apply` for use in a `backward`: an array from arrays, a recorded Tensor from Tensors.

        Constants that are arrays must be wrapped in a tuple: bare arrays count as inputs."""
        if isinstance(x, TensorBase):
            return cls.apply(x, *args)
        inputs = [TensorBase.on(a) if isinstance(a, (np.ndarray, np.generic)) else a for a in (x, *args)]
        return cls.forward(ContextManager(), *inputs)._data


class BinaryOperation(Operation):
    """An Operation on two Tensors that puts no attributes on ctx and does not save its output.

    For such small operations what the engine does takes longer than what NumPy does: here it does
    the least that is needed. (30 % less time per operation: benchmarks, W5.)
    """

    has_attributes = False

    @classmethod
    def apply(cls, a: Any, b: Any) -> Any:  # type: ignore[override]
        node_a, node_b = a._node, b._node
        node = BackwardFunction(cls, [node_a, node_b])
        output = cls.forward(node, a, b)
        if (node_a is not None or node_b is not None) and grad_mode.enabled:
            # node.attach(output) without the search for a saved output
            output._node = node
            output.is_leaf = False
            data = output._data
            node._shape = data.shape
            node._dtype = data.dtype
        return output


def _nodes_of(args: tuple) -> list:
    return [arg._node if isinstance(arg, TensorBase) else None for arg in args]


# -------------------------------------------------------------------------------- the walk


def backward(grad_fn: Any, grad_of_outputs: Any, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Walk the graph from `grad_fn`, whose output has the gradient `grad_of_outputs` (a Tensor),
    and add to the `.grad` of every leaf.

    A node may run only when all operations that used its output have sent their gradients, so a
    depth-first pass first counts for each node how many edges lead into it. Then each node runs
    once, whatever the number of paths through it: linear time. Both passes keep a stack of their
    own, because one Python call per node would end at the recursion limit.

    retain_graph: keep what the operations saved, for another backward.
    create_graph: record the walk, so that the gradients can be differentiated.
    Raises RuntimeError for a released graph, a changed saved tensor, and a Function that returns
    a wrong number or shape of gradients; no leaf's `.grad` has been touched then.
    """
    gradients: dict[Any, Any] = {}  # what has arrived so far for each node that has not run
    leaves: dict[Any, Any] = {}  # the same for the leaves, which come last
    shared: set[Any] = {grad_fn}  # nodes whose gradient array others may hold too: never add into it
    (leaves if type(grad_fn) is AccumulateGrad else gradients)[grad_fn] = (
        grad_of_outputs if create_graph else grad_of_outputs._data
    )
    waiting = _count_edges(grad_fn)
    ready = list(gradients)
    on_arrays = not create_graph

    with GradModeBlock(create_graph):
        while ready:
            node = ready.pop()
            gradient = gradients.pop(node, None)
            if node._hooks:
                gradient = _run_hooks(node, gradient, grad_of_outputs)

            function = node._function
            contributions: Sequence[Any]
            if gradient is None:  # a Function behind this one returned None
                contributions = (None,) * len(node.next_functions)
            elif function.takes_arrays:
                node.on_arrays = on_arrays
                contributions = function.backward(node, gradient)
                if type(contributions) is not tuple:
                    contributions = (contributions,)
            else:
                contributions = _apply_to_tensor(node, gradient, grad_of_outputs)
            if not retain_graph:  # the links stay, for people who look at the graph
                node.saved = node._own_output = None
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

        for leaf in leaves:
            if leaf._hooks:
                leaves[leaf] = _run_hooks(leaf, leaves[leaf], grad_of_outputs)
                shared.add(leaf)
        for leaf, gradient in leaves.items():
            leaf.apply(gradient, owned=leaf not in shared)


def _count_edges(root: Any) -> dict[Any, int]:
    """For each operation's node that can be reached from `root`: how many edges lead into it."""
    edges = {root: 0}
    stack = [root]
    if type(root) is BackwardFunction and root.saved is None:
        raise root.released_error()
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
                    raise parent.released_error()
    return edges


def _apply_to_tensor(node: BackwardFunction, gradient: Any, like: Any) -> list:
    """`node.apply` for a Function that a user wrote: it is given a Tensor, and its answer is checked.
    Returns what `gradient` is, arrays or Tensors."""
    on_arrays = not isinstance(gradient, TensorBase)
    contributions: list[Any] = []
    for tensor in node.apply(like.new_tensor(gradient) if on_arrays else gradient):
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

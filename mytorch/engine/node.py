"""The nodes of the graph, and what an operation remembers for its derivative."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mytorch.engine.aliases import Gradient, Like
from mytorch.engine.grad_mode import grad_mode
from mytorch.engine.hooks import NodeHooks, RemovableHandle
from mytorch.engine.memory import changes
from mytorch.engine.observers import observed, observers
from mytorch.engine.several_outputs import OutputOf, SeveralOutputs
from mytorch.engine.tensor_base import TensorBase

__all__ = ["AccumulateGrad", "BackwardFunction", "ContextManager"]


class _Adding:
    """One thread at a time adds to a `.grad`: NumPy lets other threads run while it adds large arrays,
    and of two sums into one array one would be lost. (One lock for all leaves: half a percent of a step of
    a small layer.)"""

    def __init__(self) -> None:
        self.lock = threading.RLock()  # entered twice when the garbage collector runs a backward inside


_adding = _Adding()
if hasattr(os, "register_at_fork"):  # another thread may hold it, which a forked child has not got
    os.register_at_fork(after_in_child=_adding.__init__)  # type: ignore[misc]


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
        self._hooks: NodeHooks | None = None

    @property
    def variable(self) -> Any:
        """The leaf, or None when nobody holds it any more."""
        return self._variable()

    def apply(self, gradient: Gradient, owned: bool = False) -> None:
        """variable.grad += gradient   (a Tensor; inside the engine an array)

        owned: nobody else holds the array of `gradient`, so `.grad` may keep it without a copy."""
        variable = self._variable()
        if variable is None:
            return
        if not isinstance(gradient, TensorBase):
            gradient = variable.new_tensor(gradient)
        with _adding.lock:
            if variable.grad is None:
                recorded = gradient._node is not None  # by create_graph: must stay as it is
                variable.grad = gradient if owned or recorded else gradient.new_tensor(gradient._data.copy())
            elif grad_mode.enabled and (gradient._node is not None or variable.grad._node is not None):
                variable.grad = variable.grad + gradient
            else:
                variable.grad.data += gradient._data
        if self._hooks is not None:
            self._hooks.show_leaf(variable)

    def hooks(self) -> NodeHooks:
        """This node's hooks, to which one may be added."""
        if self._hooks is None:
            self._hooks = NodeHooks()
        return self._hooks

    def __repr__(self) -> str:
        return f"<AccumulateGrad of shape {self._shape}>"


class ContextManager:
    """`ctx`: carries what `forward` must remember over to `backward`.

    Tensors go through `save_for_backward`, other things become attributes: `ctx.axis = axis`.
    """

    __slots__ = ("__dict__", "_own_outputs", "_saved_at", "on_arrays", "operand_shapes", "saved")

    # For each argument of `forward`: is its gradient wanted? Of a context made by hand
    # (`Add.forward(ContextManager(), a, b)`): all of them.
    needs_input_grad: Any = (True,) * 64
    wanted: Any = needs_input_grad
    function_name = "ContextManager"
    materialize_grads = True

    def __init__(self) -> None:
        self.saved: Any = ()
        self._saved_at = changes.count
        self._own_outputs: Any = None  # for each output: what stands for it in `saved`, or None
        self.operand_shapes: Any = None  # see ops.common.operands
        self.on_arrays = False  # whether backward runs on arrays or on Tensors, see Operation

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for `saved_tensors`: without a copy, so they must not be changed
        in place until backward has run, which is checked. TypeError for anything else."""
        self.saved = tensors
        self._saved_at = changes.count
        self.check_saved()

    def check_saved(self) -> None:
        for tensor in self.saved:
            if not isinstance(tensor, TensorBase) and tensor is not None:
                raise TypeError(
                    f"{self.function_name}: save_for_backward takes Tensors, got {type(tensor).__name__}; "
                    "keep other values as attributes: ctx.name = value"
                )

    @property
    def saved_tensors(self) -> tuple:
        """What `save_for_backward` kept; as arrays when backward runs on arrays."""
        saved = self.saved
        if saved is None:
            raise self.released_error()
        if saved and self._saved_at != changes.count:
            self._check_versions()
        if self.on_arrays:
            if len(saved) == 2 and saved[0] is not None and saved[1] is not None:
                return saved[0]._data, saved[1]._data  # as below, in a third of the time (W5)
            return tuple([None if tensor is None else tensor._data for tensor in saved])
        if self._own_outputs is not None:
            return tuple([self._with_history(tensor) for tensor in saved])
        return saved

    def _with_history(self, tensor: Any) -> Any:
        """A saved tensor as it was; what stands for an output becomes the output again."""
        for i, own in enumerate(self._own_outputs):
            if own is tensor and own is not None:
                output = own.new_alias(own._data)
                output._node = self if len(self._own_outputs) == 1 else self.output_node(i, output)
                output.is_leaf = False
                return output
        return tensor

    def _check_versions(self) -> None:
        for i, tensor in enumerate(self.saved):
            if tensor is None or tensor._memory is None or tensor._memory.counter[0] <= self._saved_at:
                continue
            if self._only_for_unwanted(i):
                continue
            raise RuntimeError(
                f"{self.function_name}: a saved tensor of shape {tensor._data.shape} was changed in place after "
                f"the forward pass (saved at version {self._saved_at}, now at version {tensor._memory.counter[0]}), so "
                "its gradient would be wrong. Use an operation that makes a new tensor, or change a copy"
            )

    def output_node(self, i: int, output: Any) -> Any:
        """A node for output `i`: only BackwardFunction makes one."""
        raise NotImplementedError

    def _only_for_unwanted(self, i: int) -> bool:
        """Whether saved tensor `i` serves only for a gradient that nobody wants: see Function.saved_for."""
        return False

    # ------------------------------------------------ what a user's `forward` may say about outputs

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that `forward` changes these arguments in place; it must also return them."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these outputs have no derivative: they will not require grad."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Of several outputs some may get no gradient. `backward` sees zeros for them, or, with
        False, None."""
        self.materialize_grads = bool(value)

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

    def __init__(self, function: Any, next_functions: list) -> None:
        self._function = function
        self.next_functions = self.wanted = next_functions
        self._hooks: NodeHooks | None = None
        self.saved = ()  # where nothing is saved, there is no `_saved_at`
        self._own_outputs = self.operand_shapes = None
        self.on_arrays = False

    @property
    def function_name(self) -> str:  # type: ignore[override]
        return self._function.__name__

    def save_for_backward(self, *tensors: Any) -> None:
        self.saved = tensors  # `Function.apply` checks them; built-in operations save Tensors only
        self._saved_at = changes.count

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
                self._keep_own_outputs((output,))
                break

    def attach_several(self, outputs: tuple, differentiable: tuple) -> None:
        """Become the history of those `outputs` that are marked differentiable: each gets a node of
        its own, which sends its gradient here, see OutputOf."""
        self._function = SeveralOutputs(self._function)
        tensors = [output if isinstance(output, TensorBase) else None for output in outputs]
        self._shape = tuple([None if tensor is None else tensor._data.shape for tensor in tensors])
        self._dtype = tuple([None if tensor is None else tensor._data.dtype for tensor in tensors])
        for i, output in enumerate(outputs):
            if differentiable[i]:
                output._node = self.output_node(i, output)
                output.is_leaf = False
        self._keep_own_outputs(tuple([out if flag else None for out, flag in zip(outputs, differentiable)]))

    def output_node(self, i: int, output: Any) -> BackwardFunction:
        """A new node for output `i` of this node's operation."""
        node = BackwardFunction(OutputOf(self._function, i), [self])  # not observed: it is no operation
        node._shape, node._dtype = output._data.shape, output._data.dtype
        return node

    def _keep_own_outputs(self, outputs: tuple) -> None:
        # Output -> node -> saved output would be a cycle. Save tensors without history on the same
        # arrays; `_with_history` gives it back when they are asked for.
        own = [o if o is not None and any(t is o for t in self.saved) else None for o in outputs]
        stand_ins = {id(o): o.new_alias(o._data) for o in own if o is not None}
        if stand_ins:
            self._own_outputs = tuple([None if o is None else stand_ins[id(o)] for o in own])
            self.saved = tuple([stand_ins.get(id(t), t) for t in self.saved])

    def _only_for_unwanted(self, i: int) -> bool:
        saved_for = self._function.saved_for
        return saved_for is not None and saved_for[i] is not None and self.wanted[saved_for[i]] is None

    # ------------------------------------------------------------------------- running backward

    def apply(self, *gradients: Any) -> tuple:
        """Gradients of the inputs, one per argument of `forward`, from the gradient of the output (of
        each output): Tensors from a Tensor, and for an Operation also arrays from an array."""
        self.on_arrays = isinstance(gradients[0], np.ndarray)
        return self._observed(self._function, gradients)

    def run(self, function: Any, gradients: tuple, like: Like) -> Sequence[Any]:
        """`apply` for the walk, which carries arrays, or Tensors if it is recorded. A Function that a
        user wrote, and hooks, are given Tensors all the same; `like` is a Tensor to make them from."""
        hooks = self._hooks
        if function.takes_arrays and (hooks is None or not (hooks.before or hooks.after)):
            return self._observed(function, gradients)
        on_arrays, self.on_arrays = self.on_arrays, False
        if on_arrays:
            gradients = tuple([None if g is None else like.new_tensor(g) for g in gradients])
        contributions = self._observed(function, gradients)
        for tensor in contributions:
            if tensor is not None and not isinstance(tensor, TensorBase):
                raise TypeError(
                    f"{self.function_name}.backward must return Tensors or None, got {type(tensor).__name__}"
                )
        if not on_arrays:
            return contributions
        # Copies, because the user may keep a tensor, or return one twice.
        return [None if tensor is None else tensor._data.copy() for tensor in contributions]

    def _observed(self, function: Any, gradients: tuple) -> tuple:
        if observers:
            return observed("backward", self, gradients, self._between_hooks, function, gradients)
        return self._between_hooks(function, gradients)

    def _between_hooks(self, function: Any, gradients: tuple) -> tuple:
        hooks = self._hooks
        if hooks is not None:
            gradients = hooks.answer("prehook", self.function_name, hooks.before, gradients)
        contributions = self.checked(function.backward(self, *gradients))
        if hooks is not None:
            contributions = hooks.answer("hook", self.function_name, hooks.after, contributions, gradients)
        return contributions

    def checked(self, gradients: Any) -> tuple:
        """What a `backward` returned, as a tuple of one gradient per argument of `forward`."""
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

    # --------------------------------------------------------------------------------- hooks

    def register_hook(self, hook: Callable[[tuple, tuple], Any]) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` with two tuples whenever a backward has run this
        node; if it returns a tuple, that takes the place of grad_inputs."""
        return RemovableHandle(self._operation().hooks().after, hook)

    def register_prehook(self, hook: Callable[[tuple], Any]) -> RemovableHandle:
        """Call `hook(grad_outputs)` before a backward runs this node; if it returns a tuple, that
        takes the place of grad_outputs."""
        return RemovableHandle(self._operation().hooks().before, hook)

    def _operation(self) -> BackwardFunction:
        return self.next_functions[0] if isinstance(self._function, OutputOf) else self

    def hooks(self) -> NodeHooks:
        """This node's hooks, to which one may be added."""
        if self._hooks is None:
            self._hooks = NodeHooks()
        return self._hooks

    def __repr__(self) -> str:
        return f"<BackwardFunction {self.function_name}>"

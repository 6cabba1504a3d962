"""Operations: what they compute and how their derivative does, and how they are recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.aliases import Gradient, Like
from mytorch.engine.broadcasting import promoted, unbroadcast
from mytorch.engine.grad_mode import GradModeBlock, grad_mode
from mytorch.engine.in_place import adopt_history, history, refuse_in_place
from mytorch.engine.memory import OUTDATED
from mytorch.engine.node import BackwardFunction, ContextManager
from mytorch.engine.observers import observed, observers
from mytorch.engine.tensor_base import TensorBase

__all__ = ["BinaryOperation", "Function", "Operation", "operands", "reduced"]


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

    `forward` may return a tuple; `backward` then takes one gradient per member (None for one that
    is no Tensor). Keyword arguments of `apply` are constants and get no gradient. In PyTorch's
    newer style `forward(*args)` has no ctx, and `setup_context(ctx, inputs, output)` saves.
    """

    takes_arrays = False  # whether the engine may hand arrays to `backward`, see Operation
    has_attributes = True  # whether `forward` may have put attributes on ctx, which a release must drop

    # For each saved tensor: the one argument whose gradient needs it, or None for several. If that
    # gradient is not wanted, the saved tensor may be changed in place: x * 2 does not need x.
    saved_for: tuple | None = None

    @staticmethod
    def forward(ctx: Any, *args: Any, **constants: Any) -> Any:
        """The output, a Tensor, or a tuple of outputs."""
        raise NotImplementedError("a Function needs a forward(ctx, ...)")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> None:
        """Save for backward, if `forward` takes no ctx."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
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
            if observers:
                output = observed("forward", node, args, cls._forward_with, node, *args, **constants)
            else:
                output = cls._forward_with(node, *args, **constants)
        node.check_saved()
        outputs = output if type(output) is tuple else (output,)
        dirty = node.__dict__.pop("dirty", ())  # not kept: output -> node -> output would be a cycle
        constant = node.__dict__.pop("non_differentiable", ())
        _check_outputs(cls.__name__, outputs, dirty, args, type(output) is tuple, recording)
        outputs = tuple([_fresh(cls.__name__, out, args, dirty) for out in outputs])
        if recording:
            differentiable = tuple([_is_differentiable(out, constant) for out in outputs])
            if type(output) is tuple:
                node.attach_several(outputs, differentiable)
            elif differentiable[0]:
                node.attach(outputs[0])
        for tensor in dirty:
            tensor.mark_changed()
            if recording and tensor._node is not None:
                adopt_history(tensor, tensor._node)
        return outputs if type(output) is tuple else outputs[0]

    @classmethod
    def _forward_with(cls, node: BackwardFunction, *args: Any, **constants: Any) -> Any:
        if cls.setup_context is Function.setup_context:
            return cls.forward(node, *args, **constants)
        output = cls.forward(*args, **constants)
        cls.setup_context(node, args, output)
        return output

    @classmethod
    def step(cls, node: BackwardFunction, gradient: Gradient, like: Like) -> Any:
        """One step of a walk: from what has arrived at `node` to the gradients of its inputs."""
        return node.run(cls, (gradient,), like)


def _check_outputs(name: str, outputs: tuple, dirty: tuple, args: tuple, several: bool, recording: bool) -> None:
    if not several and not isinstance(outputs[0], TensorBase):
        raise TypeError(f"{name}.forward must return a Tensor or a tuple, got {type(outputs[0]).__name__}")
    for tensor in dirty:
        if not any(tensor is arg for arg in args) or not any(tensor is out for out in outputs):
            raise RuntimeError(f"{name}: mark_dirty is for arguments that forward changes in place and returns")
        if recording:
            refuse_in_place(name, tensor)


def _fresh(name: str, output: Any, args: tuple, dirty: tuple) -> Any:
    """An output without what `forward` may have set on it, ready for its place in the graph. One that
    is an argument, or lies in an argument's memory, becomes a view of it."""
    if not isinstance(output, TensorBase) or any(output is tensor for tensor in dirty):
        return output
    if any(output is arg for arg in args):
        output = output.new_tensor(output._data)  # the argument must keep its own place in the graph
    output._node, output.is_leaf = None, True
    for arg in args:
        if isinstance(arg, TensorBase) and np.may_share_memory(output._data, arg._data):
            output.become_view_of(arg, made_by=name)
            break
    return output


def _is_differentiable(output: Any, constant: tuple = ()) -> bool:
    return isinstance(output, TensorBase) and output._data.dtype.kind in "fc" and not any(output is c for c in constant)


class Operation(Function):
    """A built-in Function. Its `backward` uses only what arrays and Tensors have in common:
    operators, `.sum(axis, keepdims)`, `.reshape`, `.swapaxes`, `.shape`, and `run` of other
    operations. So one text serves twice: the engine hands it arrays, which is fast, or, with
    `create_graph=True`, Tensors, so that the gradient can be differentiated.

    A gradient that it returns is its `grad_output`, a view, or a new array; never an array that
    it keeps or returns twice, because the engine adds into what looks new.

    With several outputs (`forward` returns a tuple) those of integers or truth values do not
    require grad, and `backward` takes None for them, and for every output that got no gradient.
    """

    takes_arrays = True

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """`Function.apply` without the checks that our own operations do not need."""
        node = BackwardFunction(cls, _nodes_of(args))
        output = observed("forward", node, args, cls.forward, node, *args) if observers else cls.forward(node, *args)
        if grad_mode.enabled and any(node.next_functions):
            if type(output) is tuple:
                node.materialize_grads = False
                node.attach_several(output, tuple([_is_differentiable(out) for out in output]))
            else:
                node.attach(output)
        return output

    @classmethod
    def run(cls, x: Any, *args: Any) -> Any:
        """`apply` for use in a `backward`: an array from arrays, a recorded Tensor from Tensors.

        Constants that are arrays must be wrapped in a tuple: bare arrays count as inputs."""
        if isinstance(x, TensorBase):
            return cls.apply(x, *args)
        inputs = [TensorBase.bare(a) if isinstance(a, (np.ndarray, np.generic)) else a for a in (x, *args)]
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
        if observers or node_a is OUTDATED or node_b is OUTDATED:
            return super().apply(a, b)
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


def operands(ctx: Any, a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """`promoted`, for an operation that broadcasts: notes the shapes if they differ, for `reduced`."""
    x, y = a._data, b._data
    if x.shape != y.shape:
        ctx.operand_shapes = x.shape, y.shape
    return (x, y) if x.dtype is y.dtype else promoted(a, b)


def reduced(ctx: Any, grad_a: Any, grad_b: Any) -> tuple:
    """The gradients of two operands, each summed over the axes along which it was broadcast; None
    stays None."""
    if ctx.operand_shapes is None:
        return grad_a, grad_b
    shape_a, shape_b = ctx.operand_shapes
    return (
        None if grad_a is None else unbroadcast(grad_a, shape_a),
        None if grad_b is None else unbroadcast(grad_b, shape_b),
    )


def _nodes_of(args: tuple) -> list:
    return [history(arg) if isinstance(arg, TensorBase) else None for arg in args]

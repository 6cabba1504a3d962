"""Automatic differentiation: what `d = a * b + a; d.backward()` passes through.

Forward. Every operation runs through Function.apply, which puts a node on the result, its `grad_fn`. A node knows
its operation, what that kept for its derivative, and in `next_functions` the nodes of its inputs:

    d.grad_fn = Add --- Mul --- AccumulateGrad of a
                 |       `----- None                  b is a constant
                 `------------- AccumulateGrad of a

Backward. `backward` goes along these links. A BackwardFunction turns the gradient of its output into the gradients of
its inputs: the chain rule, one link at a time. An AccumulateGrad, where a path ends, adds what arrives to `.grad`.
"""

from mytorch import tensor

__all__ = ["AccumulateGrad", "BackwardFunction", "ContextManager", "Function", "backward"]


def backward(grad_fn, grad_of_outputs):
    """Walk the graph from the node `grad_fn` and add to the `.grad` of every leaf it leads to.

    grad_of_outputs: the gradient of the tensor that the node belongs to, a Tensor of its shape.
    """
    # BEGIN SOLUTION 1.2: apply the node to the gradient, and go on to the nodes of its inputs
    # A node's turn comes when all that used its output have sent their part of the gradient. So each runs
    # once, and 40 times `x = x + x`, which makes 2^40 paths, takes 40 steps.
    missing = count_edges(grad_fn)
    arrived = {grad_fn: grad_of_outputs.data}  # node: the sum of what has come so far
    ready = [grad_fn]
    while ready:
        node = ready.pop()
        grad = arrived.pop(node, None)  # None if all that used it sent nothing
        grads = [None] * len(node.next_functions) if grad is None else node.apply(tensor.Tensor(grad))
        for parent, part in zip(node.next_functions, grads):
            if parent is None:
                continue
            if part is not None:
                arrived[parent] = arrived[parent] + part.data if parent in arrived else part.data
            missing[parent] -= 1
            if missing[parent] == 0:
                ready.append(parent)
    # END SOLUTION


# BEGIN SOLUTION
def count_edges(grad_fn):
    """{node: how many edges lead to it} of all that `grad_fn` leads to. With a stack of its own instead of
    recursion, so that no graph is too deep for Python."""
    edges = {grad_fn: 0}
    stack = [grad_fn]
    while stack:
        for parent in stack.pop().next_functions:
            if parent in edges:
                edges[parent] += 1
            elif parent is not None:
                edges[parent] = 1
                stack.append(parent)
    return edges


# END SOLUTION
class Function:
    """Base class of all operations. A subclass has two static methods:

    forward(ctx, *inputs): the output, a new Tensor. It keeps in `ctx` what backward will need.
    backward(ctx, grad_output): a tuple with the gradient of each input (None for what is no Tensor), each
        a Tensor of that input's shape; or the gradient itself if there is one input.
    """

    @classmethod
    def apply(cls, *args):
        """Run `forward` on the arguments and record it: link a new node to the nodes of the arguments, and
        store it on the output. What is made from constants alone is a constant and gets no node."""
        node = BackwardFunction(cls)
        output = cls.forward(node.ctx, *args)
        # BEGIN SOLUTION 1.2: fill node.next_functions, then set requires_grad, is_leaf and grad_fn of the output
        node.next_functions = [node_of(arg) for arg in args]
        output.requires_grad = any(parent is not None for parent in node.next_functions)
        output.is_leaf = not output.requires_grad
        output.grad_fn = node if output.requires_grad else None
        # INSTEAD
        # END SOLUTION
        return output


# BEGIN SOLUTION
def node_of(arg):
    """The node that takes the gradient of an operation's argument: its grad_fn, made now if it is a leaf that
    is used for the first time; None for a constant, and for what is no Tensor."""
    if not isinstance(arg, tensor.Tensor) or not arg.requires_grad:
        return None
    if arg.grad_fn is None:
        arg.grad_fn = AccumulateGrad(arg)
    return arg.grad_fn


# END SOLUTION
class AccumulateGrad:
    """The node of a leaf that requires grad: where a path ends."""

    def __init__(self, variable):
        self.variable = variable
        self.next_functions = []
        self.function_name = "AccumulateGrad"

    def __repr__(self):
        return f"<{self.function_name} of shape {self.variable.shape}>"

    def apply(self, arg):
        """Add the gradient `arg` to what the leaf has. There is nothing to pass on."""
        if arg.shape != self.variable.shape:
            raise ValueError(
                f"a gradient of shape {arg.shape} arrived for a leaf of shape {self.variable.shape}: where it was "
                "broadcast, the gradient must be summed (unbroadcast in functional.py)"
            )
        if self.variable.grad is None:
            self.variable.grad = tensor.Tensor(arg.data)
        else:
            self.variable.grad = tensor.Tensor(self.variable.grad.data + arg.data)
        return ()


class ContextManager:
    """What an operation keeps between forward and backward: tensors here, all else as `ctx.name = value`."""

    def __init__(self):
        self.saved_tensors = []

    def save_for_backward(self, *tensors):
        """Keep copies of these tensors, without their history; `saved_tensors` has them in this order."""
        for value in tensors:
            if not isinstance(value, tensor.Tensor):
                raise TypeError(f"save_for_backward takes Tensors, got {type(value).__name__}: use ctx.name = value")
            self.saved_tensors.append(tensor.Tensor(value.data))


class BackwardFunction:
    """The node of an operation's result."""

    def __init__(self, cls):
        self.ctx = ContextManager()
        self.forward_cls = cls
        self.next_functions = []
        self.function_name = cls.__name__

    def __repr__(self):
        return f"<BackwardFunction {self.function_name}>"

    def apply(self, grad_of_outputs):
        """The gradients of the operation's inputs, as a tuple."""
        grads = self.forward_cls.backward(self.ctx, grad_of_outputs)
        grads = grads if isinstance(grads, tuple) else (grads,)
        inputs = len(self.next_functions)
        if len(grads) < inputs or any(extra is not None for extra in grads[inputs:]):
            raise ValueError(f"{self.function_name}.backward returned {len(grads)} gradients for {inputs} inputs")
        return grads

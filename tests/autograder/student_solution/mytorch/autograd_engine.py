"""A student's engine: nodes, Function.apply and backward."""

import numpy as np

from mytorch import tensor


def backward(grad_fn, grad_of_outputs):
    order, visited, stack = [], set(), [(grad_fn, False)]
    while stack:
        node, parents_done = stack.pop()
        if node is None:
            continue
        if parents_done:
            order.append(node)
        elif id(node) not in visited:
            visited.add(id(node))
            stack.append((node, True))
            for parent in node.next_functions:
                stack.append((parent, False))

    grads = {id(grad_fn): grad_of_outputs.data}
    for node in reversed(order):
        input_grads = node.apply(tensor.Tensor(grads.pop(id(node))))
        for parent, grad in zip(node.next_functions, input_grads):
            if parent is not None:
                grads[id(parent)] = grads.get(id(parent), 0) + grad.data


class Function:
    @classmethod
    def apply(cls, *args):
        node = BackwardFunction(cls)
        output = cls.forward(node.ctx, *args)
        output.requires_grad = False
        for arg in args:
            node.next_functions.append(Function.node_of(arg))
            if node.next_functions[-1] is not None:
                output.requires_grad = True
        output.is_leaf = not output.requires_grad
        output.grad_fn = node if output.requires_grad else None
        return output

    @staticmethod
    def node_of(arg):
        if not isinstance(arg, tensor.Tensor) or not arg.requires_grad:
            return None
        if arg.is_leaf and arg.grad_fn is None:
            arg.grad_fn = AccumulateGrad(arg)
        return arg.grad_fn


class AccumulateGrad:
    def __init__(self, variable):
        self.variable = variable
        self.next_functions = []
        self.function_name = "AccumulateGrad"

    def apply(self, arg):
        if self.variable.grad is None:
            self.variable.grad = tensor.Tensor(arg.data)
        else:
            self.variable.grad.data = self.variable.grad.data + arg.data
        return ()


class ContextManager:
    def __init__(self):
        self.saved_tensors = []

    def save_for_backward(self, *args):
        for arg in args:
            if type(arg).__name__ != "Tensor":
                raise Exception(f"Got type {type(arg)} of object {arg}. Can only save Tensor in saved_tensors")
            self.saved_tensors.append(tensor.Tensor(np.copy(arg.data)))


class BackwardFunction:
    def __init__(self, cls):
        self.ctx = ContextManager()
        self._forward_cls = cls
        self.next_functions = []
        self.function_name = cls.__name__

    def apply(self, *args):
        grads = self._forward_cls.backward(self.ctx, *args)
        return grads if isinstance(grads, tuple) else (grads,)

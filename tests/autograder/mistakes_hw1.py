"""Mistakes that students make in homework 1, as changes of the small solution in course/hw1.

Each: (name, file, old text, new text, problem, what the first message must say). `old` occurs exactly once in
the file.
The first message pinpoints a mistake if it holds all of these words: the operation or method, and what is wrong with it.
"""

from typing import NamedTuple

__all__ = ["MISTAKES", "Mistake"]

OPS, TENSOR, ENGINE = "nn/functional.py", "tensor.py", "autograd_engine.py"
LINEAR, NORM, SGD, LOSS = "nn/linear.py", "nn/batchnorm.py", "optim/sgd.py", "nn/loss.py"
SEQUENTIAL, RELU, OPTIMIZER, MODULE = "nn/sequential.py", "nn/activations.py", "optim/optimizer.py", "nn/module.py"


class Mistake(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    problem: str
    says: tuple


SUB_OUT = "return tensor.Tensor(a.data - b.data)"
SUB_BACK = "return unbroadcast(grad_output, shape_a), unbroadcast(minus, shape_b)"
MUL_A, MUL_B = "tensor.Tensor(grad_output.data * b.data)", "tensor.Tensor(grad_output.data * a.data)"
DIV_A, DIV_B = "tensor.Tensor(grad_output.data / b.data)", "tensor.Tensor(-grad_output.data * a.data / b.data**2)"
ADD_BACK = "return unbroadcast(grad_output, shape_a), unbroadcast(grad_output, shape_b)"
RELU_BACK = "return tensor.Tensor(grad_output.data * ctx.positive)"
MATMUL_BACK = "return tensor.Tensor(grad_a), tensor.Tensor(grad_b)"
APPLY_NODES = "node.next_functions = [node_of(arg) for arg in args]"
STORE = "self.variable.grad = tensor.Tensor(self.variable.grad.data + arg.data)"
STEP_V = "self.momentums[i] = self.momentum * self.momentums[i] - self.lr * param.grad.data"
STEP_W = "param.data = param.data + self.momentums[i]"
SHIFTED = "shifted = predicted - predicted.data.max(axis=1, keepdims=True)"
ARRIVED = "arrived[parent] = arrived[parent] + part.data if parent in arrived else part.data"
MUL_KEPT = """        ctx.save_for_backward(a, b)
        return tensor.Tensor(a.data * b.data)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1.1.2: dL/da and dL/db
        a, b = ctx.saved_tensors
"""
WALK_PARENTS = """            if parent is None:
                continue
            if part is not None:
                arrived[parent] = arrived[parent] + part.data if parent in arrived else part.data
            missing[parent] -= 1
            if missing[parent] == 0:
                ready.append(parent)
"""
WALK_APPLY = "        grads = [None] * len(node.next_functions) if grad is None else node.apply(tensor.Tensor(grad))\n"
LEAF_IS_AN_END = "        if isinstance(node, AccumulateGrad):\n            continue\n"
UPDATE = "            self.update(mean.data, var.data * n / (n - 1))\n"
IN_EVALUATION = "            centred, var = x - self.running_mean, self.running_var"
LOSS_RETURN = "return ((log_sum - shifted) * one_hot.astype(predicted.data.dtype)).sum() / len(one_hot)"
LOSS_WITH_EPS = "p = shifted.exp() / shifted.exp().sum(axis=1, keepdims=True); return ((p + 1e-4).log() * (-one_hot)).sum() / len(p.data)"
OWN_LOSS = """return OwnLoss.apply(predicted, target)


class OwnLoss(Function):
    @staticmethod
    def forward(ctx, x, t):
        z = x.data - x.data.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        ctx.p, ctx.rows, ctx.t = np.exp(log_p), np.arange(len(z)), t.data.astype(int)
        return tensor.Tensor(-log_p[ctx.rows, ctx.t].mean())

    @staticmethod
    def backward(ctx, grad_output):
        grad = ctx.p.copy()
        grad[ctx.rows, ctx.t] -= 1
        return tensor.Tensor(grad_output.data * grad / len(grad)), None
"""
CONTEXT = "from mytorch.autograd_engine import ContextManager; return OwnLoss.forward(ContextManager(), "

# fmt: off
MISTAKES = [
    # ---- 1.1.1
    Mistake("sub-adds", OPS, SUB_OUT, SUB_OUT.replace('-', '+'), "1.1.1", ("Sub.forward", "a + b")),
    Mistake("sub-operands", OPS, SUB_OUT, "return tensor.Tensor(b.data - a.data)", "1.1.1", ("Sub.forward", "b - a")),
    Mistake("sub-forward-no-return", OPS, SUB_OUT, SUB_OUT[7:], "1.1.1", ("Sub.forward", "return")),
    Mistake("sub-forward-array", OPS, SUB_OUT, "return a.data - b.data", "1.1.1", ("Sub.forward", "ndarray", "Tensor")),
    Mistake("sub-sign", OPS, "minus = tensor.Tensor(-grad", "minus = tensor.Tensor(grad", "1.1.1", ("Sub.backward", "second", "sign")),
    # ---- 1.2
    Mistake("sub-list", OPS, SUB_BACK, "return [unbroadcast(grad_output, shape_a), unbroadcast(minus, shape_b)]", "1.2", ("Sub.backward", "list", "tuple")),
    # ---- 1.1.1
    Mistake("sub-backward-no-return", OPS, SUB_BACK, SUB_BACK[7:], "1.1.1", ("Sub.backward", "return")),
    Mistake("sub-one-gradient", OPS, SUB_BACK, "return unbroadcast(grad_output, shape_a)", "1.1.1", ("Sub.backward", "1 gradient for 2")),
    Mistake("sub-exchanged", OPS, SUB_BACK, "return unbroadcast(minus, shape_a), unbroadcast(grad_output, shape_b)", "1.1.1", ("Sub.backward", "exchanged")),
    Mistake("sub-ones", OPS, "minus = tensor.Tensor(-grad_output.data)", "grad_output = tensor.Tensor(np.ones(shape_a)); minus = tensor.Tensor(-grad_output.data)", "1.1.1", ("Sub.backward", "grad_output", "ignored")),
    Mistake("sub-operator-add", TENSOR, "return F.Sub.apply(self", "return F.Add.apply(self", "1.1.1", ("__sub__", "F.Sub.apply")),
    Mistake("sub-operator-no-return", TENSOR, "return F.Sub.apply(self", "F.Sub.apply(self", "1.1.1", ("__sub__", "return")),
    Mistake("sub-operator-array", TENSOR, "return F.Sub.apply(self, self.constant(other))", "return self.data - other.data", "1.1.1", ("__sub__", "ndarray")),
    Mistake("sub-renamed", OPS, "class Sub(Function)", "class Subtract(Function)", "1.1.1", ("Sub", "Subtract", "did you mean")),
    # ---- 1.1.2
    Mistake("mul-renamed", OPS, "class Mul(Function)", "class Multiply(Function)", "1.1.2", ("Mul", "Multiply", "did you mean")),
    Mistake("mul-matmul", OPS, "return tensor.Tensor(a.data * b.data)", "return tensor.Tensor(np.add(a.data, b.data))", "1.1.2", ("Mul.forward", "a + b")),
    Mistake("mul-no-upstream", OPS, MUL_A, "tensor.Tensor(b.data)", "1.1.2", ("Mul.backward", "first", "grad_output")),
    Mistake("mul-own-factor", OPS, MUL_A, MUL_A.replace('b.data', 'a.data'), "1.1.2", ("Mul.backward", "first", "other factor")),
    Mistake("mul-missing-factor", OPS, MUL_B, "tensor.Tensor(grad_output.data)", "1.1.2", ("Mul.backward", "second", "factor is missing")),
    Mistake("mul-not-saved", OPS, 'ctx.save_for_backward(a, b)\n        return tensor.Tensor(a.data * b.data)', "return tensor.Tensor(a.data * b.data)", "1.1.2", ("Mul.backward", "save_for_backward")),
    Mistake("mul-saved-one", OPS, 'ctx.save_for_backward(a, b)\n        return tensor.Tensor(a.data * b.data)', 'ctx.save_for_backward(a)\n        return tensor.Tensor(a.data * b.data)', "1.1.2", ("Mul.backward", "save_for_backward")),
    Mistake("mul-in-place", OPS, "return tensor.Tensor(a.data * b.data)", "a.data *= b.data; return tensor.Tensor(a.data)", "1.1.2", ("Mul.forward", "first", "in place")),
    Mistake("mul-zero", OPS, MUL_B, "tensor.Tensor(np.zeros(b.shape))", "1.1.2", ("Mul.backward", "second", "zeros")),
    Mistake("mul-none", OPS, 'return unbroadcast(grad_a, a.shape), unbroadcast(grad_b, b.shape)\n        # END SOLUTION\n\n\nclass Div', 'return unbroadcast(grad_a, a.shape), None\n        # END SOLUTION\n\n\nclass Div', "1.1.2", ("Mul.backward", "None", "second")),
    Mistake("mul-no-operator", TENSOR, "def __mul__", "def __multiply__", "1.1.2", ("__mul__",)),
    Mistake("mul-arrays", TENSOR, "return F.Mul.apply(self, self.constant(other))", "return F.Mul.apply(self.data, other.data)", "1.1.2", ("__mul__", "arrays", "Tensors")),
    Mistake("mul-added-gradients", OPS, MUL_A, "tensor.Tensor(grad_output.data + b.data)", "1.1.2", ("Mul.backward", "first", "added instead")),
    # ---- 1.1.3
    Mistake("div-floor", OPS, "tensor.Tensor(a.data / b.data)", "tensor.Tensor(a.data // b.data)", "1.1.3", ("Div.forward", "//")),
    Mistake("div-operands", OPS, "tensor.Tensor(a.data / b.data)", "tensor.Tensor(b.data / a.data)", "1.1.3", ("Div.forward", "b / a")),
    Mistake("div-sign", OPS, DIV_B, DIV_B.replace('-grad', 'grad'), "1.1.3", ("Div.backward", "second", "sign")),
    Mistake("div-square", OPS, DIV_B, DIV_B.replace('**2', ''), "1.1.3", ("Div.backward", "second", "b squared")),
    Mistake("div-factor", OPS, DIV_B, DIV_B.replace(' * a.data', ''), "1.1.3", ("Div.backward", "second", "factor a is missing")),
    Mistake("div-as-mul", OPS, DIV_A, DIV_A.replace('/', '*'), "1.1.3", ("Div.backward", "first", "multiplication")),
    Mistake("div-no-operator", TENSOR, "def __truediv__", "def __div__", "1.1.3", ("__truediv__", "__div__")),
    Mistake("div-a-squared", OPS, DIV_B, "tensor.Tensor(-grad_output.data * b.data / a.data**2)", "1.1.3", ("Div.backward", "second", "a squared")),
    Mistake("div-ignored", OPS, DIV_A, "tensor.Tensor(1 / b.data)", "1.1.3", ("Div.backward", "first", "grad_output")),
    # ---- 1.2
    Mistake("backward-zeros", TENSOR, "np.ones_like(self.data)", "np.zeros_like(self.data)", "1.2", ("Tensor.backward", "zeros")),
    Mistake("backward-number", TENSOR, "Tensor(np.ones_like(self.data))", "1.0", "1.2", ("Tensor.backward", "number")),
    Mistake("backward-scalar", TENSOR, "Tensor(np.ones_like(self.data))", "Tensor(1.0)", "1.2", ("Tensor.backward", "shape ()")),
    Mistake("backward-own-data", TENSOR, "Tensor(np.ones_like(self.data))", "Tensor(self.data)", "1.2", ("Tensor.backward", "other values than 1")),
    Mistake("backward-none", TENSOR, "autograd_engine.backward(node, Tensor(np.ones_like(self.data)))", "pass", "1.2", ("Tensor.backward", "autograd_engine.backward")),
    Mistake("apply-no-node", ENGINE, "output.grad_fn = node if output.requires_grad else None", "", "1.2", ("grad_fn", "store")),
    Mistake("apply-no-parents", ENGINE, "output.grad_fn = node if output.requires_grad else None", "output.grad_fn = node if output.requires_grad else None; node.next_functions = []", "1.2", ("Function.apply", "next_functions", "one for each input")),
    Mistake("apply-is-leaf", ENGINE, "output.is_leaf = not output.requires_grad", "output.is_leaf = True", "1.2", ("is_leaf",)),
    Mistake("apply-requires-all", ENGINE, "any(parent is not None", "all(parent is not None", "1.2", ("requires_grad",)),
    Mistake("apply-requires-never", ENGINE, "output.requires_grad = any(parent is not None for parent in node.next_functions)", "", "1.2", ("requires_grad",)),
    Mistake("apply-skips-constants", ENGINE, APPLY_NODES, "node.next_functions = [n for n in map(node_of, args) if n is not None]", "1.2", ("next_functions", "each input")),
    # ---- 1.1.1
    Mistake("apply-no-return", ENGINE, '        return output\n', '        pass\n', "1.1.1", ("Function.apply", "return", "1.2")),
    # ---- 1.2
    Mistake("leaf-overwrites", ENGINE, STORE, "self.variable.grad = tensor.Tensor(arg.data)", "1.2", ("AccumulateGrad", "overwrites")),
    Mistake("leaf-first-only", ENGINE, STORE, "pass", "1.2", ("AccumulateGrad", "second gradient")),
    Mistake("leaf-not-applied", ENGINE, WALK_APPLY, LEAF_IS_AN_END + WALK_APPLY, "1.2", ("apply() of the AccumulateGrad",)),
    Mistake("leaf-multiplies", ENGINE, STORE, STORE.replace(' + ', ' * '), "1.2", ("AccumulateGrad",)),
    Mistake("walk-overwrites", ENGINE, ARRIVED, "arrived[parent] = part.data", "1.2", ("backward", "overwritten")),
    Mistake("walk-passes-own", ENGINE, ARRIVED, ARRIVED.replace('part.data', 'grad'), "1.2", ("backward", "grad_fn.apply")),
    Mistake("walk-stops", ENGINE, 'if parent is None:\n                continue', 'if parent is None:\n                break', "1.2", ("backward",)),
    Mistake("backward-apply-list", ENGINE, "grads = grads if isinstance(grads, tuple) else (grads,)", "grads = grads[:1] if isinstance(grads, tuple) else (grads,)", "1.2", ("gradient",)),
    # ---- 2.1
    Mistake("no-unbroadcast", OPS, ADD_BACK, "return tensor.Tensor(grad_output.data), tensor.Tensor(grad_output.data)", "2.1", ("Add.backward", "second", "(4, 2)", "sum", "axis 0")),
    Mistake("unbroadcast-no-sum", OPS, "    data = grad.data.sum(axis=tuple(range(added)))", "    data = grad.data", "2.1", ("Add.backward", "second", "sum")),
    Mistake("unbroadcast-mean", OPS, "data = grad.data.sum(axis=tuple(range(added)))", "data = grad.data.mean(axis=0) if added else grad.data", "2.1", ("Add.backward", "second")),
    Mistake("unbroadcast-first-row", OPS, "data = grad.data.sum(axis=tuple(range(added)))", "data = grad.data[0] if added else grad.data", "2.1", ("Add.backward", "second", "row")),
    Mistake("unbroadcast-keepdims", OPS, "data = grad.data.sum(axis=tuple(range(added)))", "data = grad.data.sum(axis=tuple(range(added)), keepdims=True)", "2.1", ("Add.backward", "second", "(1, 2)")),
    Mistake("unbroadcast-axis-1", OPS, "data = grad.data.sum(axis=tuple(range(added)))", "data = grad.data.sum(axis=1) if added else grad.data", "2.1", ("Add.backward", "second", "axis 0")),
    Mistake("matmul-exchanged", OPS, MATMUL_BACK, "return tensor.Tensor(grad_b), tensor.Tensor(grad_a)", "2.1", ("MatMul.backward", "exchanged")),
    Mistake("matmul-no-transpose", OPS, "grad_b = a.data.T @ grad_output.data", "grad_b = (a.data.T @ grad_output.data).T", "2.1", ("MatMul.backward", "second", "transposed")),
    Mistake("matmul-wrong-order", OPS, "grad_a = grad_output.data @ b.data.T", "grad_a = grad_output.data @ b.data", "2.1", ("MatMul.backward",)),
    Mistake("matmul-ones", OPS, "grad_b = a.data.T @ grad_output.data", "grad_b = a.data.T @ np.ones_like(grad_output.data)", "2.1", ("MatMul.backward", "second", "grad_output")),
    Mistake("walk-wants-tuples", ENGINE, "grads = grads if isinstance(grads, tuple) else (grads,)", "return grads", "2.1", ("Transpose.backward", "returns a Tensor", "(grad,)")),
    Mistake("linear-no-bias", LINEAR, " + self.bias", "", "2.1", ("bias is missing",)),
    Mistake("linear-no-transpose", LINEAR, "self.weight.T", "self.weight", "2.1", ("MatMul.forward", "(2, 3)")),
    Mistake("linear-no-return", LINEAR, "return x @", "x @", "2.1", ("Linear.forward", "return")),
    Mistake("linear-data", LINEAR, "return x @ self.weight.T + self.bias", "return Tensor(x.data @ self.weight.data.T + self.bias.data)", "2.1", ("Linear.forward", "graph")),
    Mistake("linear-no-parameter", LINEAR, "self.bias = Tensor(bias, requires_grad=True, is_parameter=True)", "self.bias = Tensor(bias, requires_grad=True)", "2.1", ("bias", "is_parameter")),
    Mistake("linear-reshape", LINEAR, "self.weight.T", "self.weight.reshape(self.weight.shape[1], self.weight.shape[0])", "2.1", ("weight is reshaped", ".T")),
    Mistake("sequential-first", SEQUENTIAL, '            x = layer(x)\n        return x', '            x = layer(x)\n            return x', "2.1", ("first layer",)),
    Mistake("sequential-no-return", SEQUENTIAL, '        return x\n', "", "2.1", ("Sequential.forward", "return")),
    Mistake("sequential-same-input", SEQUENTIAL, 'x = layer(x)\n        return x', 'y = layer(x)\n        return y', "2.1", ("every layer gets the model's input",)),
    Mistake("sequential-last", SEQUENTIAL, '        for layer in self.layers:\n            x = layer(x)\n        return x', '        return self.layers[-1](x)', "2.1", ("only the last layer runs",)),
    Mistake("sequential-last-twice", SEQUENTIAL, '        return x\n', "        return self.layers[-1](x)\n", "2.1", ("last layer runs twice",)),
    Mistake("sequential-renamed", SEQUENTIAL, "self.layers = layers", "self.modules_list = layers; layers = None", "2.1", ("layers",)),
    # ---- 2.2
    Mistake("relu-column", OPS, RELU_BACK, "return tensor.Tensor((grad_output.data * ctx.positive).sum(axis=1, keepdims=True))", "2.2", ("ReLU.backward", "(2, 1)", "(2, 3)")),
    Mistake("relu-debugger", OPS, "ctx.positive = a.data > 0", "import pdb; pdb.set_trace(); ctx.positive = a.data > 0", "2.2", ("ReLU.forward", "pdb.set_trace()", "remove")),
    Mistake("relu-input", OPS, "ctx.positive = a.data > 0", "input(); ctx.positive = a.data > 0", "2.2", ("ReLU.forward", "input()", "remove")),
    Mistake("relu-everywhere", OPS, RELU_BACK, "return tensor.Tensor(grad_output.data)", "2.2", ("ReLU.backward", "x < 0")),
    Mistake("relu-no-upstream", OPS, RELU_BACK, "return tensor.Tensor(1.0 * ctx.positive)", "2.2", ("ReLU.backward", "grad_output")),
    Mistake("relu-bool", OPS, "return tensor.Tensor(np.maximum(a.data, 0))", "return tensor.Tensor(a.data > 0)", "2.2", ("ReLU.forward", "x > 0")),
    Mistake("relu-abs", OPS, "np.maximum(a.data, 0)", "np.abs(a.data)", "2.2", ("ReLU.forward", "|x|")),
    Mistake("relu-at-zero", OPS, "ctx.positive = a.data > 0", "ctx.positive = a.data >= 0", "2.2", ("x = 0 is 0, not 1",)),
    Mistake("relu-in-place", OPS, "return tensor.Tensor(np.maximum(a.data, 0))", "a.data[a.data < 0] = 0; return tensor.Tensor(a.data)", "2.2", ("ReLU.forward", "in place")),
    Mistake("relu-sign", OPS, "ctx.positive = a.data > 0", "ctx.positive = np.sign(a.data)", "2.2", ("ReLU.backward", "sign of x")),
    Mistake("relu-not-called", RELU, "return F.ReLU.apply(x)", "return F.ReLU.forward(None, x)", "2.2", ("ReLU",)),
    Mistake("relu-layer-no-return", RELU, "return F.ReLU.apply(x)", "F.ReLU.apply(x)", "2.2", ("ReLU.forward", "return")),
    Mistake("relu-gradient-positive", OPS, RELU_BACK, "return tensor.Tensor(np.maximum(grad_output.data, 0))", "2.2", ("ReLU.backward", "where the gradient is positive")),
    # ---- 2.3
    Mistake("step-rebinds", SGD, STEP_W, "from mytorch.tensor import Tensor; self.params[i] = Tensor(param.data + self.momentums[i], True, True, True)", "2.3", ("place of the parameter", ".data")),
    Mistake("step-rebinds-local", SGD, STEP_W, "param = param.data + self.momentums[i]", "2.3", ("parameter has not changed",)),
    Mistake("step-up", SGD, "- self.lr * param", "+ self.lr * param", "2.3", ("up the gradient",)),
    Mistake("step-no-rate", SGD, "- self.lr * param.grad.data", "- param.grad.data", "2.3", ("learning rate is ignored",)),
    Mistake("step-replaces", SGD, STEP_W, "param.data = self.momentums[i]", "2.3", ("replaced by the step",)),
    Mistake("step-tensor", SGD, STEP_W, "param.data = param.data - self.lr * param.grad", "2.3", (".data", "step()")),
    Mistake("step-in-graph", SGD, STEP_W, "new = param - param.grad * self.lr; param.data, param.grad_fn, param.is_leaf = new.data, new.grad_fn, False", "2.3", ("recorded",)),
    Mistake("sgd-no-optimizer", SGD, "class SGD(Optimizer):", 'class Base:\n    zero_grad = Optimizer.zero_grad\n\n    def __init__(self, params):\n        self.params = list(params)\n\n\nclass SGD(Base):', "2.3", ("Optimizer",)),
    # ---- 2.4
    Mistake("norm-detached-mean", NORM, "mean = x.sum(axis=0) / n", "mean = Tensor(x.data.sum(axis=0) / n)", "2.4", ("mean", "constant")),
    Mistake("norm-detached-both", NORM, 'centred = x - mean  # (N, C)\n            var = (centred * centred).sum(axis=0) / n  # (C,)', "mean, var = Tensor(x.data.mean(0)), Tensor(x.data.var(0)); centred = x - mean", "2.4", ("mean and variance", "constants")),
    Mistake("norm-unbiased", NORM, "(centred * centred).sum(axis=0) / n ", "(centred * centred).sum(axis=0) / (n - 1) ", "2.4", ("unbiased",)),
    Mistake("norm-biased-running", NORM, "var.data * n / (n - 1)", "var.data", "2.4", ("running variance is the biased",)),
    Mistake("norm-alpha", NORM, "keep = 1 - self.momentum", "keep = self.momentum", "2.4", ("momentum",)),
    Mistake("norm-eps", NORM, "(var + self.eps).sqrt()", "(var.sqrt() + self.eps)", "2.4", ("eps", "square root")),
    Mistake("norm-no-sqrt", NORM, "(var + self.eps).sqrt()", "(var + self.eps)", "2.4", ("square root",)),
    Mistake("norm-eval", NORM, "if self.is_train:", "if True:", "2.4", ("own statistics",)),
    Mistake("norm-no-beta", NORM, ' + self.beta\n        # END', '\n        # END', "2.4", ("beta is ignored",)),
    Mistake("norm-gamma-no-parameter", NORM, "self.gamma = Tensor(np.ones(num_features), requires_grad=True, is_parameter=True)", "self.gamma = Tensor(np.ones(num_features), requires_grad=True)", "2.4", ("gamma", "parameter")),
    Mistake("norm-loop", NORM, "mean = x.sum(axis=0) / n  # (C,)", 'mean = x.sum(axis=0) / n\n            for i in range(n):\n                x.data[i]', "2.4", ("loop",)),
    Mistake("norm-mean-without-alpha", NORM, "self.momentum * mean)", "mean)", "2.4", ("mean is not multiplied by momentum",)),
    Mistake("norm-var-without-alpha", NORM, "self.momentum * var)", "var)", "2.4", ("variance is not multiplied by momentum",)),
    Mistake("sum-mean", OPS, "a.data.sum(axis=axis, keepdims=keepdims)", "a.data.mean(axis=axis, keepdims=keepdims)", "2.4", ("Sum.forward", "mean instead of the sum")),
    Mistake("norm-running-in-training", NORM, UPDATE, UPDATE + "            centred, var = x - self.running_mean, self.running_var\n", "2.4", ("running statistics are used in training",)),
    Mistake("norm-updates-in-evaluation", NORM, IN_EVALUATION, "            self.update(x.data.mean(0), x.data.var(0))\n" + IN_EVALUATION, "2.4", ("running statistics are updated in evaluation",)),
    Mistake("norm-no-square", NORM, "(centred * centred).sum(axis=0) / n ", "centred.sum(axis=0) / n ", "2.4", ("variance comes out as 0", "squares")),
    Mistake("norm-fixed-alpha", NORM, "keep = 1 - self.momentum", "self.momentum = 0.1; keep = 1 - self.momentum", "2.4", ("alpha", "not used")),
    Mistake("sum-gradient", OPS, "return tensor.Tensor(np.broadcast_to(grad, ctx.shape)), None, None", "return tensor.Tensor(np.broadcast_to(grad, ctx.shape) / ctx.shape[0]), None, None", "2.4", ("Sum.backward",)),
    Mistake("sqrt-gradient", OPS, "grad_output.data / (2 * root.data)", "grad_output.data / root.data", "2.4", ("Sqrt.backward", "1/2")),
    # ---- 2.5
    Mistake("loss-exp-outside", TENSOR, "return F.Exp.apply(self)", "return Tensor(np.exp(self.data))", "2.5", ("Tensor.exp", "graph", ".apply")),
    Mistake("loss-labels-shifted", OPS, "one_hot[np.arange(n), labels] = 1", "one_hot[np.arange(n), labels - 1] = 1", "2.5", ("class before the label",)),
    Mistake("loss-labels-first", LOSS, "F.cross_entropy(predicted, target)", "F.cross_entropy(target, predicted)", "2.5", ("CrossEntropyLoss.forward", "labels", "first")),
    Mistake("loss-eps-in-log", OPS, LOSS_RETURN, LOSS_WITH_EPS, "2.5", ("eps", "inside the logarithm")),
    Mistake("loss-axis", OPS, "log_sum = shifted.exp().sum(axis=1, keepdims=True).log()", "log_sum = shifted.exp().sum(axis=0, keepdims=True).log()", "2.5", ("wrong axis",)),
    Mistake("loss-sum", OPS, ".sum() / len(one_hot)", ".sum()", "2.5", ("batch size",)),
    Mistake("loss-all-elements", OPS, ".sum() / len(one_hot)", ".sum() / one_hot.size", "2.5", ("number of all elements",)),
    Mistake("loss-sign", OPS, "(log_sum - shifted)", "(shifted - log_sum)", "2.5", ("sign",)),
    Mistake("loss-unstable", OPS, SHIFTED, "shifted = predicted", "2.5", ("LogSumExp",)),
    Mistake("loss-no-return", LOSS, "return F.cross_entropy", "F.cross_entropy", "2.5", ("CrossEntropyLoss.forward", "return")),
    Mistake("exp-gradient", OPS, "grad_output.data * power.data", "power.data", "2.5", ("Exp.backward", "grad_output")),
    Mistake("loss-detached", OPS, "return ((log_sum - shifted) * one_hot.astype(predicted.data.dtype)).sum() / len(one_hot)", "return tensor.Tensor(((log_sum - shifted).data * one_hot).sum() / len(one_hot))", "2.5", ("graph",)),
    # ---- 2.6
    Mistake("momentum-not-kept", SGD, STEP_V + '\n            ' + STEP_W, STEP_V.replace('self.momentums[i] =', 'v =') + '\n            param.data = param.data + v', "2.6", ("momentum",)),
    Mistake("momentum-damped", SGD, "- self.lr * param", "- (1 - self.momentum) * self.lr * param", "2.6", ("1 - momentum",)),
    Mistake("momentum-sign", SGD, "self.momentum * self.momentums[i] -", "-self.momentum * self.momentums[i] -", "2.6", ("momentum has the wrong sign",)),
    # ---- 2.3
    Mistake("momentum-shared", SGD, "[np.zeros(param.shape) for param in self.params]", "[np.zeros(self.params[0].shape)] * len(self.params)", "2.3", ("momentums", "each parameter")),
    Mistake("momentum-rate-twice", SGD, STEP_W, "param.data = param.data + self.lr * self.momentums[i]", "2.3", ("learning rate",)),
    Mistake("momentum-no-decay", SGD, "self.momentum * self.momentums[i] -", "self.momentums[i] -", "2.3", ("remembered", "momentum is 0")),
    # ---- 2.1
    Mistake("import-torch", LINEAR, "import numpy as np", 'import numpy as np\nif False:\n    import torch', "2.1", ("nn/linear.py", "torch")),
    # ---- 2.3
    Mistake("zero-grad-number", OPTIMIZER, "param.grad = None", "param.grad = 0.0", "2.3", ("zero_grad", "number", "None", "Tensor")),
    Mistake("zero-grad-nothing", OPTIMIZER, "param.grad = None", "param.grad", "2.3", ("zero_grad",)),
    # ---- operands that the graph loses, leaves, ctx
    Mistake("sub-detached", TENSOR, "return F.Sub.apply(self, self.constant(other))", "return self + Tensor(-other.data)", "1.2", ("__sub__", "no part of the graph")),
    Mistake("mul-saved-arrays", OPS, "ctx.save_for_backward(a, b)\n        return tensor.Tensor(a.data * b.data)", "ctx.save_for_backward(a.data, b.data)\n        return tensor.Tensor(a.data * b.data)", "1.1.2", ("Mul.forward", "save_for_backward takes Tensors")),
    Mistake("mul-kept-in-class", OPS, MUL_KEPT, MUL_KEPT.replace("ctx.save_for_backward(a, b)", "Mul.a, Mul.b = a, b").replace("a, b = ctx.saved_tensors", "a, b = Mul.a, Mul.b"), "1.2", ("Mul.backward", "computed last", "ctx")),
    Mistake("ctx-shared", ENGINE, "    def __init__(self):\n        self.saved_tensors = []\n", "    saved_tensors = []\n", "1.2", ("Mul.backward", "of its own")),
    Mistake("walk-into-none", ENGINE, WALK_PARENTS, "            if parent is None or part is not None:\n                backward(parent, part)\n", "1.2", ("None", "skip it")),
    Mistake("leaf-copied", ENGINE, "arg.grad_fn = AccumulateGrad(arg)", "arg.grad_fn = AccumulateGrad(tensor.Tensor(arg.data))", "1.2", ("Function.apply", "AccumulateGrad", "copy")),
    Mistake("apply-tensors", ENGINE, APPLY_NODES, "node.next_functions = list(args)", "1.2", ("Function.apply", "grad_fn", "not a Tensor")),
    Mistake("apply-reversed", ENGINE, APPLY_NODES, "node.next_functions = [node_of(arg) for arg in reversed(args)]", "1.2", ("next_functions", "order of the inputs")),
    Mistake("linear-copies-weight", LINEAR, "self.weight.T", "Tensor(self.weight.data.T)", "2.1", ("Linear.forward", "self.weight", "graph")),
    Mistake("linear-copies-input", LINEAR, "return x @", "return Tensor(x.data) @", "2.1", ("Linear.forward", "its input", "graph")),
    Mistake("linear-replaces-bias", LINEAR, "return x @ self.weight.T + self.bias", "self.bias = x @ self.weight.T + self.bias; return self.bias", "2.1", ("Linear.forward", "replaces self.bias")),
    Mistake("sequential-skips", SEQUENTIAL, "in self.layers:", "in self.layers[1:]:", "2.1", ("first layer does not run",)),
    Mistake("matmul-mean", OPS, MATMUL_BACK, "return tensor.Tensor(grad_a / len(a.data)), tensor.Tensor(grad_b / len(a.data))", "2.1", ("MatMul.backward", "number of rows")),
    Mistake("relu-if", OPS, "return tensor.Tensor(np.maximum(a.data, 0))", "return tensor.Tensor([row if row > 0 else 0 for row in a.data])", "2.2", ("ReLU.forward", "whole array")),
    Mistake("loss-columns", OPS, LOSS_RETURN, OWN_LOSS.replace("grad[ctx.rows, ctx.t]", "grad[:, ctx.t]"), "2.5", ("whole columns",)),
    Mistake("loss-log10", OPS, LOSS_RETURN, OWN_LOSS.replace(".mean())", ".mean() / np.log(10))"), "2.5", ("log10",)),
    Mistake("loss-largest", OPS, LOSS_RETURN, OWN_LOSS.replace("-log_p[ctx.rows, ctx.t]", "-log_p.max(axis=1)"), "2.5", ("largest probability",)),
    Mistake("loss-added", OPS, "((log_sum - shifted)", "((log_sum + shifted)", "2.5", ("added to the logit",)),
    Mistake("loss-forward-alone", OPS, LOSS_RETURN, OWN_LOSS.replace("return OwnLoss.apply(", CONTEXT, 1), "2.5", ("OwnLoss.forward", "apply")),
]

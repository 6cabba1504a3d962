"""Small mistakes that students make, as changes of our own mytorch: (name, file, old text, new
text, the problem that must lose points, the diagnosis that must appear, None if none is expected).

`old` must occur exactly once in the file, so that the table cannot rot unnoticed. An empty `old`
means that `new` is appended to the file.
"""

from typing import NamedTuple

__all__ = ["MUTATIONS", "Mutation"]


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    problem: str
    diagnosis: str | None


ELEMENTWISE, ENGINE, TENSOR = "ops/elementwise.py", "autograd_engine.py", "tensor.py"
NODES, FUNCTION, GRADIENTS = "autograd_nodes.py", "autograd_function.py", "gradients.py"
NORM, SGD, LOSS, RELU = "nn/batchnorm.py", "optim/sgd.py", "ops/loss.py", "ops/activation.py"
LINEAR, SEQUENTIAL, METHODS = "nn/linear.py", "nn/sequential.py", "tensor_methods.py"

EXCHANGED_OPERANDS, EXCHANGED = "the operands are exchanged", "the gradients of a and b are exchanged"
IGNORED = "upstream gradient ignored"

# The operations may be rewritten for speed. These mistakes are put around them instead of into
# them: appended to the file, they replace a method by one that knows the true one.
AROUND = """

import numpy as np


def ones(array):
    return array * 0 + 1


def false_forward(ctx, *inputs, true={cls}.forward):
    x = a = inputs[0]
    b = inputs[-1]
    before = a.data.copy()
    c = true(ctx, *inputs)
    ctx.x, ctx.y = before, getattr(b, "data", None)
    return {forward}


def false_backward(ctx, grad, true={cls}.backward):
    grads = true(ctx, grad)
    grad_x = grads
    grad_a, grad_b = grads if isinstance(grads, tuple) else (grads, None)
    grad_b = grad * 0 if grad_b is None else grad_b
    return {backward}


{cls}.forward, {cls}.backward = staticmethod(false_forward), staticmethod(false_backward)
"""

# The same for what is one fused operation, or one method for all options: appended to its file, a
# plain version as a student would write it, in which the mistake is then made.
PLAIN = {
    LINEAR: """

from mytorch.ops.linalg import MatMul


def plain_forward(self, x):
    y = x @ self.weight.T
    return y if self.bias is None else y + self.bias


Linear.forward = plain_forward
""",
    SGD: """

def plain_step(self):
    momentums = self.momentums
    for param, velocity in zip(self.params, momentums):
        if param.grad is None:
            continue
        velocity *= self.momentum
        velocity -= self.lr * param.grad.data
        param.data += velocity


SGD.step = plain_step
""",
    NORM: """

def plain_forward(self, x):
    axes, per_feature = (0, 2)[: x.ndim - 1], (1, self.num_features, 1)[: x.ndim]
    if self.training or not self.track_running_stats:
        count = x.numel() // self.num_features
        mean, var = x.mean(axes), x.var(axes, correction=0)
        if self.training:
            self._update_running_stats(mean.data, var.data * (count / (count - 1)))
    else:
        mean, var = self.running_mean, self.running_var
    y = (x - mean.reshape(per_feature)) / (var.reshape(per_feature) + self.eps).sqrt()
    return y * self.weight.reshape(per_feature) + self.bias.reshape(per_feature)


_BatchNorm.forward = plain_forward
""",
    LOSS: """

from mytorch.ops.activation import LogSoftmax, log_softmax
from mytorch.ops.elementwise import neg
from mytorch.ops.indexing import getitem
from mytorch.ops.reduction import mean, sum


def cross_entropy(input, target, weight=None, *, reduction="mean", **options):
    labels = checked_labels("cross_entropy", input, target)
    losses = neg(getitem(log_softmax(input, 1), (np.arange(len(labels)), labels)))
    return losses if reduction == "none" else mean(losses) if reduction == "mean" else sum(losses)
""",
}


def forward(name: str, file: str, cls: str, result: str, problem: str, diagnosis: str | None) -> Mutation:
    """`cls.forward` returns `result`, in terms of its inputs a, b (or x) and the true result c."""
    return Mutation(name, file, "", AROUND.format(cls=cls, forward=result, backward="grads"), problem, diagnosis)


def backward(name: str, file: str, cls: str, result: str, problem: str, diagnosis: str | None) -> Mutation:
    """`cls.backward` returns `result`, in terms of grad, the true grad_a, grad_b (or grad_x), and
    the arrays ctx.x, ctx.y of the inputs."""
    return Mutation(name, file, "", AROUND.format(cls=cls, forward="c", backward=result), problem, diagnosis)


def plain(name: str, file: str, old: str, new: str, problem: str, diagnosis: str | None) -> Mutation:
    """The mistake `new` instead of `old` in the plain version of what `file` defines."""
    assert PLAIN[file].count(old) == 1, f"adapt mutation {name}: {old!r} is not once in its plain version"
    return Mutation(name, file, "", PLAIN[file].replace(old, new), problem, diagnosis)


def under_plain(name: str, file: str, cls: str, result: str, problem: str, diagnosis: str | None) -> Mutation:
    """`backward` for an operation that only the plain version of what `file` defines uses."""
    text = PLAIN[file] + AROUND.format(cls=cls, forward="c", backward=result)
    return Mutation(name, file, "", text, problem, diagnosis)


PER_PATH = """
        def walk(node, gradient):
            contributions = node.apply(gradient) or ()
            for parent, contribution in zip(node.next_functions, contributions):
                if parent is not None and contribution is not None:
                    walk(parent, contribution)

        walk(self._node, self.new_tensor(np.ones_like(self._data)) if gradient is None else gradient)
        return
        gradients.backward("""

MUTATIONS = [
    # ------------------------------------------------------------------ 1.1
    forward("sub-forward-adds", ELEMENTWISE, "Sub", "a.new_tensor(a.data + b.data)", "1.1.1", None),
    forward("sub-forward-swapped", ELEMENTWISE, "Sub", "a.new_tensor(b.data - a.data)", "1.1.1", EXCHANGED_OPERANDS),
    backward("sub-gradient-sign", ELEMENTWISE, "Sub", "grad_a, -grad_b", "1.1.1", "wrong sign"),
    backward("sub-ignores-upstream", ELEMENTWISE, "Sub", "true(ctx, ones(grad))", "1.1.1", IGNORED),
    Mutation("sub-operator-adds", METHODS, "Sub.apply(self,", "Add.apply(self,", "1.1.1", None),
    forward("mul-forward", ELEMENTWISE, "Mul", "a.new_tensor(a.data * b.data + 0.5)", "1.1.2", None),
    backward("mul-gradients-swapped", ELEMENTWISE, "Mul", "grad_b, grad_a", "1.1.2", EXCHANGED),
    backward("mul-ignores-upstream", ELEMENTWISE, "Mul", "true(ctx, ones(grad))", "1.1.2", IGNORED),
    backward("mul-drops-factor", ELEMENTWISE, "Mul", "grad_a, grad", "1.1.2", "the other factor is missing"),
    backward("mul-zero-gradient", ELEMENTWISE, "Mul", "grad_a, grad_b * 0", "1.1.2", "all zeros"),
    backward("mul-nan", ELEMENTWISE, "Mul", "grad_a, grad_b * np.nan", "1.1.2", "nan where"),
    backward("mul-transposed", ELEMENTWISE, "Mul", "grad_a, grad_b.swapaxes(0, 1)", "1.1.2", "transposed"),
    forward(
        "mul-in-place",
        ELEMENTWISE,
        "Mul",
        "a.new_tensor(np.multiply(a.data, b.data, out=a.data))",
        "1.1.2",
        "input modified in place",
    ),
    forward("mul-to-float64", ELEMENTWISE, "Mul", "a.new_tensor(c.data.astype('float64'))", "1.1.2", "dtype changed"),
    forward("div-swapped", ELEMENTWISE, "Div", "a.new_tensor(b.data / a.data)", "1.1.3", EXCHANGED_OPERANDS),
    backward("div-sign", ELEMENTWISE, "Div", "grad_a, -grad_b", "1.1.3", "wrong sign"),
    backward(
        "div-no-square", ELEMENTWISE, "Div", "grad_a, grad_b * ctx.y", "1.1.3", "divided by b instead of b squared"
    ),
    backward("div-no-factor", ELEMENTWISE, "Div", "grad_a, grad_b / ctx.x", "1.1.3", "the factor a is missing"),
    backward(
        "div-gradient-of-a", ELEMENTWISE, "Div", "grad * ctx.y, grad_b", "1.1.3", "the gradient of a multiplication"
    ),
    backward("div-factor-two", ELEMENTWISE, "Div", "grad_a, grad_b * 2", "1.1.3", "2 times the expected value"),
    # ------------------------------------------------------------------ 1.2
    Mutation(
        "grad-overwritten",
        NODES,
        "variable.grad.data += gradient._data",
        "variable.grad = gradient",
        "1.2",
        "overwritten instead of accumulated",
    ),
    Mutation(
        "grad-kept-first",
        NODES,
        "variable.grad.data += gradient._data",
        "pass",
        "1.2",
        "the second gradient was not added",
    ),
    Mutation(
        "engine-overwrites-leaf",
        ENGINE,
        "if parent not in arrived:",
        "if parent not in arrived or arrived is leaves:",
        "1.2",
        "overwritten instead of accumulated",
    ),
    Mutation(
        "engine-overwrites-node",
        ENGINE,
        "if parent not in arrived:",
        "if parent not in arrived or arrived is gradients:",
        "1.2",
        "overwritten instead of accumulated",
    ),
    Mutation(
        "engine-shares-memory",
        ENGINE,
        "leaf.apply(gradient, owned)",
        "leaf.apply(gradient, True)",
        "1.2",
        "x.grad and y.grad are one array",
    ),
    Mutation(
        "recursion-per-path",
        TENSOR,
        "\n        gradients.backward(",
        PER_PATH,
        "1.2",
        "each path through the graph is walked separately",
    ),
    Mutation(
        "is-leaf",
        FUNCTION,
        "output._node = node\n            output.is_leaf = False",
        "output._node = node",
        "1.2",
        "graph attribute wrong",
    ),
    Mutation(
        "constants-recorded",
        FUNCTION,
        "if (node_a is not None or node_b is not None) and grad_mode.enabled:",
        "if True:",
        "1.2",
        "graph attribute wrong",
    ),
    Mutation(
        "backward-from-zeros",
        GRADIENTS,
        "np.ones_like(output._data)",
        "np.zeros_like(output._data)",
        "1.2",
        "all zeros",
    ),
    Mutation("node-renamed", NODES, "class AccumulateGrad:", "class Accumulate:", "1.2", None),
    Mutation("no-backward", TENSOR, "\n        gradients.backward(", "\n        raise SystemExit(", "1.2", None),
    Mutation(
        "backward-does-nothing",
        TENSOR,
        "\n        gradients.backward(",
        "\n        (",
        "1.2",
        "x.grad is None: no gradient has arrived there",
    ),
    # ------------------------------------------------------------------ 2.1
    Mutation(
        "sequential-reversed",
        SEQUENTIAL,
        "for layer in self._modules.values():\n            x",
        "for layer in reversed(self._modules.values()):\n            x",
        "2.1",
        "the layers run in the wrong order",
    ),
    Mutation(
        "sequential-returns-early",
        SEQUENTIAL,
        "            x = layer(x)\n        return x",
        "            return layer(x)",
        "2.1",
        "only the first layer runs",
    ),
    plain(
        "linear-no-bias",
        LINEAR,
        "return y if self.bias is None else y + self.bias",
        "return y",
        "2.1",
        "the bias is missing",
    ),
    plain("linear-minus-bias", LINEAR, "y + self.bias", "y - self.bias", "2.1", "the bias is subtracted"),
    plain(
        "linear-transposed",
        LINEAR,
        "return y if self.bias is None else y + self.bias",
        "return (y + self.bias).T",
        "2.1",
        "transposed",
    ),
    Mutation(
        "no-unbroadcast",
        "ops/common.py",
        "    if grad.shape == shape:\n        return grad",
        "    return grad",
        "2.1",
        None,
    ),
    Mutation(
        "unbroadcast-mean",
        "ops/linear.py",
        "sum_of_channels(grad_rows)",
        "sum_of_channels(grad_rows) / rows",
        "2.1",
        "averaged over the batch instead of summed",
    ),
    Mutation("unbroadcast-keeps-size-one", "ops/common.py", "(*range(new), *stretched)", "(*range(new),)", "2.1", None),
    under_plain("matmul-ignores-upstream", LINEAR, "MatMul", "true(ctx, ones(grad))", "2.1", IGNORED),
    under_plain("matmul-transposed", LINEAR, "MatMul", "grad_a, grad_b.swapaxes(0, 1)", "2.1", None),
    backward("add-ignores-shapes", ELEMENTWISE, "Add", "grad, grad", "2.1", None),
    # ------------------------------------------------------------------ 2.2
    forward("relu-abs", RELU, "ReLU", "x.new_tensor(np.abs(x.data))", "2.2", "absolute value instead of max(x, 0)"),
    forward("relu-identity", RELU, "ReLU", "x", "2.2", None),
    backward("relu-at-zero", RELU, "ReLU", "grad * (ctx.x >= 0)", "2.2", "the gradient at x = 0 is 0, not 1"),
    backward("relu-everywhere", RELU, "ReLU", "grad", "2.2", "the gradient also flows where x < 0"),
    backward("relu-multiplies-x", RELU, "ReLU", "grad_x * ctx.x", "2.2", "multiplied by x instead of by 1 where x > 0"),
    backward("relu-ignores-upstream", RELU, "ReLU", "true(ctx, ones(grad))", "2.2", IGNORED),
    forward(
        "relu-in-place",
        RELU,
        "ReLU",
        "x.new_tensor(np.maximum(x.data, 0, out=x.data))",
        "2.2",
        "input modified in place",
    ),
    # ------------------------------------------------------------------ 2.3
    plain("sgd-ascends", SGD, "velocity -= self.lr", "velocity += self.lr", "2.3", "the step goes up the gradient"),
    plain("sgd-no-rate", SGD, "self.lr * param.grad.data", "param.grad.data", "2.3", "the learning rate is ignored"),
    plain(
        "sgd-replaces",
        SGD,
        "param.data += velocity",
        "param.data = velocity.copy()",
        "2.3",
        "the parameter is replaced by the step",
    ),
    plain(
        "sgd-graph-in-step",
        SGD,
        "param.data += velocity",
        "new = param + param.new_tensor(velocity); param._data = new._data; param._node = new._node",
        "2.3",
        "graph attribute wrong",
    ),
    plain(
        "sgd-changes-grad",
        SGD,
        "param.data += velocity",
        "param.data += velocity; param.grad.data *= 0",
        "2.3",
        "input modified in place",
    ),
    Mutation(
        "zero-grad-does-nothing",
        "optim/optimizer.py",
        "if set_to_none:\n                param.grad = None",
        "if set_to_none:\n                pass",
        "2.3",
        "zero_grad() does not clear the gradients",
    ),
    # ------------------------------------------------------------------ 2.4
    plain(
        "norm-biased-running",
        NORM,
        "var.data * (count / (count - 1))",
        "var.data",
        "2.4",
        "the running variance is the biased one",
    ),
    plain(
        "norm-unbiased-forward", NORM, "correction=0", "correction=1", "2.4", "normalized with the unbiased variance"
    ),
    Mutation(
        "norm-momentum-swapped",
        "ops/running_stats.py",
        "average += (batch - average) * step",
        "average += (batch - average) * (1 - step)",
        "2.4",
        "momentum and 1 - momentum are exchanged",
    ),
    plain(
        "norm-eps-outside",
        NORM,
        "(var.reshape(per_feature) + self.eps).sqrt()",
        "(var.reshape(per_feature).sqrt() + self.eps)",
        "2.4",
        "eps belongs under the square root",
    ),
    plain("norm-no-eps", NORM, " + self.eps).sqrt()", ").sqrt()", "2.4", "eps is missing"),
    plain("norm-no-beta", NORM, " + self.bias.reshape(per_feature)", "", "2.4", "beta is ignored"),
    plain(
        "norm-constant-statistics",
        NORM,
        "y = (x - mean.",
        "mean, var = mean.detach(), var.detach()\n    y = (x - mean.",
        "2.4",
        "mean and variance are treated as constants",
    ),
    plain(
        "norm-constant-variance",
        NORM,
        "y = (x - mean.",
        "var = var.detach()\n    y = (x - mean.",
        "2.4",
        "the variance is treated as a constant",
    ),
    plain(
        "norm-eval-uses-batch",
        NORM,
        "if self.training or not self.track_running_stats:",
        "if True:",
        "2.4",
        "the batch's own statistics are used",
    ),
    plain(
        "norm-eval-updates",
        NORM,
        "mean, var = self.running_mean, self.running_var",
        "mean, var = self.running_mean.clone(), self.running_var.clone(); "
        "self._update_running_stats(x.data.mean(0), x.data.var(0))",
        "2.4",
        "the running mean changes in evaluation",
    ),
    # ------------------------------------------------------------------ 2.5
    plain(
        "loss-summed",
        LOSS,
        'mean(losses) if reduction == "mean"',
        'sum(losses) if reduction == "mean"',
        "2.5",
        "not divided by the batch size N",
    ),
    plain("loss-sign", LOSS, "losses = neg(", "losses = (", "2.5", "wrong sign"),
    plain(
        "loss-no-log-softmax",
        LOSS,
        "getitem(log_softmax(input, 1), ",
        "getitem(input, ",
        "2.5",
        "without log-softmax",
    ),
    plain(
        "loss-unstable",
        LOSS,
        "log_softmax(input, 1)",
        "(input.exp() / input.exp().sum(1, keepdims=True)).log()",
        "2.5",
        "overflow",
    ),
    plain(
        "loss-over-batch-axis",
        LOSS,
        "log_softmax(input, 1)",
        "log_softmax(input, 0)",
        "2.5",
        None,
    ),
    under_plain("log-softmax-gradient", LOSS, "LogSoftmax", "(grad, None)", "2.5", "the softmax part is missing"),
    under_plain("log-softmax-ignores-upstream", LOSS, "LogSoftmax", "true(ctx, ones(grad))", "2.5", None),
    Mutation(
        "cross-entropy-wrapped",
        "nn/loss.py",
        "return F.cross_entropy(",
        "return input.shape[0] * F.cross_entropy(",
        "2.5",
        "not divided by the batch size N",
    ),
    # ------------------------------------------------------------------ 2.6
    plain(
        "momentum-sign",
        SGD,
        "velocity *= self.momentum",
        "velocity *= -self.momentum",
        "2.6",
        "momentum has the wrong sign",
    ),
    plain("momentum-ignored", SGD, "velocity *= self.momentum", "velocity *= 0", "2.6", "momentum is ignored"),
    plain(
        "momentum-no-decay",
        SGD,
        "velocity *= self.momentum",
        "pass",
        "2.6",
        "the velocity is not multiplied by momentum",
    ),
    plain(
        "momentum-damped",
        SGD,
        "velocity -= self.lr *",
        "velocity -= (1 - self.momentum) * self.lr *",
        "2.6",
        "the gradient is damped by (1 - momentum)",
    ),
    plain(
        "momentum-shared",
        SGD,
        "momentums = self.momentums",
        "momentums = [self.momentums[0]] * len(self.params)",
        "2.6",
        None,
    ),
    plain(
        "momentum-forgotten",
        SGD,
        "        velocity *= self.momentum",
        "        velocity = self.momentum * velocity",
        "2.6",
        "momentum is ignored",
    ),
    plain(
        "momentum-rate-twice",
        SGD,
        "param.data += velocity",
        "param.data += self.lr * velocity",
        "2.6",
        "the learning rate is applied twice",
    ),
]

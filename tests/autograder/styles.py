"""Other ways to write homework 1, as text that is appended to the files of course/hw1: {style: {file: text}}."""

__all__ = ["STYLES"]

ENGINE, OPS, NORM, SGD = "autograd_engine.py", "nn/functional.py", "nn/batchnorm.py", "optim/sgd.py"

RECURSIVE = {
    ENGINE: """

def backward(grad_fn, grad_of_outputs):
    if grad_fn is None:
        return
    grads = grad_fn.apply(grad_of_outputs)
    for i in range(len(grad_fn.next_functions)):
        backward(grad_fn.next_functions[i], grads[i])


def apply(cls, *args):
    node = BackwardFunction(cls)
    output = cls.forward(node.ctx, *args)
    output.requires_grad = False
    for arg in args:
        if type(arg) is tensor.Tensor and arg.requires_grad:
            output.requires_grad = True
            if arg.is_leaf and arg.grad_fn is None:
                arg.grad_fn = AccumulateGrad(arg)
            node.next_functions.append(arg.grad_fn)
        else:
            node.next_functions.append(None)
    output.is_leaf = not output.requires_grad
    if output.requires_grad:
        output.grad_fn = node
    return output


Function.apply = classmethod(apply)
""",
    NORM: """

def forward(self, x):
    if not self.is_train:
        return (x - self.running_mean) / (self.running_var + self.eps).sqrt() * self.gamma + self.beta
    batch_size = Tensor(float(x.shape[0]))
    mu = x.sum(axis=0) / batch_size
    deviation = x - mu
    sigma2 = (deviation * deviation).sum(axis=0) / batch_size
    x_hat = deviation / (sigma2 + Tensor(self.eps)).sqrt()
    unbiased = sigma2 * batch_size / (batch_size - Tensor(1.0))
    a, b = Tensor(self.momentum), Tensor(1 - self.momentum)
    self.running_mean = Tensor((b * self.running_mean + a * mu).data)
    self.running_var = Tensor((b * self.running_var + a * unbiased).data)
    return self.gamma * x_hat + self.beta


BatchNorm1d.forward = forward
""",
    SGD: """

def step(self):
    for i in range(len(self.params)):
        grad = self.params[i].grad
        if grad is not None:
            if self.momentum == 0:
                self.params[i].data -= self.lr * grad.data
            else:
                self.momentums[i] *= self.momentum
                self.momentums[i] -= self.lr * grad.data
                self.params[i].data += self.momentums[i]


SGD.step = step
""",
}

SORTED = {
    ENGINE: '''

def backward(grad_fn, grad_of_outputs):
    """The nodes in topological order, and a dict of their gradients."""
    order, seen, stack = [], set(), [(grad_fn, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.next_functions if parent is not None)
    grads = {id(grad_fn): grad_of_outputs.data}
    for node in reversed(order):
        for parent, grad in zip(node.next_functions, node.apply(tensor.Tensor(grads[id(node)]))):
            if parent is not None:
                grads[id(parent)] = grads.get(id(parent), 0.0) + grad.data


def node_of(arg):
    """A new AccumulateGrad for each use of a leaf."""
    if not isinstance(arg, tensor.Tensor) or not arg.requires_grad:
        return None
    return AccumulateGrad(arg) if arg.grad_fn is None else arg.grad_fn
''',
    OPS: """

class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x):
        m = np.max(x.data, axis=1)[:, None]
        out = x.data - (m + np.log(np.sum(np.exp(x.data - m), axis=1))[:, None])
        ctx.p = np.exp(out)
        return tensor.Tensor(out)

    @staticmethod
    def backward(ctx, grad_output):
        g = grad_output.data
        return tensor.Tensor(g - ctx.p * np.sum(g, axis=1)[:, None])


class NLLLoss(Function):
    @staticmethod
    def forward(ctx, log_p, target):
        ctx.where = (np.arange(log_p.shape[0]), target.data.astype(int))
        ctx.shape = log_p.shape
        return tensor.Tensor(-log_p.data[ctx.where].mean())

    @staticmethod
    def backward(ctx, grad_output):
        grad = np.zeros(ctx.shape)
        grad[ctx.where] = -1 / ctx.shape[0]
        return tensor.Tensor(grad * grad_output.data), None


def cross_entropy(predicted, target):
    return NLLLoss.apply(LogSoftmax.apply(predicted), target)
""",
}

FAMILIES = {
    OPS: '''

class Binary(Function):
    """Its subclasses give the operation and its two partial derivatives."""

    @classmethod
    def forward(cls, ctx, a, b):
        ctx.save_for_backward(a, b)
        return tensor.Tensor(cls.operation(a.data, b.data))

    @classmethod
    def backward(cls, ctx, grad_output):
        a, b = ctx.saved_tensors
        parts = []
        for partial, operand in zip(cls.partials, (a, b)):
            full = tensor.Tensor(grad_output.data * partial(a.data, b.data))
            parts.append(unbroadcast(full, operand.shape))
        return tuple(parts)


class Unary(Function):
    @classmethod
    def forward(cls, ctx, x):
        y = cls.operation(x.data)
        ctx.save_for_backward(x, tensor.Tensor(y))
        return tensor.Tensor(y)

    @classmethod
    def backward(cls, ctx, grad_output):
        x, y = (saved.data for saved in ctx.saved_tensors)
        return tensor.Tensor(grad_output.data * cls.derivative(x, y))


def family(base, name, operation, **derivatives):
    return type(name, (base,), {"operation": staticmethod(operation), **derivatives})


Add = family(Binary, "Add", np.add, partials=(lambda a, b: 1.0, lambda a, b: 1.0))
Sub = family(Binary, "Sub", np.subtract, partials=(lambda a, b: 1.0, lambda a, b: -1.0))
Mul = family(Binary, "Mul", np.multiply, partials=(lambda a, b: b, lambda a, b: a))
Div = family(Binary, "Div", np.divide, partials=(lambda a, b: 1 / b, lambda a, b: -a / b**2))
Log = family(Unary, "Log", np.log, derivative=staticmethod(lambda x, y: 1 / x))
Exp = family(Unary, "Exp", np.exp, derivative=staticmethod(lambda x, y: y))
Sqrt = family(Unary, "Sqrt", np.sqrt, derivative=staticmethod(lambda x, y: 0.5 / y))
ReLU = family(Unary, "ReLU", lambda x: np.maximum(x, 0.0), derivative=staticmethod(lambda x, y: (x > 0).astype(float)))
''',
}

ARRAYS = {
    OPS: '''

class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.a, ctx.b = a.data, b.data
        return tensor.Tensor(np.einsum("nk,km->nm", a.data, b.data))

    @staticmethod
    def backward(ctx, grad_output):
        g = grad_output.data
        return tensor.Tensor(np.einsum("nm,km->nk", g, ctx.b)), tensor.Tensor(np.einsum("nk,nm->km", ctx.a, g))


class ReLU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.mask = a.data > 0
        return tensor.Tensor(np.where(ctx.mask, a.data, 0))

    @staticmethod
    def backward(ctx, grad_output):
        return (tensor.Tensor(np.where(ctx.mask, grad_output.data, 0)),)


class CrossEntropy(Function):
    @staticmethod
    def forward(ctx, logits, target):
        x, t = logits.data, np.asarray(target.data).reshape(-1).astype(np.intp)
        z = x - x.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(axis=-1))
        ctx.p, ctx.t = np.exp(z - log_sum[:, None]), t
        return tensor.Tensor(np.mean(log_sum - np.take_along_axis(z, t[:, None], axis=1)[:, 0]))

    @staticmethod
    def backward(ctx, grad_output):
        grad = ctx.p.copy()
        np.subtract.at(grad, (np.arange(len(ctx.t)), ctx.t), 1.0)
        return tensor.Tensor(grad * (grad_output.data / len(ctx.t))), None


def cross_entropy(predicted, target):
    return CrossEntropy.apply(predicted, target)


class BatchNorm(Function):
    """The whole of it, with the gradient by hand."""

    @staticmethod
    def forward(ctx, x, gamma, beta, mean, var, eps, constant):
        std = np.sqrt(var + eps)
        z = (x.data - mean) / std
        ctx.kept = z, gamma.data, std, constant
        return tensor.Tensor(z * gamma.data + beta.data)

    @staticmethod
    def backward(ctx, grad_output):
        z, gamma, std, constant = ctx.kept
        g = grad_output.data
        g_beta, g_gamma = g.sum(0), (g * z).sum(0)
        g_x = gamma / std * (g if constant else g - (g_beta + z * g_gamma) / len(g))
        return tensor.Tensor(g_x), tensor.Tensor(g_gamma), tensor.Tensor(g_beta), None, None, None, None
''',
    NORM: """
import mytorch.nn.functional as F


def forward(self, x):
    if self.is_train:
        mean, var = x.data.mean(axis=0), x.data.var(axis=0)
        self.update(mean, x.data.var(axis=0, ddof=1))
    else:
        mean, var = self.running_mean.data, self.running_var.data
    return F.BatchNorm.apply(x, self.gamma, self.beta, mean, var, self.eps, not self.is_train)


BatchNorm1d.forward = forward
""",
}

STYLES = {"recursive": RECURSIVE, "sorted": SORTED, "families": FAMILIES, "arrays": ARRAYS}

"""Networks with an illness each: (name, illness, part of where, function that gives the doctor's arguments)."""

import numpy as np

import mytorch
from mytorch import nn, no_grad, optim
from mytorch.nn import functional as F
from mytorch.tensor import Tensor

CE = nn.CrossEntropyLoss()


def data(count=16, features=8, classes=3):
    mytorch.manual_seed(1)
    return mytorch.randn(count, features), mytorch.randint(0, classes, (count,))


def mlp(*more, features=8, width=16, classes=3):
    mytorch.manual_seed(2)
    layers = [nn.Linear(features, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, classes)]
    return nn.Sequential(*layers, *more)


class Net(nn.Module):
    """hidden, out, and what a subclass does between them."""

    def __init__(self):
        super().__init__()
        mytorch.manual_seed(2)
        self.hidden, self.out = nn.Linear(8, 16), nn.Linear(16, 3)

    def between(self, x):
        return x

    def forward(self, x):
        return self.out(self.between(self.hidden(x).tanh()))


def net(between):
    return type("Between", (Net,), {"between": lambda self, x: between(x)})()


def under_no_grad(x):
    with no_grad():
        return x * 2


class ForgetsOne(mytorch.Function):
    @staticmethod
    def forward(ctx, x, weight):
        return x.new_tensor(x.data * weight.data)

    @staticmethod
    def backward(ctx, grad):
        return grad, None


class Scaled(Net):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(mytorch.ones(16))

    def between(self, x):
        return ForgetsOne.apply(x, self.scale)


class WeightByData(Net):
    def forward(self, x):
        return self.out((x @ Tensor(self.hidden.weight.data).T + self.hidden.bias.detach()).tanh())


class Unused(Net):
    def __init__(self):
        super().__init__()
        self.spare = nn.Linear(16, 16)


class Unfinished(Unused):
    def forward(self, x):
        self.kept = self.spare(self.hidden(x))  # and never used
        return super().forward(x)


class InList(nn.Module):
    def __init__(self):
        super().__init__()
        mytorch.manual_seed(2)
        self.layers = [nn.Linear(8, 16), nn.Linear(16, 16)]
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.out(x)


class PlainTensor(Net):
    def __init__(self):
        super().__init__()
        self.shift = mytorch.zeros(16, requires_grad=True)

    def between(self, x):
        return x + self.shift


def deep(activation, layers=12, scale=1.0):
    mytorch.manual_seed(2)
    model = nn.Sequential(*[part for _ in range(layers) for part in (nn.Linear(8, 8), activation())], nn.Linear(8, 3))
    for p in model.parameters():
        p.data *= scale
    return model


def changed(model, index, **values):
    """The model with `values` added to parameters of one of its layers."""
    for name, value in values.items():
        getattr(model[index], name).data += value
    return model


def filled(model, index, value):
    model[index].weight.data[...] = value
    model[index].bias.data[...] = 0
    return model


def with_gradients(model, times):
    x, y = data()
    for _ in range(times):
        CE(model(x), y).backward()
    return model


def classify(model, optimizer=None, loss=CE):
    return (model, loss, data(), *([] if optimizer is None else [optimizer(model.parameters())]))


def regress(loss, outputs=1, target_shape=(16,)):
    mytorch.manual_seed(3)
    return (
        nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, outputs)),
        loss,
        (data()[0], mytorch.randn(*target_shape)),
    )


def labels(change, model=None, loss=CE):
    x, y = data()
    return model or mlp(), loss, (x, change(y))


def inputs(change, model=None):
    x, y = data()
    return model or mlp(), CE, (change(x), y)


def twice():
    layer = nn.Linear(16, 16)
    return nn.Sequential(nn.Linear(8, 16), layer, nn.ReLU(), layer, nn.Linear(16, 3))


class Alias(Net):
    def __init__(self):
        super().__init__()
        self.second = nn.Linear(16, 16)
        self.third = self.second

    def between(self, x):
        return self.third(self.second(x).tanh())


class OneMemory(Net):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(16, 16)
        self.b = nn.Linear(16, 16)
        self.b.weight.data = self.a.weight.data

    def between(self, x):
        return self.b(self.a(x).tanh())


class OneTensor(OneMemory):
    def __init__(self):
        super().__init__()
        self.b.weight = self.a.weight


def with_columns(x):
    scaled = x.data.copy()
    scaled[:, 3] *= 1e5
    return Tensor(scaled)


def with_nan(x):
    broken = x.data.copy()
    broken[2, 3] = np.nan
    return Tensor(broken)


def bce(model_end, loss, change=lambda y: y):
    mytorch.manual_seed(3)
    x, _ = data()
    y = mytorch.Tensor((x.data[:, :1] > 0).astype(float))
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1), *model_end), loss, (x, change(y))


def one_row():
    model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
    x, y = data(1)
    return model, CE, (x, y)


def one_pixel():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 3))
    return model, CE, (mytorch.randn(1, 1, 3, 3), mytorch.tensor([1]))


def resting_dropout():
    model = mlp(nn.Dropout(0.5))
    model[5].eval()
    return classify(model)


def frozen():
    model = mlp()
    model.requires_grad_(False)
    return classify(model)


def forgot_last_layer():
    model = mlp()
    optimizer = optim.SGD([*model[0].parameters(), *model[2].parameters()], lr=0.1)
    return model, CE, data(), optimizer


def sqrt_at_zero():
    model = net(lambda x: (x * 0).sqrt() * 1.0 + x)
    return classify(model)


def log_of_zero():
    return classify(net(lambda x: x.relu().log()))


def spoilt_weights():
    model = mlp()
    model[2].weight.data[0, 0] = np.inf
    return classify(model)


class Steps(Net):
    """One layer, thirty times."""

    def __init__(self, factor):
        super().__init__()
        self.again = nn.Linear(16, 16, bias=False)
        self.again.weight.data *= factor * 3**0.5

    def between(self, x):
        for _ in range(30):
            x = self.again(x)
        return x


class Remade(Net):
    def forward(self, x):
        return Tensor(super().forward(x).data * 2, requires_grad=True)


def square_loss(output, target):
    return ((output - target) ** 2).mean()


def constant_loss(output, target):
    return Tensor((output.data**2).mean(), requires_grad=True)


ILL = [
    ("detached by .data", "detached", "hidden.weight", lambda: classify(net(lambda x: Tensor(x.data)))),
    ("detached by a copy", "detached", "hidden.weight", lambda: classify(net(lambda x: Tensor(x.data.copy())))),
    ("detached by detach", "detached", "hidden.bias", lambda: classify(net(lambda x: x.detach()))),
    ("detached by NumPy", "detached", "hidden.bias", lambda: classify(net(lambda x: Tensor(np.maximum(x.data, 0))))),
    ("weight by .data", "detached", "hidden.weight", lambda: classify(WeightByData())),
    ("loss as a number", "item", "0.weight", lambda: classify(mlp(), loss=lambda o, t: Tensor(CE(o, t).item(), True))),
    ("loss as a float", "item", "the loss", lambda: classify(mlp(), loss=lambda o, t: CE(o, t).item())),
    ("factor by item", "item", "hidden.weight", lambda: classify(net(lambda x: mytorch.ones(16, 16) * x.mean().item()))),
    ("under no_grad", "no-grad", "hidden.weight", lambda: classify(net(under_no_grad))),
    ("integers", "integer-cast", "hidden.weight", lambda: classify(net(lambda x: (x * 10).long().to(x.dtype)))),
    ("argmax", "integer-cast", "0.weight", lambda: regress(lambda o, t: square_loss(o.argmax(1).to(t.dtype), t), 3)),
    ("layers in a list", "not-registered", "layers[0].weight", lambda: classify(InList())),
    ("a plain tensor", "not-registered", "shift", lambda: classify(PlainTensor())),
    ("unused layer", "unused-parameter", "spare.weight", lambda: classify(Unused())),
    ("unused result", "unused-parameter", "spare.weight", lambda: classify(Unfinished())),
    ("backward returns None", "backward-returns-none", "scale", lambda: classify(Scaled())),
    ("not in the optimizer", "not-in-optimizer", "4.weight", forgot_last_layer),
    ("dead ReLU", "dead-relu", "module 1", lambda: classify(changed(mlp(), 0, bias=-100.0))),
    ("dead second ReLU", "dead-relu", "module 3", lambda: classify(changed(mlp(), 2, bias=-100.0))),
    ("saturated sigmoid", "saturated", "module 1", lambda: classify(nn.Sequential(changed(mlp(), 0, bias=50.0)[0], nn.Sigmoid(), nn.Linear(16, 3)))),
    ("saturated tanh", "saturated", "Tanh", lambda: classify(net(lambda x: (x * 1e4).tanh()))),
    ("clipped", "clipped", "Clamp", lambda: classify(net(lambda x: x.clamp(5.0, 6.0)))),
    ("clipped by hardtanh", "clipped", "Hardtanh", lambda: classify(net(lambda x: F.hardtanh(x + 9)))),
    ("step function", "step-function", "Round", lambda: classify(net(lambda x: x.round()))),
    ("sign", "step-function", "Sign", lambda: classify(net(lambda x: x.sign()))),
    ("zero weights", "multiplied-by-zero", "module 2", lambda: classify(filled(mlp(), 2, 0.0))),
    ("equal weights", "equal-weights", "0.weight", lambda: classify(filled(filled(mlp(), 0, 0.1), 2, 0.1))),
    ("dropout of everything", "dropout-drops-all", "Dropout", lambda: classify(nn.Sequential(nn.Linear(8, 16), nn.Dropout(1.0), nn.Linear(16, 3)))),
    ("vanishing by sigmoid", "vanishing-gradient", "module 0", lambda: classify(deep(nn.Sigmoid))),
    ("vanishing by small weights", "vanishing-gradient", "module 0", lambda: classify(deep(nn.ReLU, scale=0.1))),
    ("exploding", "exploding-gradient", "module 0", lambda: classify(deep(nn.ReLU, scale=10.0))),
    ("exploding through time", "exploding-gradient", "weight", lambda: classify(Steps(2.0))),
    ("nan in the data", "nan-in-data", "batch", lambda: inputs(with_nan)),
    ("inf in the weights", "nan-in-weights", "2.weight", spoilt_weights),
    ("log of zero", "nan-in-forward", "Log", log_of_zero),
    ("division by zero", "nan-in-forward", "Div", lambda: classify(net(lambda x: x / (x * 0)))),
    ("exp of much", "nan-in-forward", "Exp", lambda: classify(net(lambda x: (x * 1e5).exp()))),
    ("sqrt at zero", "nan-in-backward", "Sqrt", sqrt_at_zero),
    ("loss without weights", "loss-without-weights", "loss", lambda: classify(mlp(), loss=constant_loss)),
    ("everything frozen", "loss-without-weights", "loss", frozen),
    ("labels from 1", "labels-out-of-range", "labels", lambda: labels(lambda y: y + 1)),
    ("negative labels", "labels-out-of-range", "labels", lambda: labels(lambda y: y - 1)),
    ("labels as a column", "labels-wrong-shape", "labels", lambda: labels(lambda y: y.reshape(-1, 1))),
    ("labels as rows of 0 and 1", "labels-wrong-type", "labels", lambda: labels(lambda y: F.one_hot(y, 3))),
    ("remade with requires_grad", "detached", "out.weight", lambda: classify(Remade())),
    ("labels as floats", "labels-wrong-type", "labels", lambda: labels(lambda y: y.to(mytorch.float64))),
    ("binary labels of 2", "labels-out-of-range", "labels", lambda: bce([], nn.BCEWithLogitsLoss(), lambda y: y * 2)),
    ("broadcast, MSELoss", "labels-broadcast", "labels", lambda: regress(nn.MSELoss())),
    ("broadcast, own loss", "labels-broadcast", "labels", lambda: regress(square_loss)),
    ("broadcast the other way", "labels-broadcast", "labels", lambda: regress(lambda o, t: square_loss(o[:, 0], t), 1, (16, 1))),
    ("softmax before cross-entropy", "softmax-before-cross-entropy", "loss", lambda: classify(mlp(nn.Softmax(dim=1)))),
    ("softmax by function", "softmax-before-cross-entropy", "loss", lambda: classify(mlp(), loss=lambda o, t: F.cross_entropy(o.softmax(1), t))),
    ("sigmoid before cross-entropy", "softmax-before-cross-entropy", "loss", lambda: classify(mlp(nn.Sigmoid()))),
    ("sigmoid twice", "sigmoid-before-logits-loss", "loss", lambda: bce([nn.Sigmoid()], nn.BCEWithLogitsLoss())),
    ("logits into NLLLoss", "no-log-softmax-before-nll", "loss", lambda: classify(mlp(), loss=nn.NLLLoss())),
    ("eval mode", "eval-mode", "model", lambda: classify(mlp(nn.Dropout(0.1)).eval())),
    ("dropout in eval mode", "eval-mode", "5", resting_dropout),
    ("no zero_grad", "missing-zero-grad", "0.weight", lambda: classify(with_gradients(mlp(), 5))),
    ("no zero_grad, twice", "missing-zero-grad", "0.weight", lambda: classify(with_gradients(mlp(), 2))),
    ("rate too large", "rate-too-large", "100", lambda: classify(mlp(), lambda p: optim.SGD(p, lr=100.0))),
    ("rate too large, Adam", "rate-too-large", "1", lambda: classify(mlp(), lambda p: optim.Adam(p, lr=1.0))),
    ("rate too small", "rate-too-small", "1e-09", lambda: classify(mlp(), lambda p: optim.SGD(p, lr=1e-9))),
    ("pixels to 255", "data-not-normalised", "module 0", lambda: inputs(lambda x: (x - x.min()) * 40)),
    ("one large column", "data-not-normalised", "module 0", lambda: inputs(with_columns)),
    ("one layer twice", "shared-weights", "1", lambda: classify(twice())),
    ("alias", "shared-weights", "second", lambda: classify(Alias())),
    ("one memory", "shared-weights", "a.weight", lambda: classify(OneMemory())),
    ("one tensor", "shared-weights", "a.weight", lambda: classify(OneTensor())),
    ("batch norm with one row", "batch-norm-one-row", "1", one_row),
    ("batch norm with one pixel", "batch-norm-one-row", "1", one_pixel),
]  # fmt: skip

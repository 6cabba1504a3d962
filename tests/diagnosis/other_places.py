"""The same illnesses in other layers, at other places and by other ways: rows as in `illnesses.ILL`."""

import copy

import numpy as np
from diagnosis.illnesses import CE, bce, classify, data, filled, inputs, labels, mlp, net, regress

import mytorch
from mytorch import nn, optim
from mytorch.nn import functional as F
from mytorch.tensor import Tensor


class Made(nn.Module):
    """Layers by name, and a forward of (the module, x)."""

    def __init__(self, forward, **layers):
        super().__init__()
        self.run = forward
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.run(self, x)


def made(forward, start=0.0, **layers):
    """Linear a, what `forward` says, Linear b; `start` is added to a's bias."""
    mytorch.manual_seed(2)
    model = Made(forward, a=nn.Linear(8, 16), b=nn.Linear(16, 3), **layers)
    model.a.bias.data += start
    return classify(model)


def images(model):
    mytorch.manual_seed(1)
    return model, CE, (mytorch.randn(8, 3, 8, 8), mytorch.randint(0, 3, (8,)))


def of_conv(by_numpy):
    """Features of a convolution that NumPy takes on."""
    mytorch.manual_seed(2)
    conv, out = nn.Conv2d(3, 4, 3), nn.Linear(4 * 6 * 6, 3)
    return images(Made(lambda self, x: self.out(Tensor(by_numpy(self.conv(x)))), conv=conv, out=out))


def embedded_by_data():
    mytorch.manual_seed(2)
    model = Made(
        lambda self, x: self.out(Tensor(self.table.weight.data[x.data]).mean(1)),
        table=nn.Embedding(20, 8),
        out=nn.Linear(8, 3),
    )
    return model, CE, (mytorch.randint(0, 20, (8, 6)), mytorch.randint(0, 3, (8,)))


def scaled_by_float():
    return made(lambda self, x: self.b(self.a(x).tanh() * float(self.scale)), scale=nn.Parameter(mytorch.tensor(2.0)))


def lstm_far_out():
    mytorch.manual_seed(2)
    model = Made(lambda self, x: self.b(self.a(x)[0][:, -1]), a=nn.LSTM(8, 16, batch_first=True), b=nn.Linear(16, 3))
    for p in model.parameters():
        p.data *= 1e4
    return model, CE, (mytorch.randn(8, 5, 8), data(8)[1])


def copied():
    mytorch.manual_seed(2)
    layer = nn.Linear(16, 16)
    parts = [nn.Sequential(part, nn.Tanh()) for part in (layer, copy.copy(layer))]
    return classify(nn.Sequential(nn.Linear(8, 16), *parts, nn.Linear(16, 3)))


def of_another_model():
    return mlp(), CE, data(), optim.Adam(mlp().parameters())


def changed_in_place():
    def forward(self, x):
        h = self.a(x).exp()
        y = self.b(h)
        h += 1
        return y

    return made(forward)


def one_class():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1)), CE, (data()[0], mytorch.zeros(16).long())


def all_zero_with_sigmoid():
    mytorch.manual_seed(2)
    return classify(filled(filled(nn.Sequential(nn.Linear(8, 16), nn.Sigmoid(), nn.Linear(16, 3)), 0, 0.0), 2, 0.0))


def softmax_twice(output, target):
    return F.nll_loss(F.log_softmax(F.softmax(output, 1), 1), target)


def cross_entropy_by_hand(output, target):
    return -(F.one_hot(target, 3).to(output.dtype) * output.softmax(1).softmax(1).log()).sum(1).mean()


ELSEWHERE = [
    ("wrong shape", "error", "module 0", lambda: inputs(lambda x: x[:, :5])),
    ("maximum with 0", "clipped", "Maximum", lambda: made(lambda self, x: self.b(mytorch.maximum(self.a(x), mytorch.zeros(1))), -100)),
    ("saturated ELU", "saturated", "ELU", lambda: made(lambda self, x: self.b(F.elu(self.a(x))), -50)),
    ("saturated softplus", "saturated", "Softplus", lambda: made(lambda self, x: self.b(F.softplus(self.a(x))), -60)),
    ("saturated logsigmoid", "saturated", "LogSigmoid", lambda: made(lambda self, x: self.b(F.logsigmoid(self.a(x))), 60)),
    ("saturated GELU", "saturated", "GELU", lambda: made(lambda self, x: self.b(F.gelu(self.a(x))), -100)),
    ("saturated softmax", "saturated", "Softmax", lambda: made(lambda self, x: self.b((self.a(x) * 1e5).softmax(1)))),
    ("saturated LSTM", "saturated", "LSTMSteps", lstm_far_out),
    ("division into whole numbers", "step-function", "FloorDivide", lambda: classify(net(lambda x: x // 0.1))),
    ("norm of single numbers", "zero-gradient", "LayerNorm", lambda: (nn.Sequential(nn.Linear(8, 16), nn.Linear(16, 1), nn.LayerNorm(1)), nn.MSELoss(), (data()[0], mytorch.randn(16, 1)))),
    ("one class", "zero-gradient", "CrossEntropy", one_class),
    ("zeros in front of a sigmoid", "equal-weights", "2.weight", all_zero_with_sigmoid),
    ("items in a list", "detached", "hidden.weight", lambda: classify(net(lambda x: Tensor([[number.item() for number in row] for row in x])))),
    ("embedding by .data", "detached", "table.weight", embedded_by_data),
    ("reshaped by NumPy", "detached", "conv.weight", lambda: of_conv(lambda x: x.data.reshape(8, -1))),
    ("sorted by NumPy", "detached", "conv.weight", lambda: of_conv(lambda x: np.sort(x.data.reshape(8, -1), axis=1))),
    ("a parameter as a float", "item", "scale", scaled_by_float),
    ("NLL of logits by function", "no-log-softmax-before-nll", "loss", lambda: classify(mlp(), loss=lambda o, t: F.nll_loss(o, t))),
    ("softmax twice", "softmax-before-cross-entropy", "LogSoftmax", lambda: classify(mlp(), loss=softmax_twice)),
    ("softmax twice by hand", "softmax-before-cross-entropy", "Softmax", lambda: classify(mlp(), loss=cross_entropy_by_hand)),
    ("softmax and dropout", "softmax-before-cross-entropy", "loss", lambda: classify(mlp(nn.Softmax(dim=1), nn.Dropout(0.1)))),
    ("sigmoid twice by function", "sigmoid-before-logits-loss", "loss", lambda: bce([nn.Sigmoid()], lambda o, t: F.binary_cross_entropy_with_logits(o, t))),
    ("broadcast, Huber", "labels-broadcast", "labels", lambda: regress(nn.HuberLoss())),
    ("labels of half of the batch", "labels-wrong-shape", "labels", lambda: labels(lambda y: y[:8])),
    ("a copy of a layer", "shared-weights", "1.0.weight", copied),
    ("another model's optimizer", "not-in-optimizer", "0.weight", of_another_model),
    ("a loss for each sample", "error", "loss", lambda: classify(mlp(), loss=nn.CrossEntropyLoss(reduction="none"))),
    ("changed in place", "error", "backward", changed_in_place),
]  # fmt: skip

"""Networks that learn: {name: function that gives the doctor's arguments}."""

import numpy as np

import mytorch
from examples import (
    cifar_cnn,
    fashion_mlp,
    fashion_networks,
    fashion_own_network,
    iris,
    lenet,
    multi_mnist,
    simple_cifar,
)
from mytorch import nn, optim
from mytorch.datasets import load_mnist
from mytorch.datasets.mnist import BUNDLED
from mytorch.nn import functional as F
from mytorch.nn.utils import clip_grad_norm_

CE = nn.CrossEntropyLoss()


def images(count, channels, size, classes=10, dtype="float32"):
    """Normalised noise in the place of pictures."""
    mytorch.manual_seed(4)
    x = mytorch.randn(count, channels, size, size).to(dtype)
    return x, mytorch.randint(0, classes, (count,))


def digits(count=64):
    data = load_mnist(BUNDLED, "float32", download=False)
    return data.train_x[:count].reshape(-1, 1, 28, 28), data.train_y[:count]


def table(rows=32, columns=8, classes=3, dtype="float64"):
    mytorch.manual_seed(5)
    return mytorch.randn(rows, columns).to(dtype), mytorch.randint(0, classes, (rows,))


def with_optimizer(model, batch, make=lambda p: optim.Adam(p, lr=1e-3), loss=CE):
    return model, loss, batch, make(model.parameters())


class Classifier(nn.Module):
    """Tokens, a recurrent net or a transformer, the mean over time, classes."""

    def __init__(self, core, width=16):
        super().__init__()
        self.embedding, self.core, self.out = nn.Embedding(20, width), core, nn.Linear(width, 3)

    def forward(self, tokens):
        x = self.core(self.embedding(tokens))  # (N, T, width)
        x = x[0] if isinstance(x, tuple) else x
        return self.out(x.mean(1))


class LanguageModel(nn.Module):
    """The next token; the embedding and the output layer have one weight on purpose."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.rnn = nn.LSTM(16, 16, batch_first=True)
        self.out = nn.Linear(16, 20, bias=False)
        self.out.weight = self.embedding.weight

    def forward(self, tokens):
        return self.out(self.rnn(self.embedding(tokens))[0]).transpose(1, 2)  # (N, classes, T)


class Residual(nn.Module):
    def __init__(self, depth=20):
        super().__init__()
        self.blocks = nn.ModuleList(
            [nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 16), nn.ReLU()) for _ in range(depth)]
        )
        self.first, self.out = nn.Linear(8, 16), nn.Linear(16, 3)
        self.every_second = list(self.blocks)[::2]  # registered elsewhere

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.out(x)


class Unrolled(nn.Module):
    """One cell, used for every step: shared weights on purpose."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.RNNCell(8, 16), nn.Linear(16, 3)

    def forward(self, x):  # (N, T, 8)
        h = mytorch.zeros(x.shape[0], 16)
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
        return self.out(h)


class Autoencoder(nn.Module):
    """The decoder is the encoder's matrix, transposed."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(8, 4)
        self.bias = nn.Parameter(mytorch.zeros(8))

    def forward(self, x):
        return self.encoder(x).tanh() @ self.encoder.weight + self.bias


class NormalisesItself(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
        self.register_buffer("mean", mytorch.tensor(128.0))

    def forward(self, x):
        return self.layers((x - self.mean) / 64.0)


def tokens(length=9):
    mytorch.manual_seed(6)
    return mytorch.randint(0, 20, (12, length))


def sequences(core):
    return with_optimizer(Classifier(core), (tokens(), mytorch.randint(0, 3, (12,))))


def deep(activation, depth, *norm):
    width = 32
    layers = [part for _ in range(depth) for part in (nn.Linear(width, width), *[n(width) for n in norm], activation())]
    return with_optimizer(nn.Sequential(nn.Linear(8, width), *layers, nn.Linear(width, 3)), table())


def masked_attention():
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    mask = nn.Transformer.generate_square_subsequent_mask(9)
    model = Classifier(nn.Identity())
    model.core = type("Masked", (nn.Module,), {"forward": lambda self, x: layer(x, src_mask=mask)})()
    model.layer = layer
    return with_optimizer(model, (tokens(), mytorch.randint(0, 3, (12,))))


def regression(loss=None):
    mytorch.manual_seed(7)
    x = mytorch.randn(32, 8)
    y = mytorch.Tensor(np.sin(x.data[:, :1]))
    model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
    return model, loss or nn.MSELoss(), (x, y), optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def flattened_regression():
    model, _, (x, y), optimizer = regression()
    return model, lambda output, target: F.mse_loss(output.reshape(-1), target), (x, y.reshape(-1)), optimizer


def binary(last, loss):
    mytorch.manual_seed(8)
    x = mytorch.randn(32, 8)
    y = mytorch.Tensor((x.data[:, :1] > 0).astype(float))
    return with_optimizer(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1), *last), (x, y), loss=loss)


def log_probabilities():
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=1))
    return with_optimizer(model, table(), loss=nn.NLLLoss())


def frozen_backbone():
    model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
    for layer in (model[0], model[1]):
        layer.requires_grad_(False)
    model[1].eval()  # with its averages
    optimizer = optim.SGD(model[3].parameters(), lr=0.1)
    return model, CE, table(), optimizer


def trained(steps=60, clip=False):
    """A network in the middle of its training, as the loop leaves it: gradients of the last step in `.grad`."""
    mytorch.manual_seed(9)
    x, y = table()
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 3))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        CE(model(x), y).backward()
        if clip:
            clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model, CE, (x, y), optimizer


def two_digits():
    model = multi_mnist.TwoDigits().float()
    x, left = images(8, 1, 36)

    def loss(outputs, left, right):
        return CE(outputs[0], left) + CE(outputs[1], right)

    return model, loss, (x, left, left), optim.Adam(model.parameters(), lr=1e-3)


def own_loss():
    """The model returns its loss."""
    inner = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))

    class WithLoss(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            return ((self.inner(x) - x) ** 2).mean()

    return WithLoss(), None, table()[0]


def iris_of_the_handout():
    x, y = table(90, 4)
    model = iris.network(5)
    return model, F.cross_entropy, (x, y), optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def handouts_mnist():
    x, y = digits()
    model = nn.Sequential(nn.Linear(784, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 10))
    x = mytorch.Tensor(x.reshape(-1, 784).astype(float))
    return model, CE, (x, mytorch.Tensor(y)), optim.SGD(model.parameters(), lr=0.1)


def ignored_labels():
    model = LanguageModel()
    x = tokens()
    y = x.data.copy()
    y[:, :3] = -100
    return with_optimizer(model, (x, mytorch.Tensor(y)))


HEALTHY = {
    "examples/cifar_cnn": lambda: with_optimizer(cifar_cnn.network(), images(8, 3, 32)),
    "examples/fashion_mlp": lambda: with_optimizer(fashion_mlp.network(), images(32, 1, 28)),
    "examples/fashion_networks, mlp": lambda: with_optimizer(fashion_networks.mlp(), images(32, 1, 28)),
    "examples/fashion_networks, cnn": lambda: with_optimizer(fashion_networks.cnn(), images(8, 1, 28)),
    "examples/fashion_own_network": lambda: with_optimizer(fashion_own_network.network(), images(8, 1, 28)),
    "examples/lenet, digits from 0 to 1": lambda: with_optimizer(lenet.lenet(), digits()),
    "examples/multi_mnist": two_digits,
    "examples/simple_cifar": lambda: with_optimizer(simple_cifar.network(64), images(16, 3, 32, 3)),
    "examples/iris": iris_of_the_handout,
    "hw1/mnist": handouts_mnist,
    "LSTM": lambda: sequences(nn.LSTM(16, 16, batch_first=True)),
    "GRU, two layers, both ways": lambda: sequences(
        nn.Sequential(nn.GRU(16, 8, num_layers=2, batch_first=True, bidirectional=True))
    ),
    "RNN by hand": lambda: with_optimizer(Unrolled(), (mytorch.randn(12, 10, 8), mytorch.randint(0, 3, (12,)))),
    "transformer": lambda: sequences(nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 4)),
    "attention with a mask": masked_attention,
    "tied weights": lambda: with_optimizer(LanguageModel(), (tokens(), tokens())),
    "tied weights, transposed": lambda: with_optimizer(Autoencoder(), (table()[0],) * 2, loss=nn.MSELoss()),
    "ignored labels": ignored_labels,
    "residual": lambda: with_optimizer(Residual(), table()),
    "20 layers with batch norm": lambda: deep(nn.ReLU, 20, nn.BatchNorm1d),
    "8 layers of tanh": lambda: deep(nn.Tanh, 8),
    "6 layers of ReLU": lambda: deep(nn.ReLU, 6),
    "normalises itself": lambda: with_optimizer(NormalisesItself(), (table()[0] * 60 + 128, table()[1])),
    "regression": regression,
    "regression, L1": lambda: regression(nn.L1Loss()),
    "regression, flattened in the loss": flattened_regression,
    "binary, logits": lambda: binary([], nn.BCEWithLogitsLoss()),
    "binary, probabilities": lambda: binary([nn.Sigmoid()], nn.BCELoss()),
    "log-probabilities": log_probabilities,
    "frozen backbone": frozen_backbone,
    "in training": trained,
    "in training, clipped": lambda: trained(20, clip=True),
    "nearly done": lambda: trained(600),
    "after one backward": lambda: trained(1),
    "model with its loss": own_loss,
    "one sample": lambda: with_optimizer(fashion_mlp.network(), images(1, 1, 28)),
}

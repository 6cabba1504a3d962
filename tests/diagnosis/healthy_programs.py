"""What is unusual and meant so: rows as in `healthy.HEALTHY`."""

import copy

import numpy as np
from diagnosis.healthy import CE, table, tokens, with_optimizer
from diagnosis.other_places import Made

import mytorch
from mytorch import nn, no_grad, optim
from mytorch.nn import functional as F
from mytorch.tensor import Tensor


def zeros(layer):
    for p in layer.parameters():
        nn.init.zeros_(p)
    return layer


def mlp(*last, out=3):
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, out), *last)


def generator():
    """The loss goes through a discriminator that another optimizer trains."""
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8))
    judge = nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    return with_optimizer(
        model,
        (mytorch.randn(16, 4), mytorch.ones(16, 1)),
        loss=lambda made, ones: F.binary_cross_entropy_with_logits(judge(made), ones),
    )


def discriminator():
    made = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8))(mytorch.randn(16, 4)).detach()
    judge = nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    return with_optimizer(
        judge,
        (mytorch.randn(16, 8), mytorch.ones(16, 1)),
        loss=lambda real, ones: F.softplus(-real).mean() + F.softplus(judge(made)).mean() + 0 * ones.mean(),
    )


def autoencoder():
    def forward(self, x):
        h = self.first(x).relu()
        mean, log_variance = self.mean(h), self.variance(h)
        return self.back(mean + mytorch.randn(*mean.shape) * (log_variance / 2).exp()), mean, log_variance

    def loss(outputs, x):
        made, mean, log_variance = outputs
        return F.mse_loss(made, x) - 0.5 * (1 + log_variance - mean**2 - log_variance.exp()).mean()

    layers = {"first": nn.Linear(8, 16), "mean": nn.Linear(16, 2), "variance": nn.Linear(16, 2)}
    x = mytorch.randn(16, 8)
    return with_optimizer(Made(forward, **layers, back=nn.Linear(2, 8)), (x, x), loss=loss)


def teacher():
    """A copy without gradients, and a loss that pulls towards it."""

    def forward(self, x):
        with no_grad():
            goal = self.teacher(x + 0.1)
        return self.student(x), goal

    student = mlp(nn.BatchNorm1d(3))
    layers = {"student": student, "teacher": copy.deepcopy(student).requires_grad_(False)}
    return with_optimizer(Made(forward, **layers), table(), loss=lambda outputs, _: F.mse_loss(*outputs))


def residual_from_zero():
    def forward(self, x):
        h = self.first(x)
        return self.out(h + self.two(self.one(h).relu()))

    layers = {"first": nn.Linear(8, 16), "one": nn.Linear(16, 16), "two": zeros(nn.Linear(16, 16))}
    return with_optimizer(Made(forward, **layers, out=nn.Linear(16, 3)), table())


def adapter():
    """Frozen layers, and a matrix of rank 2 beside one of them that starts at 0."""

    def forward(self, x):
        return self.out((self.frozen(x) + self.up(self.down(x))).relu())

    layers = {"frozen": nn.Linear(8, 16).requires_grad_(False), "out": nn.Linear(16, 3).requires_grad_(False)}
    model = Made(forward, **layers, down=nn.Linear(8, 2, bias=False), up=zeros(nn.Linear(2, 16, bias=False)))
    return with_optimizer(model, table(), lambda parameters: optim.Adam([p for p in parameters if p.requires_grad]))


def one_vocabulary():
    """Two embeddings of one parent with one table."""
    model = Made(
        lambda self, x: self.out((self.gru(self.source(x))[0] + self.target(x)).mean(1)),
        source=nn.Embedding(20, 16),
        target=nn.Embedding(20, 16),
        gru=nn.GRU(16, 16, batch_first=True),
        out=nn.Linear(16, 3),
    )
    model.target.weight = model.source.weight
    return with_optimizer(model, (tokens(), mytorch.randint(0, 3, (12,))))


def twins():
    """Differences of two outputs, in which the last bias has no part."""
    model = Made(lambda self, x: (self.net(x), self.net(x.flip(0))), net=mlp())
    return with_optimizer(model, table(), loss=lambda outputs, _: ((outputs[0] - outputs[1]) ** 2).mean())


def cut_in_time():
    """An LSTM whose state is detached half way."""

    def forward(self, x):
        h = c = mytorch.zeros(len(x), 16)
        for t in range(10):
            h, c = (h.detach(), c.detach()) if t == 5 else (h, c)
            h, c = self.cell(x[:, t], (h, c))
        return self.out(h)

    model = Made(forward, cell=nn.LSTMCell(8, 16), out=nn.Linear(16, 3))
    return with_optimizer(model, (mytorch.randn(8, 10, 8), mytorch.randint(0, 3, (8,))))


def straight_through():
    def forward(self, x):
        h = self.a(x)
        return self.b(h + (h.round() - h).detach())

    return with_optimizer(Made(forward, a=nn.Linear(8, 16), b=nn.Linear(16, 3)), table())


def action_values():
    def loss(values, actions):
        goal = (1 + 0.9 * values.max(1)[0]).detach()
        return F.smooth_l1_loss(values.gather(1, actions.reshape(-1, 1)).squeeze(1), goal)

    return with_optimizer(mlp(out=4), table(classes=4), loss=loss)


def policy():
    """Minus log-probabilities at the actions, weighted; and a value that is not followed."""

    def loss(outputs, actions):
        logits, value = outputs
        chosen = logits.log_softmax(1).gather(1, actions.reshape(-1, 1))
        return -(chosen * (1 - value).detach()).mean() + ((1 - value) ** 2).mean()

    model = Made(
        lambda self, x: (self.pi(self.body(x).tanh()), self.value(self.body(x).tanh())),
        body=nn.Linear(8, 16),
        pi=nn.Linear(16, 3),
        value=nn.Linear(16, 1),
    )
    return with_optimizer(model, table(), loss=loss)


def in_parts(parts=4, steps=20):
    """Gradient accumulation: the mean over the parts of a batch."""
    model, batch = mlp(), table()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        for part in range(parts):
            x, y = (tensor[8 * part : 8 * part + 8] for tensor in batch)
            (CE(model(x), y) / parts).backward()
        optimizer.step()
    return model, CE, batch, optimizer


def sure_and_right():
    x = table()[0]
    batch = x, (x[:, :1] > 0).to("float64")
    model = mlp(nn.Sigmoid(), out=1)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        F.binary_cross_entropy(model(x), batch[1]).backward()
        optimizer.step()
    return model, nn.BCELoss(), batch, optimizer


def pairs(output, labels):
    """(N, 1, D) against (1, N, D), meant so."""
    same = Tensor((labels.data[:, None] == labels.data[None]).astype(float))
    return (((output.unsqueeze(0) - output.unsqueeze(1)) ** 2).sum(-1) * same).mean()


def mixture():
    def forward(self, x):
        weights = self.gate(x).softmax(1)
        return sum(weights[:, i : i + 1] * expert(x) for i, expert in enumerate(self.experts))

    experts = nn.ModuleList([nn.Linear(8, 3) for _ in range(3)])
    return with_optimizer(Made(forward, gate=nn.Linear(8, 3), experts=experts), table())


def fixed_positions():
    angles = np.arange(9)[:, None] / 10000 ** (np.arange(16) / 16)
    model = Made(
        lambda self, x: self.out((self.table(x) + Tensor(np.sin(angles))).mean(1)),
        table=nn.Embedding(5000, 16),
        out=nn.Linear(16, 3),
    )
    return with_optimizer(model, (tokens(), mytorch.randint(0, 3, (12,))))


def remembers():
    """Takes numbers out for a report, and counts in a buffer."""

    def forward(self, x):
        y = self.layer(x)
        self.count += 1
        self.mean = y.data.mean().item()
        return y

    model = Made(forward, layer=nn.Linear(8, 3))
    model.register_buffer("count", mytorch.zeros(1))
    return with_optimizer(model, table())


def gradient_penalty():
    """The loss asks the model for its gradient at points of its own. (Gulrajani et al. 2017.)"""
    judge = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))

    def loss(output, _):
        points = mytorch.randn(16, 8, requires_grad=True)
        (slope,) = mytorch.autograd.grad(judge(points).sum(), points, create_graph=True)
        return output.mean() + 10 * ((slope.norm(dim=1) - 1) ** 2).mean()

    return with_optimizer(judge, (mytorch.randn(16, 8), mytorch.ones(16, 1)), loss=loss)


PROGRAMS = {
    "gradient penalty": gradient_penalty,
    "RMSprop as it is": lambda: with_optimizer(mlp(), table(), optim.RMSprop),
    "generator": generator,
    "discriminator": discriminator,
    "variational autoencoder": autoencoder,
    "teacher and student": teacher,
    "residual block from zero": residual_from_zero,
    "low-rank adapter": adapter,
    "one vocabulary": one_vocabulary,
    "twins": twins,
    "cut in time": cut_in_time,
    "straight through": straight_through,
    "action values": action_values,
    "policy": policy,
    "in parts": in_parts,
    "sure and right": sure_and_right,
    "pairs": lambda: with_optimizer(mlp(out=4), table(), loss=pairs),
    "mixture of experts": mixture,
    "fixed positions": fixed_positions,
    "remembers": remembers,
    "two samples": lambda: with_optimizer(mlp(nn.BatchNorm1d(3)), table(2)),
    "sparse data": lambda: with_optimizer(
        mlp(), (F.one_hot(mytorch.randint(0, 8, (32,)), 8).to("float64"), table()[1])
    ),
    "softmax and squares": lambda: with_optimizer(
        mlp(nn.Softmax(dim=1)), (table()[0], F.one_hot(table()[1], 3).to("float64")), loss=nn.MSELoss()
    ),
    "soft labels": lambda: with_optimizer(mlp(), (table()[0], mytorch.randn(32, 3).softmax(1))),
    "an optimizer of two groups": lambda: with_optimizer(
        mlp(), table(), lambda p: optim.SGD([{"params": [next(p)], "lr": 1e-3}, {"params": list(p)}], lr=0.1)
    ),
}

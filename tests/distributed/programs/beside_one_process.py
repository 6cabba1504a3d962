"""What the programs on DistributedDataParallel share: the data, a model beside the same one in one process, training.

Importing it begins the process group.
"""

import numpy as np

import mytorch as torch
import mytorch.distributed as dist
from mytorch import nn, optim
from mytorch.nn.parallel import DistributedDataParallel as DDP

dist.init_process_group("mpi")
me, size = dist.get_rank(), dist.get_world_size()
random = np.random.default_rng(7)  # the same on all ranks
X, Y = random.normal(size=(24, 6)), random.normal(size=(24, 3))
SMALL = 200 / 2**20  # MB: several buckets


def tensors(dtype="float64", rows=slice(None)):
    return torch.tensor(X[rows].astype(dtype)), torch.tensor(Y[rows].astype(dtype))


def same(model, reference, rtol=1e-11):
    for (name, a), b in zip(model.named_parameters(), reference.parameters()):
        np.testing.assert_allclose(a.data, b.data, rtol=rtol, atol=rtol, err_msg=name)
        if b.grad is not None:
            np.testing.assert_allclose(a.grad.data, b.grad.data, rtol=rtol, atol=rtol, err_msg=name)


def same_on_all_ranks(model):
    for tensor in model.state_dict().values():
        all_of_it = [torch.zeros_like(tensor) for _ in range(size)]
        dist.all_gather(all_of_it, tensor)
        for other in all_of_it:
            np.testing.assert_array_equal(other.data, all_of_it[0].data)


class Tied(nn.Module):
    """Uses one weight twice, and in a loop: several contributions to one gradient."""

    def __init__(self):
        super().__init__()
        self.first, self.rest, self.scale = nn.Linear(6, 6), nn.Linear(6, 3), nn.Parameter(torch.ones(6))

    def forward(self, x):
        for _ in range(3):
            x = self.first(x).tanh() * self.scale
        return self.rest(self.first(x))


class LastState(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(2, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        return self.out(self.rnn(x.reshape(-1, 3, 2))[0][:, -1])


def mlp():
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))


def made(build, dtype="float64", **options):
    """(wrapped model, the same in one process): begun with other weights on each rank, which rank 0's replace."""
    torch.manual_seed(100 + me)
    model = build()
    torch.manual_seed(100)
    reference = build().to(np.dtype(dtype))
    return DDP(model.to(np.dtype(dtype)), **options), reference


def mse(model, x, y):
    return ((model(x) - y) ** 2).mean()


def train(model, reference, step, optimizer=optim.SGD, steps=4, **options):
    """`step(model, rows)` adds to the gradients. rows: those of this rank; for one process all."""
    ours, single = optimizer(model.parameters(), **options), optimizer(reference.parameters(), **options)
    for _ in range(steps):
        ours.zero_grad()
        single.zero_grad()
        step(model, slice(me, None, size))
        step(reference, slice(None))
        ours.step()
        single.step()
        same(model, reference, 1e-4 if tensors_dtype(model) == "float32" else 1e-11)
    same_on_all_ranks(model)


def tensors_dtype(model):
    return str(next(model.parameters()).dtype)


def plain_step(model, rows):
    mse(model, *tensors(tensors_dtype(model), rows)).backward()

"""Training with DistributedDataParallel against the same in one process, which each rank does beside it."""

import numpy as np
from beside_one_process import SMALL, LastState, Tied, made, me, mlp, mse, plain_step, size, tensors, train

import mytorch as torch
import mytorch.distributed as dist
from mytorch import optim
from mytorch.autograd import backward, grad
from mytorch.nn.parallel import DistributedDataParallel as DDP
from mytorch.utils.checkpoint import checkpoint

for build in (mlp, Tied, LastState):
    for megabytes in (SMALL, 25):
        model, reference = made(build, bucket_cap_mb=megabytes)
        if size > 1:
            assert (len(model.reducer.buckets) > 1) == (megabytes == SMALL)
        train(model, reference, plain_step, optim.SGD, lr=0.1, momentum=0.9)
model, reference = made(mlp)
train(model, reference, plain_step, optim.Adam, lr=0.01)
model, reference = made(mlp, "float32")
train(model, reference, plain_step, optim.SGD, lr=0.1)
assert list(model.state_dict()) == [f"module.{name}" for name in reference.state_dict()]


# --- batches of unequal size: a loss of mean over the rank's samples is weighed by their number
def unequal(model, rows):
    if isinstance(model, DDP):
        parts = np.array_split(np.arange(23), [3, 4, 9][: size - 1])  # 3, 1, 5 and 14 samples
        rows = parts[me]
        total = torch.tensor(float(len(rows)))
        dist.all_reduce(total)
        (mse(model, *tensors(rows=rows)) * len(rows) * size / total.item()).backward()
    else:
        mse(model, *tensors(rows=slice(23))).backward()


train(*made(mlp), unequal, lr=0.1)


# --- no_sync: two batches to a step
def accumulated(model, rows):
    if isinstance(model, DDP):
        rows = np.arange(24)[rows]
        half = len(rows) // 2
        with model.no_sync():
            (mse(model, *tensors(rows=rows[:half])) / 2).backward()
        if size > 1:
            before = model.reducer.sent_bytes
            gradients = [torch.zeros_like(p) for p in model.parameters()]
            for mean, p in zip(gradients, model.parameters()):
                mean.data[...] = p.grad.data
                dist.all_reduce(mean, dist.ReduceOp.AVG)
            assert any(not np.allclose(mean.data, p.grad.data) for mean, p in zip(gradients, model.parameters()))
            assert model.reducer.sent_bytes == before
        (mse(model, *tensors(rows=rows[half:])) / 2).backward()
    else:
        mse(model, *tensors()).backward()


train(*made(mlp, bucket_cap_mb=SMALL), accumulated, lr=0.1)


# --- losses that use parameters beside the forward, several losses, several backwards, several forwards
def with_penalty(model, rows):
    (mse(model, *tensors(rows=rows)) + 0.01 * sum((p * p).sum() for p in model.parameters())).backward()


def two_roots(model, rows):
    output, target = model(tensors(rows=rows)[0]), tensors(rows=rows)[1]
    backward([((output - target) ** 2).mean(), (output**2).mean() * 0.1])


def two_backwards(model, rows):
    output, target = model(tensors(rows=rows)[0]), tensors(rows=rows)[1]
    ((output - target) ** 2).mean().backward(retain_graph=True)
    ((output**2).mean() * 0.1).backward()


def two_forwards(model, rows):
    x, y = tensors(rows=rows)
    (mse(model, x, y) + mse(model, x.flip(1), y) * 0.5).backward()


def in_checkpoint(model, rows):
    ((checkpoint(model, tensors(rows=rows)[0]) - tensors(rows=rows)[1]) ** 2).mean().backward()


def with_hook(model, rows):
    handle = next(iter(model.parameters())).register_hook(lambda g: g * 2)
    plain_step(model, rows)
    handle.remove()


def with_gradient_penalty(model, rows):
    x, y = tensors(rows=rows)
    x.requires_grad = True
    output = model(x)
    (slope,) = grad(output.sum(), x, create_graph=True)
    (((output - y) ** 2).mean() + 0.1 * (slope**2).mean()).backward()


def recorded(model, rows):
    mse(model, *tensors(rows=rows)).backward(create_graph=True)


def zeroed_in_place(model, rows):
    model.zero_grad(set_to_none=False)
    plain_step(model, rows)


for step in (
    with_penalty, two_roots, two_backwards, two_forwards, in_checkpoint, with_hook, with_gradient_penalty, recorded,
    zeroed_in_place,
):  # fmt: skip
    for megabytes in (SMALL, 25):
        train(*made(Tied, bucket_cap_mb=megabytes), step, lr=0.05, steps=3)

# --- autograd.grad averages nothing, as in PyTorch, and does not disturb
model, reference = made(mlp)
x, y = tensors(rows=slice(me, None, size))
own = grad(mse(model, x, y), list(model.parameters()))
alone = grad(mse(model.module, x, y), list(model.parameters()))
for a, b in zip(own, alone):
    np.testing.assert_array_equal(a.data, b.data)
train(model, reference, plain_step, lr=0.1)
print("all right", flush=True)

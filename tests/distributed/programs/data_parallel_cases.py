"""DistributedDataParallel: when buckets go, buffers, parameters without a gradient, failures, frozen models, copies."""

import copy

import numpy as np
from beside_one_process import SMALL, X, made, me, mlp, mse, plain_step, same_on_all_ranks, size, tensors, train

import mytorch as torch
import mytorch.distributed as dist
from mytorch import nn
from mytorch.autograd import Function
from mytorch.nn.parallel import DistributedDataParallel as DDP


# --- buckets go while backward still runs
class Look(Function):
    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data.copy())

    @staticmethod
    def backward(ctx, g):
        if size > 1:
            seen.append(model.reducer.sent)
        return g


class Looking(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.rest = nn.Linear(6, 8), mlp_tail()

    def forward(self, x):
        return self.rest(Look.apply(self.first(x)))


def mlp_tail():
    return nn.Sequential(nn.Tanh(), nn.Linear(8, 8), nn.Linear(8, 3))


seen = []
model, reference = made(Looking, bucket_cap_mb=SMALL)
plain_step(model, slice(me, None, size))
if size > 1:
    assert seen == [4], seen  # weight and bias of the last two layers; those of the first have still to come
    assert len(model.reducer.buckets) == 6
    total = sum(p.data.nbytes for p in model.parameters())
    assert model.reducer.sent_bytes == total


# --- buffers
class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.out = nn.BatchNorm1d(6), nn.Linear(6, 3)

    def forward(self, x):
        return self.out(self.norm(x))


model, _ = made(Normed)
for _ in range(3):
    mse(model, *tensors(rows=slice(me, None, size))).backward()
torch.manual_seed(100)
first = Normed()
for _ in range(3):  # what rank 0 has seen
    first.norm(tensors(rows=slice(0, None, size))[0])
model.eval()
with torch.no_grad():
    model(tensors()[0])  # before it, rank 0's averages are copied
np.testing.assert_allclose(model.module.norm.running_mean.data, first.norm.running_mean.data)
assert model.module.norm.num_batches_tracked.item() == 3
same_on_all_ranks(model)
unshared, _ = made(Normed, broadcast_buffers=False)
mse(unshared, *tensors(rows=slice(me, None, size))).backward()
unshared(tensors(rows=slice(me, None, size))[0])
if size > 1:
    means = [torch.zeros(6) for _ in range(size)]
    dist.all_gather(means, unshared.module.norm.running_mean)
    assert not np.allclose(means[0].data, means[1].data)


# --- parameters without a gradient
class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.never = nn.Linear(6, 3), nn.Linear(6, 3), nn.Linear(2, 2)

    def forward(self, x, use_b=False):
        return self.b(x) if use_b else self.a(x)


model, _ = made(Branches, find_unused_parameters=True, bucket_cap_mb=SMALL)
x, y = tensors(rows=slice(me, None, size))
((model(x, use_b=me == size - 1) - y) ** 2).mean().backward()  # the ranks take different ways
local = Branches()
local.load_state_dict(model.module.state_dict())
((local(x, use_b=me == size - 1) - y) ** 2).mean().backward()
for name, parameter in local.named_parameters():
    mean = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
    dist.all_reduce(mean, dist.ReduceOp.AVG)
    average = model.module.get_parameter(name).grad
    if name.startswith("never") or (size == 1 and name.startswith("a")):
        assert average is None
    else:
        np.testing.assert_allclose(average.data, mean.data, err_msg=name)
if size > 1:
    model, _ = made(Branches)
    try:
        plain_step(model, slice(me, None, size))
    except RuntimeError as error:
        assert f"rank {me} of {size}: this backward brings no gradient to b.weight, b.bias, never.weight" in str(error)
        assert "find_unused_parameters=True" in str(error)
    else:
        raise AssertionError("unused parameters, and nobody says so")
    for parameter in model.parameters():
        assert parameter.grad is None
    model, _ = made(mlp)
    loss = mse(model, *tensors())
    try:
        loss.backward(inputs=list(model.parameters())[:1])
    except RuntimeError as error:
        assert "cannot be averaged" in str(error), error
    else:
        raise AssertionError("a gradient that is not averaged, and nobody says so")


# --- a backward that an exception ends, on all ranks; afterwards all is as before
class Failing(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.rest = nn.Linear(6, 8), mlp_tail()

    def forward(self, x):
        return Fail.apply(self.rest(Fail.apply(self.first(x))))


class Fail(Function):
    fails, passed = True, 0

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data.copy())

    @staticmethod
    def backward(ctx, g):
        Fail.passed += 1
        if Fail.fails and Fail.passed == (1 if me == 0 else 2):  # rank 0 before it has sent anything
            raise ZeroDivisionError
        return g


model, reference = made(Failing, bucket_cap_mb=SMALL)
try:
    plain_step(model, slice(me, None, size))
except ZeroDivisionError:
    assert all(p.grad is None for p in model.parameters())
    assert size == 1 or model.reducer.sent == (0 if me == 0 else 4)
else:
    raise AssertionError("it did not fail")
Fail.fails = False
train(model, reference, plain_step, lr=0.1)

# --- a model that is frozen for a while, as a GAN's discriminator, and one that is cast
model, reference = made(mlp, bucket_cap_mb=SMALL)
for part in (model, reference):
    plain_step(part, slice(me, None, size) if part is model else slice(None))
    part.requires_grad_(False)
    x = torch.ones(2, 6, requires_grad=True)
    part(x).sum().backward()
    part.requires_grad_(True)
train(model, reference, plain_step, lr=0.1)
for part in (model, reference):
    part.requires_grad_(False).requires_grad_(True)
train(model, reference, plain_step, lr=0.1)
model, reference = made(mlp)
train(model.float(), reference.float(), plain_step, lr=0.1)

# --- frozen parameters, copies, float16, another process group's end
frozen, reference = made(mlp)
inner = mlp()
inner[0].requires_grad_(False)
model = DDP(inner)
assert size == 1 or all("0." not in name for name in model.reducer.names)
plain_step(model, slice(me, None, size))
assert inner[0].weight.grad is None
inner[0].requires_grad_(True)
if size > 1:
    try:
        model(tensors()[0])
    except RuntimeError as error:
        assert "0.weight requires grad, but when" in str(error), error
    else:
        raise AssertionError("a gradient that is not averaged, and nobody says so")
assert copy.deepcopy(model).reducer is None
half = DDP(nn.Linear(6, 3).half())
((half(torch.tensor(X[me::size].astype("float16")))) ** 2).mean().backward()
assert half.module.weight.grad.dtype == np.float16
same_on_all_ranks(half)
if size > 1:
    try:
        DDP(nn.Linear(3, 2 + (me == 1)))
    except RuntimeError as error:
        assert "Rank 0 has weight: float64 (2, 3), and rank 1 has weight: float64 (3, 3)" in str(error), error
    else:
        raise AssertionError("other modules, and nobody says so")
print("all right", flush=True)

"""Averages of weights give PyTorch's numbers."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.optim import swa_utils

torch = pytest.importorskip("torch")
torch_swa = torch.optim.swa_utils

RNG = np.random.default_rng(0)
BATCHES = [RNG.normal(size=(n, 3)) for n in (6, 6, 4)]


def models():
    """The same small network twice, with a batch norm that has seen something."""
    mine = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
    other = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 2)
    ).double()
    with torch.no_grad():
        for a, b in zip(mine.parameters(), other.parameters(), strict=True):
            b.copy_(torch.from_numpy(a.data))
    return mine, other


def assert_same(mine, other) -> None:
    theirs = other.state_dict()
    for name, tensor in mine.state_dict().items():
        np.testing.assert_allclose(tensor.data, theirs[name].numpy(), rtol=1e-12, atol=1e-14, err_msg=name)


OPTIONS = {
    "mean": lambda s: {},
    "mean by name": lambda s: {"avg_fn": s.get_swa_avg_fn()},
    "means by name": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "moving": lambda s: {"avg_fn": s.get_ema_avg_fn(0.9)},
    "moving, many": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.9)},
    "default decay": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn()},
    "own": lambda s: {"avg_fn": lambda average, weight, count: 0.25 * average + 0.75 * weight},
    "on the CPU": lambda s: {"device": "cpu"},
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("use_buffers", [False, True])
def test_the_average_is_pytorchs(name, use_buffers):
    mine, other = models()
    my_average = swa_utils.AveragedModel(mine, use_buffers=use_buffers, **OPTIONS[name](swa_utils))
    their_average = torch_swa.AveragedModel(other, use_buffers=use_buffers, **OPTIONS[name](torch_swa))
    if use_buffers and name != "on the CPU":
        with torch.no_grad():  # PyTorch cannot average the integers among the buffers everywhere
            other[1].num_batches_tracked = other[1].num_batches_tracked.double()
            their_average.module[1].num_batches_tracked = their_average.module[1].num_batches_tracked.double()
    for step in range(4):
        rng = np.random.default_rng(step)
        for a, b in zip(mine.parameters(), other.parameters(), strict=True):
            change = rng.normal(size=a.shape)
            a.data += change
            with torch.no_grad():
                b += torch.from_numpy(change)
        mine(mytorch.tensor(BATCHES[0]))
        other(torch.from_numpy(BATCHES[0]))
        my_average.update_parameters(mine)
        their_average.update_parameters(other)
    rounding = 1e-7 if name == "means by name" else 1e-12  # there PyTorch divides in float32
    mine_state, their_state = my_average.state_dict(), their_average.state_dict()
    assert list(mine_state) == ["n_averaged", *[n for n in mine_state if n != "n_averaged"]]
    assert set(mine_state) == set(their_state)
    for key, tensor in mine_state.items():
        if not (use_buffers and key.endswith("num_batches_tracked")):
            np.testing.assert_allclose(tensor.data, their_state[key].numpy(), rtol=rounding, atol=rounding, err_msg=key)
    x = BATCHES[1]
    my_average.eval(), their_average.eval()
    np.testing.assert_allclose(
        my_average(mytorch.tensor(x)).data, their_average(torch.from_numpy(x)).detach().numpy(), rtol=1e-6
    )


@pytest.mark.parametrize("as_tuples", [False, True])
def test_update_bn_is_pytorchs_and_changes_nothing_else(as_tuples):
    mine, other = models()
    mine(mytorch.tensor(BATCHES[0] * 9))
    mine[0].eval()
    batches = [mytorch.tensor(b) for b in BATCHES]
    swa_utils.update_bn([(b, 0) for b in batches] if as_tuples else batches, mine)
    torch_swa.update_bn([torch.from_numpy(b) for b in BATCHES], other)
    assert_same(mine, other)
    assert mine[1].momentum == 0.1
    assert mine.training
    assert not mine[0].training
    swa_utils.update_bn([None], nn.Linear(3, 2))  # without a batch norm nothing is run


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 4])
@pytest.mark.parametrize("rates", [0.05, [0.05, 0.01]])
def test_swalr_is_pytorchs(strategy, epochs, rates):
    def run(module, swa, schedules):
        weights = [module.nn.Linear(2, 2) for _ in range(2)]
        optimizer = module.optim.SGD(
            [{"params": w.parameters(), "lr": lr} for w, lr in zip(weights, (0.5, 0.2))], lr=1.0
        )
        other = schedules.ExponentialLR(optimizer, 0.9)
        schedule = swa.SWALR(optimizer, rates, anneal_epochs=epochs, anneal_strategy=strategy)
        seen = []
        for epoch in range(8):
            seen += [group["lr"] for group in optimizer.param_groups]
            optimizer.step()
            (schedule if epoch > 1 else other).step()
        return seen

    np.testing.assert_allclose(
        run(mytorch, swa_utils, optim.lr_scheduler), run(torch, torch_swa, torch.optim.lr_scheduler), rtol=1e-12
    )


def test_an_average_is_saved_and_goes_on():
    mine, _ = models()
    average = swa_utils.AveragedModel(mine)
    average.update_parameters(mine)
    for parameter in mine.parameters():
        parameter.data += 1.0
    again = swa_utils.AveragedModel(mine)
    again.load_state_dict(copy.deepcopy(average.state_dict()))
    for each in (average, again):
        each.update_parameters(mine)
    for a, b, now in zip(average.parameters(), again.parameters(), mine.parameters(), strict=True):
        np.testing.assert_array_equal(a.data, b.data)
        np.testing.assert_allclose(a.data, now.data - 0.5, atol=1e-14)


def test_bad_arguments_are_named():
    model = nn.Linear(2, 2)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"decay must be between 0 and 1, got 1\.5"):
        swa_utils.get_ema_multi_avg_fn(1.5)
    with pytest.raises(ValueError, match="avg_fn excludes multi_avg_fn"):
        swa_utils.AveragedModel(model, avg_fn=print, multi_avg_fn=print)
    with pytest.raises(ValueError, match="device must be 'cpu'"):
        swa_utils.AveragedModel(model, device="cuda")
    with pytest.raises(ValueError, match="anneal_strategy must be 'cos' or 'linear'"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="sin")
    with pytest.raises(ValueError, match="anneal_epochs must be an int >= 0, got -1"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)

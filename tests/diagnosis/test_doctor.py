"""mytorch.doctor: every illness is found and pinpointed."""

import copy

import numpy as np
import pytest
from diagnosis.healthy_programs import residual_from_zero
from diagnosis.illnesses import CE, ILL, classify, data, mlp, with_gradients
from diagnosis.other_places import ELSEWHERE

import mytorch
from mytorch import nn, optim
from mytorch.diagnosis import ILLNESSES
from mytorch.engine.observers import observers

FOLLOWS = {  # what else may be said, because it follows from the illness
    "no-grad": {"loss-without-weights"},
    "item": {"loss-without-weights"},
    "loss-without-weights": {"item", "unused-parameter", "detached"},
    "integer-cast": {"loss-without-weights"},
    "detached": {"loss-without-weights", "not-registered"},
}


ALL = [*ILL, *ELSEWHERE]


@pytest.mark.parametrize(("illness", "where", "make"), [row[1:] for row in ALL], ids=[row[0] for row in ALL])
def test_illness_is_found(illness, where, make):
    diagnosis = mytorch.doctor(*make())
    found = [finding for finding in diagnosis if finding.illness == illness]
    assert found, str(diagnosis)
    assert any(where in finding.where for finding in found), str(diagnosis)
    others = set(diagnosis.illnesses) - {illness} - FOLLOWS.get(illness, set())
    assert not others, str(diagnosis)
    assert illness in str(diagnosis)
    assert found[0].remedy in " ".join(str(found[0]).split("\n  "))


def test_the_list_of_illnesses_is_whole():
    assert {row[1] for row in ALL} == set(ILLNESSES)


def state_of(model):
    tensors = [*model.named_parameters(), *model.named_buffers()]
    return {
        name: (tensor.data.copy(), None if tensor.grad is None else tensor.grad.data.copy()) for name, tensor in tensors
    }


def same(one, other):
    return one.keys() == other.keys() and all(
        np.array_equal(one[name][0], other[name][0])
        and (one[name][1] is None) == (other[name][1] is None)
        and (one[name][1] is None or np.array_equal(one[name][1], other[name][1]))
        for name in one
    )


@pytest.mark.parametrize("make", [optim.SGD, optim.Adam, optim.RMSprop], ids=lambda make: make.__name__)
def test_everything_is_as_before(make):
    mytorch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
    optimizer = make(model.parameters(), lr=0.1)
    x, y = data()
    for _ in range(2):
        optimizer.zero_grad()
        CE(model(x), y).backward()
        optimizer.step()
    model[4].bias.grad = None
    arrays = [p.data for p in model.parameters()]
    grads = [p.grad for p in model.parameters()]
    before, state = state_of(model), copy.deepcopy(optimizer.state_dict())
    random_state = mytorch.get_rng_state()
    mytorch.doctor(model, CE, (x, y), optimizer)
    assert same(before, state_of(model))
    assert all(p.data is array for p, array in zip(model.parameters(), arrays))
    assert all(p.grad is grad for p, grad in zip(model.parameters(), grads))
    assert repr(optimizer.state_dict()) == repr(state)
    assert np.array_equal(np.asarray(mytorch.get_rng_state()), np.asarray(random_state))
    assert model.training
    twin = copy.deepcopy(model)
    rate = optimizer.param_groups[0]["lr"]
    twin_optimizer = make(twin.parameters(), lr=rate)
    twin_optimizer.load_state_dict(copy.deepcopy(state))
    for net, its_optimizer in ((model, optimizer), (twin, twin_optimizer)):
        mytorch.manual_seed(1)
        its_optimizer.zero_grad()
        CE(net(x), y).backward()
        its_optimizer.step()
    assert all(np.array_equal(p.data, q.data) for p, q in zip(model.parameters(), twin.parameters()))


def test_a_failing_model_is_put_back_too():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.out = nn.BatchNorm1d(8), nn.Linear(8, 3)

        def forward(self, x):
            self.eval()
            raise RuntimeError("out of paper")

    model = Fails()
    diagnosis = mytorch.doctor(model, CE, data())
    assert "out of paper" in str(diagnosis)
    assert diagnosis.illnesses == ["error"]
    assert model.training
    assert not observers


def test_no_observer_and_no_hook_stays():
    model = mlp()
    mytorch.doctor(model, CE, data())
    assert not observers
    assert model._hooks is None or not (model._hooks.forward or model._hooks.forward_pre)


def test_ignore():
    model, *rest = classify(mlp(nn.Softmax(dim=1)))
    assert mytorch.doctor(model, *rest, ignore=["softmax-before-cross-entropy"]).healthy
    assert mytorch.doctor(model, *rest, ignore="softmax-before-cross-entropy").healthy


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((lambda x: x, CE, data()), TypeError, "model must be a Module"),
        ((mlp(), "loss", data()), TypeError, "loss_fn must be a function"),
        ((mlp(), CE, data(), "sgd"), TypeError, "optimizer must be an Optimizer"),
        ((mlp(), CE, data()[0]), TypeError, "a batch must be a sequence"),
    ],
)
def test_arguments(arguments, error, says):
    with pytest.raises(error, match=says):
        mytorch.doctor(*arguments)
    with pytest.raises(ValueError, match="no illnesses: flu"):
        mytorch.doctor(mlp(), CE, data(), ignore=["flu"])


def test_a_note_on_gradients_that_are_there():
    diagnosis = mytorch.doctor(*classify(with_gradients(mlp(), 1)))
    assert diagnosis.healthy
    assert "zero_grad()" in str(diagnosis)


def test_a_note_on_weights_that_start_at_zero():
    model, *rest = residual_from_zero()
    diagnosis = mytorch.doctor(model, *rest)
    assert diagnosis.healthy
    assert "two.weight is 0 everywhere" in str(diagnosis)
    left_out = optim.SGD([p for p in model.parameters() if p is not model.two.weight], lr=0.1)
    assert "multiplied-by-zero" in mytorch.doctor(model, *rest[:2], left_out)


def test_the_diagnosis_shows_itself():
    hostile = type("<b>", (nn.Module,), {"forward": lambda self, x: 1 / 0})()
    diagnosis = mytorch.doctor(hostile, CE, data())
    assert "ZeroDivisionError" in diagnosis._repr_html_()
    assert "<b>" not in diagnosis._repr_html_()
    assert len(diagnosis) == 1
    assert "error" in diagnosis
    assert not diagnosis.healthy


@pytest.mark.parametrize("loop", ["no zero_grad", "clipped", "in two parts"])
def test_what_a_loop_leaves_in_grad(loop):
    """Twelve steps on batches of 20: clipped gradients and those of two halves are no finding. Sums over steps are one,
    unless by chance they are no longer than a single batch's."""
    found = []
    for seed in range(6):
        mytorch.manual_seed(seed)
        x = mytorch.randn(260, 8)
        y = (x @ mytorch.randn(8, 3)).argmax(1)
        model = mlp()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for step in range(12):
            part = slice(20 * step, 20 * step + 20)
            if loop != "no zero_grad":
                optimizer.zero_grad()
            for half in (x[part][:10], y[part][:10]), (x[part][10:], y[part][10:]):
                (CE(model(half[0]), half[1]) * 0.5).backward()
            if loop == "clipped":
                nn.utils.clip_grad_norm_(model.parameters(), 0.2)
            optimizer.step()
        diagnosis = mytorch.doctor(model, CE, (x[240:], y[240:]), optimizer)
        found += diagnosis.illnesses
    if loop == "no zero_grad":
        assert set(found) == {"missing-zero-grad"}
        assert len(found) >= 5
    else:
        assert found == []

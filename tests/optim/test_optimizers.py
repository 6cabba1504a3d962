"""All optimizers: formulas, groups, options that change, closures, saving, against PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.optim import optimizer as base
from mytorch.tensor import Tensor

SHAPES = [(3, 4), (), (5,)]


def parameters(seed: int = 0, dtype: Any = np.float64) -> list[Tensor]:
    rng = np.random.default_rng(seed)
    return [nn.Parameter(rng.standard_normal(shape).astype(dtype)) for shape in SHAPES]


def set_gradients(params: list[Any], step: int, make: Any = Tensor, skip: bool = False) -> None:
    """The same gradients for every library; with `skip` the second parameter has none in odd steps."""
    rng = np.random.default_rng(100 + step)
    for i, param in enumerate(params):
        gradient = np.asarray(rng.standard_normal(SHAPES[i]))
        param.grad = None if skip and i == 1 and step % 2 else make(gradient)


def test_the_first_step_has_the_size_of_lr() -> None:
    """m / (1 - b1) = grad and sqrt(v / (1 - b2)) = |grad|: the step is lr * sign(grad), whatever the scale."""
    w = nn.Parameter([1.0, 1.0, 1.0])
    w.grad = Tensor([1e-3, -5.0, 1e4])
    optim.Adam([w], lr=0.1).step()
    np.testing.assert_allclose(w.data, [0.9, 1.1, 0.9], rtol=1e-5)


def test_steps_are_kingmas_and_bas() -> None:
    w = nn.Parameter([1.0, -2.0])
    optimizer = optim.Adam([w], lr=0.05, betas=(0.8, 0.95), eps=1e-3)
    x, m, v = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2)
    for t in range(1, 8):
        optimizer.zero_grad()
        (w * w * w).backward()
        optimizer.step()
        g = 3 * x**2
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g**2
        x = x - 0.05 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3)
        np.testing.assert_allclose(w.data, x, rtol=1e-12)
        state = optimizer.state[w]
        np.testing.assert_allclose(state["exp_avg"], m)
        np.testing.assert_allclose(state["exp_avg_sq"], v)
        assert state["step"] == t


def one_step_of(make: Any, gradients: list[float], start: float = 1.0) -> list[float]:
    """The values of a weight after steps with these gradients."""
    w = nn.Parameter([start])
    optimizer = make([w])
    values = []
    for gradient in gradients:
        w.grad = Tensor([gradient])
        optimizer.step()
        values.append(w.item())
    return values


def test_adamw_decays_apart_from_the_averages() -> None:
    # Without a gradient only the decay is left: w * (1 - lr * weight_decay).
    got = one_step_of(lambda p: optim.AdamW(p, lr=0.1, weight_decay=0.5), [0.0, 0.0])
    np.testing.assert_allclose(got, [0.95, 0.95**2])


def test_rmsprop_is_the_formula() -> None:
    v, w, expected = 0.0, 1.0, []
    for g in (2.0, -1.0, 3.0):
        v = 0.9 * v + 0.1 * g * g
        w -= 0.01 * g / (math.sqrt(v) + 1e-8)
        expected.append(w)
    np.testing.assert_allclose(one_step_of(lambda p: optim.RMSprop(p, alpha=0.9), [2.0, -1.0, 3.0]), expected)
    # A constant gradient has no deviation: centered divides by eps alone.
    got = one_step_of(lambda p: optim.RMSprop(p, lr=1e-3, alpha=0.0, eps=0.1, centered=True), [2.0])
    np.testing.assert_allclose(got, [1 - 1e-3 * 2 / 0.1])


def test_adagrad_is_the_formula() -> None:
    s, w, expected = 0.5, 1.0, []
    for t, g in enumerate((2.0, -1.0, 3.0)):
        s += g * g
        w -= 0.1 / (1 + t * 0.2) * g / math.sqrt(s)
        expected.append(w)
    got = one_step_of(lambda p: optim.Adagrad(p, 0.1, lr_decay=0.2, initial_accumulator_value=0.5), [2.0, -1.0, 3.0])
    np.testing.assert_allclose(got, expected, rtol=1e-8)


def test_adadelta_is_the_formula() -> None:
    u = v = 0.0
    w, expected = 1.0, []
    for g in (2.0, -1.0, 3.0):
        v = 0.9 * v + 0.1 * g * g
        d = math.sqrt(u + 1e-6) / math.sqrt(v + 1e-6) * g
        u = 0.9 * u + 0.1 * d * d
        w -= d
        expected.append(w)
    np.testing.assert_allclose(one_step_of(optim.Adadelta, [2.0, -1.0, 3.0]), expected)


@pytest.mark.parametrize(
    "which", ["SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta"]
)
def test_closures(which) -> None:
    w = nn.Parameter([1.0, 2.0])
    optimizer = getattr(optim, which)([w], lr=0.1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    assert optimizer.step() is None
    with mytorch.no_grad():
        assert optimizer.step(closure).item() == 5.0
    assert (w.data < [1.0, 2.0]).all()
    assert optimizer.step(closure).item() < 5.0


OPTIONS = {
    "adam": ("Adam", {"lr": 0.05}),
    "adam_betas": ("Adam", {"lr": 0.05, "betas": (0.5, 0.9), "eps": 0.1}),
    "adam_weight_decay": ("Adam", {"lr": 0.05, "weight_decay": 0.3}),
    "adam_amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True, "betas": (0.9, 0.5)}),
    "adam_maximize": ("Adam", {"lr": 0.05, "maximize": True, "weight_decay": 0.1}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw_all": ("AdamW", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.3, "amsgrad": True}),
    "adamw_maximize": ("AdamW", {"lr": 0.05, "maximize": True, "weight_decay": 0.3}),
    "rmsprop": ("RMSprop", {"lr": 0.05}),
    "rmsprop_alpha": ("RMSprop", {"lr": 0.05, "alpha": 0.5, "eps": 0.1, "weight_decay": 0.3}),
    "rmsprop_momentum": ("RMSprop", {"lr": 0.05, "momentum": 0.9, "maximize": True}),
    "rmsprop_centered": ("RMSprop", {"lr": 0.05, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    "adagrad": ("Adagrad", {"lr": 0.05}),
    "adagrad_lr_decay": ("Adagrad", {"lr": 0.05, "lr_decay": 0.1, "eps": 0.1, "weight_decay": 0.3}),
    "adagrad_initial": ("Adagrad", {"lr": 0.05, "initial_accumulator_value": 2.0, "maximize": True}),
    "adadelta": ("Adadelta", {}),
    "adadelta_all": ("Adadelta", {"lr": 0.5, "rho": 0.6, "eps": 0.01, "weight_decay": 0.3, "maximize": True}),
    "adam_decoupled": ("Adam", {"lr": 0.05, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    "adamax": ("Adamax", {"lr": 0.05}),
    "adamax_all": ("Adamax", {"betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.3, "maximize": True}),
    "nadam": ("NAdam", {"lr": 0.05}),
    "nadam_all": ("NAdam", {"betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.3, "momentum_decay": 0.1}),
    "nadam_decoupled": ("NAdam", {"lr": 0.05, "weight_decay": 0.3, "decoupled_weight_decay": True, "maximize": True}),
    "radam": ("RAdam", {"lr": 0.05}),
    "radam_all": ("RAdam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.3, "maximize": True}),
    "radam_decoupled": ("RAdam", {"lr": 0.05, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    "sgd": ("SGD", {"lr": 0.05}),
    "sgd_weight_decay": ("SGD", {"lr": 0.05, "weight_decay": 0.3}),
    "sgd_momentum": ("SGD", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    "sgd_dampening": ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.4}),
    "sgd_nesterov": ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    "sgd_maximize": ("SGD", {"lr": 0.05, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
}


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("name", OPTIONS)
def test_fifty_steps_are_pytorchs(name, skip) -> None:
    torch = pytest.importorskip("torch")
    which, options = OPTIONS[name]
    ours = parameters()
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    a, b = getattr(optim, which)(ours, **options), getattr(torch.optim, which)(theirs, **options)
    for step in range(50):
        set_gradients(ours, step, skip=skip)
        set_gradients(theirs, step, torch.tensor, skip=skip)
        a.step()
        b.step()
    tolerance = 1e-6 if which == "NAdam" else 1e-10  # PyTorch holds the product of the mu in float32
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=tolerance, atol=tolerance / 100)


@pytest.mark.parametrize(
    "which", ["Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta", "SGD"]
)
def test_groups_with_options_of_their_own_are_pytorchs(which) -> None:
    torch = pytest.importorskip("torch")
    ours = parameters()
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    optimizers = []
    for library, params in ((optim, ours), (torch.optim, theirs)):
        groups = [{"params": params[:1], "lr": 0.2}, {"params": params[1], "weight_decay": 0.5}]
        optimizer = getattr(library, which)(groups, lr=0.01)
        optimizer.add_param_group({"params": params[2:], "lr": 0.5})
        assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.01, 0.5]
        optimizers.append(optimizer)
    for step in range(20):
        set_gradients(ours, step)
        set_gradients(theirs, step, torch.tensor)
        for optimizer in optimizers:
            optimizer.param_groups[2]["lr"] *= 0.9
            optimizer.step()
    tolerance = 1e-6 if which == "NAdam" else 1e-10  # PyTorch holds the product of the mu in float32
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=tolerance, atol=tolerance / 100)


@pytest.mark.parametrize("make", [optim.Adam, optim.SGD])
def test_lr_can_be_changed_in_both_places(make) -> None:
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = make([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1)
    assert optimizer.lr == 0.1
    optimizer.lr = 0.0
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 0.0]
    optimizer.param_groups[1]["lr"] = 1.0
    a.grad, b.grad = Tensor([2.0]), Tensor([2.0])
    optimizer.step()
    assert a.data.tolist() == [1.0]
    assert b.data[0] < 1.0


@pytest.mark.parametrize("name", OPTIONS)
def test_a_saved_optimizer_goes_on_bit_for_bit(name) -> None:
    which, options = OPTIONS[name]
    params = parameters(dtype=np.float32)
    optimizer = getattr(optim, which)(params, **options)
    for step in range(5):
        set_gradients(params, step, lambda g: Tensor(np.float32(g)))
        optimizer.step()
    saved = optimizer.state_dict()
    copies = [nn.Parameter(p.data.copy()) for p in params]
    # Options that say what is remembered must agree, the others are loaded.
    kinds = {k: v for k, v in options.items() if k in ("amsgrad", "centered") or (k, which) == ("momentum", "RMSprop")}
    resumed = getattr(optim, which)(copies, lr=123.0, **kinds)
    resumed.load_state_dict(saved)
    for step in range(5, 10):
        for some, one in ((params, optimizer), (copies, resumed)):
            set_gradients(some, step, lambda g: Tensor(np.float32(g)))
            one.step()
    for p, q in zip(params, copies):
        np.testing.assert_array_equal(p.data, q.data)
        assert q.dtype == np.float32
    if which != "SGD":
        assert saved["state"][0]["step"] == 5, "saving made copies"


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    optimizer = optim.Adam(parameters())
    set_gradients(optimizer.params, 0)
    optimizer.step()
    before = optimizer.state_dict()
    larger = optim.Adam([nn.Parameter(np.ones(4)), *parameters()[1:]])
    larger.params[0].grad = Tensor(np.ones(4))
    larger.step()
    other = larger.state_dict()
    with pytest.raises(ValueError, match=r"exp_avg of parameter 0 must have shape \(3, 4\), got \(4,\)"):
        optimizer.load_state_dict(other)
    with pytest.raises(ValueError, match=r"expected groups of \[3\] parameters, got groups of \[1\]"):
        optimizer.load_state_dict(optim.Adam([nn.Parameter([1.0])]).state_dict())
    with pytest.raises(ValueError, match="group 0 lacks amsgrad, betas, eps: not a state of Adam"):
        optimizer.load_state_dict(optim.SGD(parameters()).state_dict())
    with_maxima = optim.Adam(parameters(), amsgrad=True)
    set_gradients(with_maxima.params, 0)
    with_maxima.step()
    state = {**with_maxima.state_dict(), "param_groups": before["param_groups"]}
    with pytest.raises(ValueError, match="parameter 0 needs"):
        optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert after["param_groups"] == before["param_groups"]
    np.testing.assert_array_equal(after["state"][0]["exp_avg"], before["state"][0]["exp_avg"])


@pytest.mark.parametrize("name", OPTIONS)
def test_large_parameters_are_updated_in_blocks_to_the_same_values(name, monkeypatch) -> None:
    which, options = OPTIONS[name]
    results = []
    for block in (10**9, 100):
        monkeypatch.setattr(base, "BLOCK", block)
        rng = np.random.default_rng(1)
        w = nn.Parameter(rng.standard_normal((37, 11)))
        turned = nn.Parameter(rng.standard_normal((11, 37)).T)  # not contiguous: in one piece
        optimizer = getattr(optim, which)([w, turned], **options)
        for _ in range(4):
            w.grad, turned.grad = (Tensor(rng.standard_normal((37, 11))) for _ in range(2))
            optimizer.step()
        results.append((w.data.copy(), turned.data.copy()))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_a_step_changes_the_array_in_place_and_says_so() -> None:
    w = nn.Parameter([1.0, 2.0])
    array = w.data
    y = w * w
    y.backward(retain_graph=True)
    optim.Adam([w]).step()
    assert w.data is array
    assert not math.isclose(array[0], 1.0, abs_tol=1e-6)
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: optim.Adam([p], lr=-1), ValueError, "lr must not be negative, got -1"),
        (lambda p: optim.Adam([p], eps=-1), ValueError, "eps must not be negative, got -1"),
        (lambda p: optim.Adam([p], weight_decay=-1), ValueError, "weight_decay must not be negative"),
        (lambda p: optim.Adam([p], betas=(0.9, 1.0)), ValueError, r"betas must be two numbers .* got \(0.9, 1.0\)"),
        (lambda p: optim.Adam([p], betas=0.9), ValueError, r"betas must be two numbers .* got 0.9"),
        (lambda p: optim.AdamW([p], weight_decay=-1), ValueError, "weight_decay must not be negative"),
        (lambda p: optim.RMSprop([p], alpha=-1), ValueError, "alpha must not be negative, got -1"),
        (lambda p: optim.RMSprop([p], momentum=-1), ValueError, "momentum must not be negative"),
        (lambda p: optim.Adagrad([p], lr_decay=-1), ValueError, "lr_decay must not be negative"),
        (lambda p: optim.Adagrad([p], initial_accumulator_value=-1), ValueError, "initial_accumulator_value must"),
        (lambda p: optim.Adadelta([p], rho=1.5), ValueError, "rho must be from 0 to 1, got 1.5"),
        (lambda p: optim.SGD([p], nesterov=True), ValueError, "nesterov needs a momentum above 0 and no dampening"),
        (lambda p: optim.SGD([p], momentum=0.9, dampening=0.1, nesterov=True), ValueError, "no dampening"),
        (lambda p: optim.SGD({"params": [p]}), TypeError, "got one dict; put it in a list"),
        (lambda p: optim.SGD([{"param": [p]}]), TypeError, "must be a dict with the key 'params'"),
        (lambda p: optim.SGD([{"params": [p], "rate": 1}]), ValueError, "no option rate; SGD has lr, momentum"),
        (lambda p: optim.SGD([p]).add_param_group({"params": [p]}), ValueError, "a Tensor twice"),
        (lambda p: optim.SGD([{"params": [p], "lr": -2}]), ValueError, "lr must not be negative, got -2"),
    ],
)
def test_wrong_arguments(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make(nn.Parameter([1.0]))

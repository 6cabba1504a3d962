"""Where optimizers, schedules and clipping once went another way than PyTorch, or none at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mytorch import nn, optim
from mytorch.tensor import Tensor


def descent(library: Any, make: Any, start: float, steps: int, schedule: Any, **options: Any) -> list[float]:
    """w after each step of SGD on w^2, a schedule's step after each."""
    w = make([start])
    optimizer = library.SGD([w], lr=0.1, momentum=0.9, **options)
    scheduler = schedule(library.lr_scheduler, optimizer)
    path = []
    for _ in range(steps):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        scheduler.step()
        path.append(float(w.item()))
    return path


def step_lr(schedulers: Any, optimizer: Any) -> Any:
    return schedulers.StepLR(optimizer, 2, 0.1)


def test_momentum_under_a_schedule_is_pytorchs() -> None:
    path = descent(optim, nn.Parameter, 1.0, 4, step_lr)
    np.testing.assert_allclose(path, [0.8, 0.46, 0.4202, 0.375976], atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"nesterov": True}, {"dampening": 0.3}, {"weight_decay": 0.2}])
def test_momentum_under_a_one_cycle_schedule_is_pytorchs(options) -> None:
    torch = pytest.importorskip("torch")

    def schedule(schedulers: Any, optimizer: Any) -> Any:
        return schedulers.OneCycleLR(optimizer, max_lr=0.3, total_steps=21)

    ours = descent(optim, nn.Parameter, 1.5, 20, schedule, **options)
    theirs = descent(
        torch.optim,
        lambda v: torch.tensor(v, dtype=torch.float64, requires_grad=True),
        1.5,
        20,
        schedule,
        **options,
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_handouts_form_by_name_keeps_the_rate_inside_v() -> None:
    path = descent(optim, nn.Parameter, 1.0, 4, step_lr, momentum_form="handout")
    w, v, expected = 1.0, 0.0, []
    for rate in (0.1, 0.1, 0.01, 0.01):
        v = 0.9 * v - rate * 2 * w
        w += v
        expected.append(w)
    np.testing.assert_allclose(path, expected, rtol=1e-12)
    np.testing.assert_allclose(path, [0.8, 0.46, 0.1448, -0.1418], atol=1e-4)


@pytest.mark.parametrize("form", ["pytorch", "handout"])
def test_momentums_hold_the_handouts_v_in_both_forms(form) -> None:
    w = nn.Parameter([1.0, -2.0])
    optimizer = optim.SGD([w], lr=0.1, momentum=0.8, momentum_form=form)
    assert optimizer.momentums[0].tolist() == [0.0, 0.0]
    v = np.zeros(2)
    for gradient in ([1.0, 2.0], [-3.0, 0.5], [0.0, 0.0]):
        w.grad = Tensor(gradient)
        optimizer.step()
        v = 0.8 * v - 0.1 * np.array(gradient)
        np.testing.assert_allclose(optimizer.momentums[0], v, rtol=1e-12)


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="momentum_form must be 'pytorch' or 'handout', got 'keras'"):
        optim.SGD([nn.Parameter([1.0])], momentum_form="keras")


def test_sgd_without_momentum_remembers_nothing() -> None:
    w = nn.Parameter(np.ones(1000))
    optimizer = optim.SGD([w], lr=0.1)
    w.grad = Tensor(np.ones(1000))
    optimizer.step()
    assert optimizer.state[w] == {"momentum_buffer": None}


def test_parameter_groups_from_a_set_are_refused() -> None:
    params = {nn.Parameter([1.0]), nn.Parameter([2.0])}
    with pytest.raises(TypeError, match="must not be a set"):
        optim.SGD([{"params": params}], lr=0.1)


@pytest.mark.parametrize("steps_before", [0, 3])
@pytest.mark.parametrize(
    "which", ["Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta", "SGD"]
)
def test_the_state_follows_the_dtype_of_the_parameter(which, steps_before) -> None:
    layer = nn.Linear(2, 1).float()
    options = {"momentum": 0.9} if which == "SGD" else {}
    optimizer = getattr(optim, which)(layer.parameters(), **options)
    for step in range(steps_before + 1):
        if step == steps_before:
            layer.double()
        optimizer.zero_grad()
        layer(Tensor(np.ones((1, 2), layer.weight.dtype))).sum().backward()
        optimizer.step()
    arrays = [v for state in optimizer.state.values() for v in state.values() if isinstance(v, np.ndarray)]
    assert arrays
    assert {array.dtype for array in arrays} == {np.dtype(np.float64)}


def test_zero_grad_without_none_zeroes_the_gradient_itself() -> None:
    layer = nn.Linear(2, 1)
    for zero in (layer.zero_grad, optim.SGD(layer.parameters(), lr=0.1).zero_grad):
        (layer(Tensor(np.ones((1, 2)))) ** 2).sum().backward(create_graph=True)
        gradient = layer.weight.grad
        zero(set_to_none=False)
        assert layer.weight.grad is gradient
        assert gradient.data.tolist() == [[0.0, 0.0]]
        assert not gradient.requires_grad
        zero()
        assert layer.weight.grad is None


@pytest.mark.parametrize("clip", [nn.utils.clip_grad_norm_, nn.utils.clip_grad_value_, nn.utils.clip_each_grad_norm_])
def test_clipping_a_used_up_generator_warns(clip) -> None:
    parameters = (p for p in [nn.Parameter([1.0])])
    list(parameters)
    with pytest.warns(UserWarning, match="used-up generator, so nothing is clipped"):
        clip(parameters, 1.0)


CHOICES = [{"foreach": True}, {"foreach": False}, {"fused": True}, {"capturable": True}, {"differentiable": False}]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize(
    "which", ["SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta"]
)
def test_arguments_that_only_choose_an_implementation_change_nothing(which, choice) -> None:
    values = []
    for options in ({}, choice):
        w = nn.Parameter([1.0, 2.0])
        optimizer = getattr(optim, which)([w], lr=0.1, **options)
        w.grad = Tensor([0.5, -3.0])
        optimizer.step()
        values.append(w.data.tolist())
    assert values[0] == values[1] != [1.0, 2.0]


def test_other_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Adam\(\) got an unexpected keyword argument 'momentun'"):
        optim.Adam([nn.Parameter([1.0])], momentun=0.9)
    with pytest.raises(NotImplementedError, match="differentiable=True is not supported"):
        optim.AdamW([nn.Parameter([1.0])], differentiable=True)


def test_an_optimizer_of_pytorch_goes_on_here() -> None:
    """PyTorch's state dicts have more options and no momentum_form."""
    torch = pytest.importorskip("torch")
    for which, options in (("SGD", {"lr": 0.1, "momentum": 0.9}), ("Adam", {"lr": 0.1})):
        theirs = torch.nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64))
        a = getattr(torch.optim, which)([theirs], **options)
        for _ in range(3):
            theirs.grad = theirs.detach() * 2
            a.step()
        ours = nn.Parameter(theirs.detach().numpy().copy())
        b = getattr(optim, which)([ours], lr=5.0)
        saved = a.state_dict()
        saved["state"][0] = {name: np.array(value.numpy()) for name, value in saved["state"][0].items()}
        b.load_state_dict(saved)
        for _ in range(3):
            theirs.grad, ours.grad = theirs.detach() * 2, Tensor(ours.data * 2)
            a.step()
            b.step()
        np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12)

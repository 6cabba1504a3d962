"""LBFGS, step by step against PyTorch, and on functions whose minimum is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mytorch import nn, optim
from mytorch.optim.line_search import Point, strong_wolfe
from mytorch.tensor import Tensor


def rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def trajectory(library: Any, make: Any, function: Any, calls: int, options: dict) -> tuple[list, list, Any]:
    """(weights after each call of step, losses that the calls returned, the optimizer)"""
    x, y = make(-1.2), make(1.0)
    optimizer = library.LBFGS([x, y], **options)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = function(x, y)
        loss.backward()
        return loss

    path, losses = [], []
    for _ in range(calls):
        losses.append(optimizer.step(closure).item())
        path.append([float(x.item()), float(y.item())])
    return path, losses, optimizer


FUNCTIONS = {
    "rosenbrock": rosenbrock,
    "quadratic": lambda x, y: x * x * 3 + x * y + y * y * 0.5 - x,
    "quartic": lambda x, y: (x - 2) ** 4 + (y * y - 1) ** 2 + 0.1 * x * y,
    "waves": lambda x, y: (x * 3).sin() + (y * 2 + x).cos() + 0.05 * (x * x + y * y),
}
OPTIONS = {
    "wolfe": {"line_search_fn": "strong_wolfe"},
    "wolfe_short_memory": {"line_search_fn": "strong_wolfe", "history_size": 2, "lr": 0.7},
    "wolfe_few": {"line_search_fn": "strong_wolfe", "max_iter": 4, "max_eval": 6},
    "fixed": {"lr": 0.01, "max_iter": 7},
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_steps_are_pytorchs(name, options) -> None:
    torch = pytest.importorskip("torch")
    ours, our_losses, a = trajectory(optim, nn.Parameter, FUNCTIONS[name], 6, OPTIONS[options])
    theirs, their_losses, b = trajectory(
        torch.optim,
        lambda v: torch.tensor(v, dtype=torch.float64, requires_grad=True),
        FUNCTIONS[name],
        6,
        OPTIONS[options],
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(our_losses, their_losses, rtol=1e-6, atol=1e-7)
    for count in ("n_iter", "func_evals"):
        assert a.state[a.params[0]][count] == b.state[b.param_groups[0]["params"][0]][count]


def test_finds_the_minimum_of_rosenbrock() -> None:
    path, _, _ = trajectory(optim, nn.Parameter, rosenbrock, 10, {"line_search_fn": "strong_wolfe"})
    np.testing.assert_allclose(path[-1], [1.0, 1.0], atol=1e-4)


def test_a_saved_optimizer_goes_on_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    matrix, target = rng.standard_normal((8, 5)), rng.standard_normal(8)
    weights = [nn.Parameter(np.zeros(5))]
    options = {"max_iter": 2, "history_size": 3}

    def closure_of(optimizer: Any) -> Any:
        def closure() -> Any:
            optimizer.zero_grad()
            loss = ((Tensor(matrix) @ optimizer.params[0] - Tensor(target)) ** 2).sum()
            loss.backward()
            return loss

        return closure

    optimizer = optim.LBFGS(weights, lr=0.1, **options)
    for _ in range(3):
        optimizer.step(closure_of(optimizer))
    resumed = optim.LBFGS([nn.Parameter(weights[0].data.copy())], lr=9.0)
    resumed.load_state_dict(optimizer.state_dict())
    for _ in range(3):
        for one in (optimizer, resumed):
            one.step(closure_of(one))
    np.testing.assert_array_equal(resumed.params[0].data, weights[0].data)


def test_parameters_without_gradient_do_not_move() -> None:
    used, unused = nn.Parameter([3.0, 1.0]), nn.Parameter([5.0])
    optimizer = optim.LBFGS([unused, used], line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (used * used).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert unused.data.tolist() == [5.0]
    np.testing.assert_allclose(used.data, 0, atol=1e-8)


def test_the_line_search_satisfies_both_conditions() -> None:
    def function(t: float) -> Point:
        return Point(t, float(np.cos(3 * t) + 0.1 * t), float(-3 * np.sin(3 * t) + 0.1), np.zeros(1))

    start = function(0.1)._replace(t=0.0)
    shifted = lambda t: function(t + 0.1)._replace(t=t)  # noqa: E731
    for first in (1e-3, 0.3, 1.0, 4.0):
        point, used = strong_wolfe(shifted, start, first, 1.0, 25)
        assert point.loss <= start.loss + 1e-4 * point.t * start.slope
        assert abs(point.slope) <= 0.9 * abs(start.slope)
        assert used <= 26


def test_wrong_arguments() -> None:
    w = nn.Parameter([1.0])
    with pytest.raises(ValueError, match="line_search_fn must be None or 'strong_wolfe', got 'armijo'"):
        optim.LBFGS([w], line_search_fn="armijo")
    with pytest.raises(ValueError, match="one parameter group"):
        optim.LBFGS([{"params": [w]}, {"params": [nn.Parameter([2.0])]}])
    with pytest.raises(TypeError, match="needs a closure"):
        optim.LBFGS([w]).step()

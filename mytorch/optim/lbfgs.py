"""class LBFGS."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import enable_grad
from mytorch.optim.line_search import Point, strong_wolfe
from mytorch.optim.optimizer import Optimizer, group_option
from mytorch.tensor import Tensor

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """Steps along -H g, H an estimate of the inverse of the loss's second derivatives, made from the
    last `history_size` steps s and the changes y of the gradient that they brought:

        H <- (1 - s y^T / y^T s) H (1 - y s^T / y^T s) + s s^T / y^T s        from H = (y^T s / y^T y) 1

    It needs the gradient of the whole loss, without noise, and evaluates it several times per step:

        def closure():
            optimizer.zero_grad()
            loss = ...
            loss.backward()
            return loss

        optimizer.step(closure)

    (Nocedal 1980, "Updating quasi-Newton matrices with limited storage".)

    max_iter, max_eval: how many steps and evaluations one call of `step` may take (default 1.25 max_iter).
    tolerance_grad, tolerance_change: it stops earlier where no gradient, step or change of the loss is larger.
    line_search_fn: None for steps of length lr, or "strong_wolfe", see `line_search.py`.
    One parameter group only. The state is kept with the first parameter.
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        if self.param_groups:
            raise ValueError("LBFGS has one parameter group: its steps are those of all parameters together")
        if not group["lr"] > 0:
            raise ValueError(f"lr must be positive, got {group['lr']}")
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ValueError(f"line_search_fn must be None or 'strong_wolfe', got {group['line_search_fn']!r}")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Several steps. closure: computes the loss and the gradients; its first loss is returned."""
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that computes the loss and its gradients")
        group, memory = self.param_groups[0], _Memory.of(self.state, self.params)
        with enable_grad():
            first_loss = closure()
        loss, gradient, evaluations = float(first_loss), self._gradient(), 1
        memory["func_evals"] += 1
        iteration = 0
        while np.abs(gradient).max(initial=0) > group["tolerance_grad"] and iteration < group["max_iter"]:
            iteration += 1
            memory["n_iter"] += 1
            direction = memory.direction(gradient, group["history_size"])
            memory["prev_flat_grad"], memory["prev_loss"] = gradient, loss
            t = group["lr"]
            if memory["n_iter"] == 1:  # nothing is known of the scale yet
                t *= min(1.0, 1.0 / float(np.abs(gradient).sum()))
            memory["d"], memory["t"] = direction, t
            slope = float(gradient @ direction)
            if slope > -group["tolerance_change"]:
                break
            start, used = Point(0.0, loss, slope, gradient), 0
            if group["line_search_fn"] is not None:
                weights = [param.data.copy() for param in self.params]
                evaluate = functools.partial(self._at, closure, weights, direction)
                size, left = float(np.abs(direction).max()), group["max_eval"] - evaluations
                point, used = strong_wolfe(evaluate, start, t, size, left)
                loss, gradient, t = point.loss, point.gradient, point.t
                self._move(t, direction)
            else:
                self._move(t, direction)
                if iteration != group["max_iter"]:
                    with enable_grad():
                        loss = float(closure())
                    gradient, used = self._gradient(), 1
            memory["t"] = t
            evaluations += used
            memory["func_evals"] += used
            change = group["tolerance_change"]
            if evaluations >= group["max_eval"] or np.abs(direction * t).max() <= change:
                break
            if abs(loss - memory["prev_loss"]) < change:
                break
        return first_loss

    def _at(self, closure: Callable[[], Any], weights: list[np.ndarray], direction: np.ndarray, t: float) -> Point:
        """The loss and its gradient t along the direction; the weights are put back."""
        self._move(t, direction)
        with enable_grad():
            loss = float(closure())
        gradient = self._gradient()
        for param, weight in zip(self.params, weights):
            param._data[...] = weight
            param.mark_changed()
        return Point(t, loss, float(gradient @ direction), gradient)

    def _gradient(self) -> np.ndarray:
        """All gradients in one vector; 0 where there is none."""
        parts = [np.zeros(p.data.size, p.dtype) if p.grad is None else p.grad.data.reshape(-1) for p in self.params]
        return np.concatenate(parts)

    def _move(self, t: float, direction: np.ndarray) -> None:
        start = 0
        for param in self.params:
            end = start + param.data.size
            param._data += t * direction[start:end].reshape(param.shape)
            param.mark_changed()
            start = end

    def _fitting_state(self, number: int, param: Tensor, values: dict[str, Any], group: dict[str, Any]) -> dict:
        return copy.deepcopy(values)


class _Memory(dict):
    """The state, by PyTorch's names: n_iter, func_evals; d and t, the last direction and step length;
    old_dirs (y), old_stps (s), ro (1 / y^T s); H_diag (y^T s / y^T y); prev_flat_grad, prev_loss."""

    @staticmethod
    def of(states: dict[Tensor, dict[str, Any]], params: list[Tensor]) -> _Memory:
        kept = states.get(params[0])
        if not isinstance(kept, _Memory):
            kept = states[params[0]] = _Memory(kept or {"n_iter": 0, "func_evals": 0})
        return kept

    def direction(self, gradient: np.ndarray, history_size: int) -> np.ndarray:
        """-H g, by the two loops of Nocedal's method, which need no matrix; the last step is remembered first."""
        if self["n_iter"] == 1:
            self.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            return -gradient
        self._remember(gradient - self["prev_flat_grad"], self["d"] * self["t"], history_size)
        steps = list(zip(self["old_dirs"], self["old_stps"], self["ro"]))
        q, shares = -gradient, []
        for y, s, ro in reversed(steps):
            shares.append(ro * float(s @ q))
            q = q - shares[-1] * y
        q = q * self["H_diag"]
        for (y, s, ro), share in zip(steps, reversed(shares)):
            q = q + (share - ro * float(y @ q)) * s
        return q

    def _remember(self, y: np.ndarray, s: np.ndarray, history_size: int) -> None:
        curvature = float(y @ s)
        if curvature <= 1e-10:  # H must stay positive definite
            return
        for name, value in (("old_dirs", y), ("old_stps", s), ("ro", 1.0 / curvature)):
            self[name] = [*self[name], value][-history_size:]
        self["H_diag"] = curvature / float(y @ y)

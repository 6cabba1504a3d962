"""Schedules that users' functions define: LambdaLR, MultiplicativeLR."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

from mytorch.optim.lr_scheduler.base import LRScheduler, per_group
from mytorch.optim.optimizer import Optimizer

__all__ = ["LambdaLR", "MultiplicativeLR", "loaded_functions", "saved_functions"]


class LambdaLR(LRScheduler):
    """lr = initial_lr * lr_lambda(epoch)

    lr_lambda: a function, or a list of one per parameter group. `state_dict` has no functions in
    it; of other callable objects it has the attributes.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas = per_group("lr_lambda", lr_lambda, optimizer)
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"lr_lambda must be callable, got {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * function(self.last_epoch) for base, function in zip(self.base_lrs, self.lr_lambdas)]

    def state_dict(self) -> dict[str, Any]:
        return saved_functions(super().state_dict, self, "lr_lambdas")

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        loaded_functions(super().load_state_dict, self, "lr_lambdas", state_dict)


class MultiplicativeLR(LambdaLR):
    """lr = lr of the epoch before * lr_lambda(epoch)

    lr_lambda: as in LambdaLR."""

    def get_lr(self) -> list[float]:
        rates = self.current_lr()
        if self.last_epoch == 0 or self._starting:
            return rates
        return [rate * function(self.last_epoch) for rate, function in zip(rates, self.lr_lambdas)]

    def restart(self) -> None:
        self.last_epoch = 0
        self.set_lr(list(self.base_lrs))


def saved_functions(state_dict: Callable[[], dict], schedule: LRScheduler, name: str) -> dict[str, Any]:
    """state_dict() of a schedule whose attribute `name` is a list of functions: of callable objects their attributes,
    None for functions."""
    functions = getattr(schedule, name)
    setattr(schedule, name, None)
    try:
        state = state_dict()
    finally:
        setattr(schedule, name, functions)
    return {**state, name: [None if _is_function(f) else copy.deepcopy(f.__dict__) for f in functions]}


def loaded_functions(load: Callable[[dict], None], schedule: LRScheduler, name: str, state: dict[str, Any]) -> None:
    """The other way: the schedule keeps its functions, callable objects get their attributes back."""
    functions = getattr(schedule, name)
    load(state)
    setattr(schedule, name, functions)
    for function, attributes in zip(functions, state[name]):
        if attributes is not None:
            function.__dict__.update(copy.deepcopy(attributes))


def _is_function(value: Any) -> bool:
    return value is None or isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType))

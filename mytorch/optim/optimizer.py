"""class Optimizer: the base of optimizers."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from mytorch.engine.grad_mode import enable_grad
from mytorch.gradients import zero_gradient
from mytorch.runtime.threads import parallel_for
from mytorch.tensor import Tensor

__all__ = ["Optimizer", "group_option", "require_betas", "require_choices", "require_not_negative"]

WORTH_THREADS = 4  # blocks: 1 MB of weights, 4 MB with the gradient and Adam's averages
BLOCK = 1 << 16  # elements that are updated at a time: what an update reads and writes then stays in the cache


def group_option(name: str) -> Any:
    """An attribute that stands for the option `name` of the parameter groups: it reads the first
    group's, and setting it sets every group's."""

    def read(self: Optimizer) -> Any:
        return self.param_groups[0][name]

    def write(self: Optimizer, value: Any) -> None:
        for group in self.param_groups:
            group[name] = value

    return property(read, write, doc=f"`{name}` of the first parameter group; setting it sets every group's.")


class Optimizer:
    """Holds the parameters that `step` changes. A subclass defines `step`, or `update` and `new_state`.

    params: an iterable of Tensors with requires_grad=True, e.g. `model.parameters()`, or of dicts
        {"params": Tensors, "lr": ...}: groups of parameters with options of their own.
    defaults: the options that a group has if it does not say otherwise.

    params: all parameters in order.   param_groups: the groups, as dicts.
    state: for each parameter a dict with what the optimizer remembers of it, as arrays and numbers,
        from its first step on.
    """

    newer_options: frozenset[str] = frozenset()  # that a saved state may lack: those that PyTorch does not have

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any] | None = None) -> None:
        if isinstance(params, Tensor):
            raise TypeError("params must be an iterable of Tensors, got one Tensor; put it in a list")
        if isinstance(params, dict):
            raise TypeError("params must be an iterable of Tensors or of dicts, got one dict; put it in a list")
        self.defaults = defaults or {}
        self.params: list[Tensor] = []
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Tensor, dict[str, Any]] = {}
        self._scratch: dict[Any, np.ndarray] = {}
        given = list(params)
        if not given:
            raise ValueError(
                "params is empty: there is nothing to optimize (is every layer an attribute of the model?)"
            )
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters: {"params": Tensors, option: value, ...}, the other options being the defaults."""
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise TypeError(f"a parameter group must be a dict with the key 'params', got {param_group!r:.60}")
        params = param_group["params"]
        if isinstance(params, (set, frozenset)):
            raise TypeError("a parameter group must not be a set, whose order changes from run to run, so that "
                            "load_state_dict would mix up states; use a list")  # fmt: skip
        group = {**self.defaults, **param_group, "params": [params] if isinstance(params, Tensor) else list(params)}
        unknown = set(group) - set(self.defaults) - {"params", "initial_lr"}  # the latter for a scheduler that resumes
        if self.defaults and unknown:
            raise ValueError(f"a parameter group has no option {', '.join(sorted(unknown))}; {type(self).__name__} "
                             f"has {', '.join(self.defaults)}")  # fmt: skip
        for i, param in enumerate(group["params"]):
            if not isinstance(param, Tensor):
                raise TypeError(f"params must hold Tensors, got {type(param).__name__} at position {i}")
            if param.grad_fn is not None:
                raise ValueError(
                    f"params must hold leaves, got the result of {param.grad_fn.function_name} at position {i}"
                )
        everything = self.params + group["params"]
        if len(set(everything)) != len(everything):
            raise ValueError("params holds a Tensor twice: each step would change it twice")
        self.check_options(group)
        self.params += group["params"]
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or, with set_to_none=False, set them to 0, in their memory)."""
        for param in self.params:
            if set_to_none:
                param.grad = None
            else:
                zero_gradient(param)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters by their gradients; those without a gradient are left alone.

        closure: computes the loss and the gradients first (`zero_grad`, forward, `backward`); its
            loss is returned."""
        if type(self).update is Optimizer.update:
            raise NotImplementedError(f"{type(self).__name__} needs a method step(self)")
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        # On arrays, so nothing is recorded.
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    self.update(param._data, param.grad._data, self._state_of(param, group), group)
                    param.mark_changed()
        return loss

    def _state_of(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        """The state of `param`, new before its first step; in its dtype, which `model.double()` may have changed."""
        state = self.state.get(param)
        if state is None:
            state = self.state[param] = self.new_state(param, group)
        for name, value in state.items():
            if isinstance(value, np.ndarray) and value.dtype != param.dtype:
                state[name] = value.astype(param.dtype)
        return state

    # ------------------------------------------------------------- what subclasses define

    def check_options(self, group: dict[str, Any]) -> None:
        """Raise ValueError for options that make no sense."""

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        """What is remembered of `param`, in `group`, before its first step."""
        return {}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change `weight` in place, and its `state`."""

    # ----------------------------------------------------------------- tools for `update`

    def full_gradient(self, w: np.ndarray, g: np.ndarray, group: dict[str, Any]) -> np.ndarray:
        """The gradient to descend by: g, turned round for maximize, plus weight_decay * w. It may lie
        in the scratch memory "grad"."""
        if group["maximize"]:
            g = np.negative(g, out=self.scratch(w, "grad"))
        if group["weight_decay"]:
            decay = np.multiply(w, group["weight_decay"], out=self.scratch(w))
            g = np.add(g, decay, out=self.scratch(w, "grad"))
        return g

    def decayed(self, weight: np.ndarray, group: dict[str, Any]) -> dict[str, Any]:
        """With decoupled_weight_decay: shrink `weight` by lr * weight_decay, and the options without the decay that
        has then been done."""
        if not group["decoupled_weight_decay"] or not group["weight_decay"]:
            return group
        weight *= 1 - group["lr"] * group["weight_decay"]
        return {**group, "weight_decay": 0.0}

    def blocks(self, *arrays: np.ndarray) -> Sequence[tuple[np.ndarray, ...]]:
        """The arrays, all of one shape; large ones in pieces that fit into the cache, as views."""
        size = arrays[0].size
        if size <= BLOCK or not all(a.flags.c_contiguous for a in arrays):
            return (arrays,)
        flat = [a.reshape(-1) for a in arrays]
        return [tuple([a[start : start + BLOCK] for a in flat]) for start in range(0, size, BLOCK)]

    def each(self, step: Callable[[tuple[np.ndarray, ...]], None], blocks: Sequence[tuple[np.ndarray, ...]]) -> None:
        """`step(arrays)` for all of `blocks`, on several threads where that pays."""
        if len(blocks) < WORTH_THREADS:
            for arrays in blocks:
                step(arrays)
        else:
            parallel_for(step, blocks)

    def scratch(self, like: np.ndarray, purpose: str = "") -> np.ndarray:
        """Work memory in the shape and dtype of `like`, the same one every time in the same thread."""
        key = (threading.get_ident(), like.shape, like.dtype, purpose)
        if key not in self._scratch:
            self._scratch[key] = np.empty(like.shape, like.dtype)
        return self._scratch[key]

    def __repr__(self) -> str:
        """The options of each group, as PyTorch prints them."""
        lines = []
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
            lines.append("")
        return "\n".join([f"{type(self).__name__} (", *lines[:-1], ")"])

    # ------------------------------------------------------------------- saving, loading

    def state_dict(self) -> dict[str, Any]:
        """{"state": {number of the parameter: its state}, "param_groups": groups with such numbers}:
        copies, enough to go on later as if nothing had happened."""
        number = {param: i for i, param in enumerate(self.params)}
        state = {number[param]: copy.deepcopy(values) for param, values in self.state.items()}
        groups = [{**group, "params": [number[param] for param in group["params"]]} for group in self.param_groups]
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` of an optimizer with the same parameters returned.
        ValueError if they differ in number or shape; nothing has been changed then."""
        groups, state = state_dict["param_groups"], state_dict["state"]
        sizes, own_sizes = [len(g["params"]) for g in groups], [len(g["params"]) for g in self.param_groups]
        if sizes != own_sizes:
            raise ValueError(f"load_state_dict: expected groups of {own_sizes} parameters, got groups of {sizes}")
        numbers = [number for group in groups for number in group["params"]]
        for i, new in enumerate(groups):
            missing = set(self.defaults) - set(new) - self.newer_options
            if missing:
                raise ValueError(f"load_state_dict: group {i} lacks {', '.join(sorted(missing))}: not a state of "
                                 f"{type(self).__name__}")  # fmt: skip
        options = [{**own, **new} for own, new in zip(self.param_groups, groups) for _ in new["params"]]
        loaded = {
            param: self._fitting_state(number, param, state[number], group)
            for number, param, group in zip(numbers, self.params, options)
            if state.get(number)
        }
        self.state = loaded
        for group, new in zip(self.param_groups, groups):
            group.update({name: value for name, value in new.items() if name != "params"})

    def _fitting_state(self, number: int, param: Tensor, values: dict[str, Any], group: dict[str, Any]) -> dict:
        """A copy of `values` as the state of `param`, in its dtype; ValueError if it does not fit."""
        expected = self.new_state(param, group)
        if expected.keys() != values.keys():
            raise ValueError(f"load_state_dict: parameter {number} needs {list(expected)}, got {list(values)}")
        fitting = {}
        for name, value in values.items():
            # None: an array from the first step on
            is_array = isinstance(expected[name], np.ndarray) or (expected[name] is None and value is not None)
            shape = param.shape if is_array else ()
            if np.shape(value) != shape:
                raise ValueError(
                    f"load_state_dict: {name} of parameter {number} must have shape {shape}, got {np.shape(value)}"
                )
            if is_array:
                fitting[name] = np.array(value, param.dtype)
            elif isinstance(value, Tensor):  # PyTorch counts steps in a tensor
                fitting[name] = type(expected[name])(value.item())
            else:
                fitting[name] = copy.deepcopy(value)
        return fitting


def require_choices(optimizer: str, choices: dict[str, Any]) -> None:
    """TypeError for a keyword that no optimizer has. `foreach`, `fused` and `capturable` only choose among PyTorch's
    implementations, of which there is one here; `differentiable=True` would have to record the step."""
    unknown = set(choices) - {"foreach", "fused", "capturable", "differentiable"}
    if unknown:
        raise TypeError(f"{optimizer}() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    if choices.get("differentiable"):
        raise NotImplementedError(f"{optimizer}: differentiable=True is not supported, a step is not recorded")


def require_not_negative(group: dict[str, Any], *names: str) -> None:
    """ValueError if one of the options is below 0."""
    for name in names:
        if group[name] < 0:
            raise ValueError(f"{name} must not be negative, got {group[name]}")


def require_betas(group: dict[str, Any]) -> None:
    """ValueError unless the option betas is two numbers in [0, 1)."""
    betas = group["betas"]
    if not isinstance(betas, (tuple, list)) or len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"betas must be two numbers of at least 0 and below 1, got {betas}")

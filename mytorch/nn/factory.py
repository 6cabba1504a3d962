"""What is done for every layer that has weights: PyTorch's arguments `device` and `dtype`, and `reset_parameters`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from mytorch.compat.devices import check_device

__all__ = ["placed"]

F = TypeVar("F", bound=Callable[..., None])


def placed(init: F) -> F:
    """Lets the `__init__` of a layer take `device`, which must be the CPU, and `dtype`, that of the weights; and notes
    for `reset_parameters` what the layer is made with."""

    signature = inspect.signature(init)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    count = sum(parameter.kind in kinds for parameter in signature.parameters.values()) - 1  # without self

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if len(args) > count:  # by position they come last
            kwargs.update(zip(("device", "dtype"), args[count : count + 2]))
            args = (*args[:count], *args[count + 2 :])
        check_device(kwargs.pop("device", None))
        dtype = kwargs.pop("dtype", None)
        outermost = "_made_with" not in self.__dict__  # not one that such an `__init__` calls
        if outermost:
            object.__setattr__(self, "_made_with", (args, kwargs))
        init(self, *args, **kwargs)
        if dtype is not None:
            self.to(dtype)
        reset = getattr(type(self), "reset_parameters", None)
        if outermost and reset is not None and not reset.__module__.startswith("mytorch."):
            self.reset_parameters()  # of a user's subclass: PyTorch's layers call it, too

    extra = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("device", "dtype")]
    __init__.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *extra]
    )
    return __init__  # type: ignore[return-value]

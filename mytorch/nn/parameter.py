"""class Parameter: the mark of a trainable weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.tensor import Tensor

__all__ = ["Parameter"]


class _ParameterType(type):
    """Of Parameter: every Tensor with is_parameter=True is one."""

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, Tensor) and thing.is_parameter


class Parameter(Tensor, metaclass=_ParameterType):
    """`Parameter(data)`: a trainable weight, a leaf Tensor with is_parameter=True, which a module that it is
    assigned to lists among its parameters. `requires_grad=False` freezes it."""

    __slots__ = ()

    def __new__(cls, data: Any, requires_grad: bool = True) -> Tensor:  # type: ignore[misc]
        if not isinstance(requires_grad, (bool, np.bool_)):
            raise TypeError(f"Parameter: requires_grad must be True or False, got {requires_grad!r}")
        parameter = Tensor(data, requires_grad=True, is_parameter=True)
        parameter.requires_grad = bool(requires_grad)
        return parameter  # a plain Tensor (handout 002, A.2)

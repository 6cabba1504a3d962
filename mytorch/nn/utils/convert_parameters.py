"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from mytorch.ops.shapes.join import cat
from mytorch.tensor import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after another, as a 1-d Tensor. Recorded."""
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy the elements of `vec` into the parameters, in the order of `parameters_to_vector`."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: vec must be a Tensor, got {type(vec).__name__}")
    parameters = list(parameters)
    count = sum(parameter.numel() for parameter in parameters)
    if vec.shape != (count,):
        raise ValueError(f"vector_to_parameters: vec must have shape ({count},), got {vec.shape}")
    start = 0
    for parameter in parameters:
        parameter.data[...] = vec.data[start : start + parameter.numel()].reshape(parameter.shape)
        parameter.mark_changed()
        start += parameter.numel()

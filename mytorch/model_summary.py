"""summary: what a model consists of, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.grad_mode import no_grad
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["summary"]


def summary(model: Module, input_shape: Sequence[int], dtype: Any = None) -> str:
    """A table of the model's layers in the order in which they run: name, output shape, parameters.

    input_shape: of the input, with the batch axis: (1, 3, 32, 32).  dtype: of the input; by default
    that of the first parameter. The model runs once on zeros, in evaluation mode and without
    recording, and is left as it was. A layer that runs twice has two rows; its parameters count once.

    Returns the text: `print(mytorch.summary(model, (1, 784)))`.
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: model must be a Module, got {type(model).__name__}")
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters()), get_default_dtype())
    rows: list[tuple[str, str, str]] = []
    counted: set[Tensor] = set()
    modes = {module: module.training for module in model.modules()}
    handles = []

    def note(name: str, depth: int) -> Any:
        def hook(module: Module, args: tuple, output: Any) -> None:
            new = [p for p in module.parameters(recurse=False) if p not in counted]
            counted.update(new)
            label = "  " * depth + (f"{name}: " if name else "") + type(module).__name__
            rows[places.pop()] = (label, _shape_of(output), f"{sum(p.numel() for p in new):,}")

        return hook

    places: list[int] = []  # rows of the modules that are running, so that a parent comes before its children

    def reserve(module: Module, args: tuple) -> None:
        places.append(len(rows))
        rows.append(("", "", ""))

    try:
        for name, module in model.named_modules():
            handles.append(module.register_forward_pre_hook(reserve))
            depth = name.count(".") + 1 if name else 0
            handles.append(module.register_forward_hook(note(name.rpartition(".")[2], depth)))
        with no_grad():
            model.eval()(Tensor(np.zeros(tuple(input_shape), dtype)))
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes.items():
            module.training = mode
    return _table(rows, model)


def _shape_of(output: Any) -> str:
    if isinstance(output, (tuple, list)):
        return ", ".join(_shape_of(part) for part in output)
    return str(output.shape) if isinstance(output, Tensor) else type(output).__name__


def _table(rows: list[tuple[str, str, str]], model: Module) -> str:
    parameters = list(model.parameters())
    total = sum(p.numel() for p in parameters)
    trained = sum(p.numel() for p in parameters if p.requires_grad)
    heads = ("Layer", "Output shape", "Parameters")
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(3)]
    lines = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c:>{widths[2]}}" for a, b, c in (heads, *rows)]
    rule = "-" * len(lines[0])
    size = sum(p.data.nbytes for p in parameters)
    return "\n".join(
        [lines[0], rule, *lines[1:], rule, f"{total:,} parameters ({size:,} bytes), of which {trained:,} are trained"]
    )

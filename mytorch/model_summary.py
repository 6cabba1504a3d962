"""summary: what a model consists of, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.grad_mode import no_grad
from mytorch.engine.observers import Observer, observing
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Row", "Summary", "summary"]

TIMES = "\N{MULTIPLICATION SIGN}"
_HEADS = ("Layer", "Output shape", "Parameters", "Multiplications", "Activations")


@dataclass
class Row:
    """One call of a module, without what its parts did: those are `parts`.

    parameters: numbers that no row before has counted. multiplications: of matrix products, convolutions and
    recurrent steps. activations: bytes of the results of its operations. count: how many equal ones it stands for.
    """

    name: str
    type: str
    output_shape: str = ""
    parameters: int = 0
    multiplications: int = 0
    activations: int = 0
    count: int = 1
    parts: list[Row] = field(default_factory=list)

    @property
    def kind(self) -> tuple:
        """What is equal in rows that repeat each other."""
        own = (self.type, self.output_shape, self.parameters, self.multiplications, self.activations, self.count)
        return (*own, tuple([part.kind for part in self.parts]))


class Summary(str):
    """The table: text, also in a notebook. rows: the tree of `Row`s; parameters, trained, multiplications and
    activations: the sums."""

    __slots__ = ("activations", "multiplications", "parameters", "rows", "trained")

    rows: list[Row]
    parameters: int
    trained: int
    multiplications: int
    activations: int

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self)}</pre>"


def summary(
    model: Module, input_shape: Sequence[int], dtype: Any = None, *, depth: int | None = None, fold: bool = True
) -> Summary:
    """A table of the model's layers in the order in which they run: name, output shape, parameters,
    multiplications, and bytes of activations.

    input_shape: of the input, with the batch axis: (1, 3, 32, 32).  dtype: of the input; by default
    that of the first parameter. The model runs once on zeros, in evaluation mode and without
    recording, and is left as it was. A layer that runs twice has two rows; its parameters count once.
    depth: how many levels of modules are shown; what is deeper counts for the module that holds it.
    fold: show three equal neighbours or more as one row, with how many there are.

    Returns a str that also has the numbers: `mytorch.summary(model, (1, 784)).parameters`.
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: model must be a Module, got {type(model).__name__}")
    if depth is not None and (not isinstance(depth, int) or isinstance(depth, bool) or depth < 0):
        raise ValueError(f"summary: depth must be a whole number from 0, or None, got {depth!r}")
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters()), get_default_dtype())
    counter = _Counter(model)
    modes = {module: module.training for module in model.modules()}
    try:
        counter.attach()
        with no_grad(), observing(counter):
            model.eval()(Tensor(np.zeros(tuple(input_shape), dtype)))
    finally:
        counter.detach()
        for module, mode in modes.items():
            module.training = mode
    return _summary(counter.rows, model, depth, fold)


class _Counter(Observer):
    """rows: the tree of what has run. Notes every call of a module, and what its operations cost."""

    def __init__(self, model: Module) -> None:
        self.model = model
        self.rows: list[Row] = []
        self._open: list[Row] = []  # the modules that are running
        self._counted: set[Tensor] = set()
        self._handles: list[Any] = []

    def attach(self) -> None:
        for name, module in self.model.named_modules():
            self._handles.append(module.register_forward_pre_hook(self._enters(name.rpartition(".")[2])))
            self._handles.append(module.register_forward_hook(self._leaves))

    def detach(self) -> None:
        for handle in self._handles:
            handle.remove()

    def _enters(self, name: str) -> Any:
        def hook(module: Module, args: tuple) -> None:
            row = Row(name, type(module).__name__)
            (self._open[-1].parts if self._open else self.rows).append(row)
            self._open.append(row)

        return hook

    def _leaves(self, module: Module, args: tuple, output: Any) -> None:
        row = self._open.pop()
        new = [p for p in module.parameters(recurse=False) if p not in self._counted]
        self._counted.update(new)
        row.output_shape, row.parameters = _shape_of(output), sum(p.numel() for p in new)

    def after_forward(self, node: Any, inputs: tuple, output: Any) -> None:
        if not self._open or output is None:
            return
        outputs = [out for out in (output if type(output) is tuple else (output,)) if isinstance(out, Tensor)]
        arrays = [value._data for value in inputs if isinstance(value, Tensor)]
        new = [out._data for out in outputs if not any(np.may_share_memory(out._data, array) for array in arrays)]
        self._open[-1].activations += sum(array.nbytes for array in new)
        self._open[-1].multiplications += _multiplications(node.function_name, arrays, inputs, outputs)


def _multiplications(function: str, arrays: list[np.ndarray], inputs: tuple, outputs: list[Tensor]) -> int:
    if function == "MatMul":
        return outputs[0]._data.size * arrays[0].shape[-1]
    if function == "Affine":  # (..., in), (out, in)
        return outputs[0]._data.size * arrays[1].shape[1]
    if function == "Conv":  # (O, C/groups, kH, kW): a product per number of the kernel for each number that comes out
        return outputs[0]._data.size * int(np.prod(arrays[1].shape[1:]))
    if function == "ConvInputGrad":  # the transposed convolution: the same from the other side
        return arrays[0].size * int(np.prod(arrays[1].shape[1:]))
    if function in ("RNNSteps", "LSTMSteps", "GRUSteps"):  # (T, N, gates * H), and a (gates * H, H) in each step
        weight = next(array for array in arrays[1:] if array.ndim == 2)
        return arrays[0].size * weight.shape[1]
    if function == "Einsum":
        return _of_einsum(inputs[1], arrays)
    return 0


def _of_einsum(subscripts: str, arrays: list[np.ndarray]) -> int:
    """Of the plain loop over all letters, with one product less than there are operands."""
    terms = subscripts.replace(" ", "").split("->")[0].split(",")
    sizes = {letter: n for term, array in zip(terms, arrays) for letter, n in zip(term.replace(".", ""), array.shape)}
    return int(np.prod(list(sizes.values()))) * max(len(arrays) - 1, 0)


def _shape_of(output: Any) -> str:
    if isinstance(output, (tuple, list)):
        return ", ".join(_shape_of(part) for part in output)
    return str(output.shape) if isinstance(output, Tensor) else type(output).__name__


# ----------------------------------------------------------------------------------- the table


def _summary(rows: list[Row], model: Module, depth: int | None, fold: bool) -> Summary:
    total_multiplications = sum(map(_all_multiplications, rows))
    total_activations = sum(map(_all_activations, rows))
    shown = _folded(_cut(rows, depth), fold)
    parameters = list(model.parameters())
    total = sum(p.numel() for p in parameters)
    trained = sum(p.numel() for p in parameters if p.requires_grad)
    size = sum(p.data.nbytes for p in parameters)
    lines = _table(_lines(shown, 0))
    lines.append(f"{total:,} parameters ({size:,} bytes), of which {trained:,} are trained")
    lines.append(f"{total_multiplications:,} multiplications, {total_activations:,} bytes of activations")
    text = Summary("\n".join(lines))
    text.rows, text.parameters, text.trained = shown, total, trained
    text.multiplications, text.activations = total_multiplications, total_activations
    return text


def _all_multiplications(row: Row) -> int:
    return row.multiplications + sum(map(_all_multiplications, row.parts))


def _all_activations(row: Row) -> int:
    return row.activations + sum(map(_all_activations, row.parts))


def _all_parameters(row: Row) -> int:
    return row.parameters + sum(map(_all_parameters, row.parts))


def _cut(rows: list[Row], depth: int | None) -> list[Row]:
    """The tree down to `depth`; what is deeper is added to the row that held it."""
    if depth is None:
        return rows
    cut = []
    for row in rows:
        whole = (_all_parameters(row), _all_multiplications(row), _all_activations(row))
        own = whole if depth == 0 else (row.parameters, row.multiplications, row.activations)
        parts = [] if depth == 0 else _cut(row.parts, depth - 1)
        cut.append(Row(row.name, row.type, row.output_shape, *own, row.count, parts))
    return cut


def _folded(rows: list[Row], fold: bool) -> list[Row]:
    """Three equal rows or more in a line as one, with the numbers of one of them."""
    if not fold:
        return rows
    result: list[Row] = []
    i = 0
    while i < len(rows):
        end = i + 1
        while end < len(rows) and rows[end].kind == rows[i].kind:
            end += 1
        row = rows[i]
        parts = _folded(row.parts, fold)
        if end - i >= 3:
            name = f"{row.name} ... {rows[end - 1].name}"
            own = (row.output_shape, row.parameters, row.multiplications, row.activations)
            result.append(Row(name, row.type, *own, end - i, parts))
        else:
            result += [
                Row(
                    r.name,
                    r.type,
                    r.output_shape,
                    r.parameters,
                    r.multiplications,
                    r.activations,
                    r.count,
                    _folded(r.parts, fold),
                )
                for r in rows[i:end]
            ]
        i = end
    return result


def _lines(rows: list[Row], depth: int) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for row in rows:
        times = f" {TIMES}{row.count}, each" if row.count > 1 else ""
        label = "  " * depth + (f"{row.name}: " if row.name else "") + row.type + times
        lines.append(
            (label, row.output_shape, f"{row.parameters:,}", f"{row.multiplications:,}", f"{row.activations:,} B")
        )
        lines += _lines(row.parts, depth + 1)
    return lines


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in (_HEADS, *rows)) for i in range(len(_HEADS))]
    lines = []
    for row in (_HEADS, *rows):
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths)]
        lines.append("  ".join([*left, *[cell.rjust(width) for cell, width in zip(row[2:], widths[2:])]]))
    rule = "-" * len(lines[0])
    return [lines[0], rule, *lines[1:], rule]

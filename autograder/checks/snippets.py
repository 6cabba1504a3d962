"""Helpers to write snippets: arrays as text that can be pasted, and the imports that a snippet needs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "COUNT_STEPS",
    "IMPORTS",
    "Formula",
    "array",
    "leaf",
    "module_names",
    "parameter",
    "set_linear",
    "tensor",
    "waves",
    "with_imports",
]

# The file of each name, as the handouts have it. A snippet gets the lines of the names that it uses, in this
# order: mytorch.tensor first, as in the handout's sandbox, because the handout's modules import
# each other and some orders do not work.
IMPORTS = {
    "np": "import numpy as np",
    "Tensor": "from mytorch.tensor import Tensor",
    "ContextManager": "from mytorch.autograd_engine import ContextManager",
    "Function": "from mytorch.autograd_engine import Function",
    "autograd_engine": "import mytorch.autograd_engine as autograd_engine",
    "F": "import mytorch.nn.functional as F",
    "Module": "from mytorch.nn.module import Module",
    "Linear": "from mytorch.nn.linear import Linear",
    "Sequential": "from mytorch.nn.sequential import Sequential",
    "ReLU": "from mytorch.nn.activations import ReLU",
    "BatchNorm1d": "from mytorch.nn.batchnorm import BatchNorm1d",
    "CrossEntropyLoss": "from mytorch.nn.loss import CrossEntropyLoss",
    "Optimizer": "from mytorch.optim.optimizer import Optimizer",
    "SGD": "from mytorch.optim.sgd import SGD",
    # Homeworks 1b, 2 and 3, which handout 002 does not have:
    "Dropout": "from mytorch.nn.dropout import Dropout",
    "Conv1d": "from mytorch.nn.conv import Conv1d",
    "Conv2d": "from mytorch.nn.conv import Conv2d",
    "MaxPool1d": "from mytorch.nn.pooling import MaxPool1d",
    "MaxPool2d": "from mytorch.nn.pooling import MaxPool2d",
    "AvgPool1d": "from mytorch.nn.pooling import AvgPool1d",
    "AvgPool2d": "from mytorch.nn.pooling import AvgPool2d",
    "Flatten": "from mytorch.nn.flatten import Flatten",
    "Adam": "from mytorch.optim.adam import Adam",
    "RNNCell": "from mytorch.nn.rnn_cell import RNNCell",
    "Tanh": "from mytorch.nn.rnn_cell import Tanh",
}

_LONG = 37  # so that `name = Tensor(np.array(...), requires_grad=True)` fits into 80 columns


def with_imports(snippet: str, expressions: Iterable[str] = ()) -> str:
    """The snippet, able to run on its own, also when it is pasted into the interpreter, which needs
    an empty line after a block. expressions: what is evaluated afterwards, and may need more imports."""
    text = "\n".join([snippet, *expressions])
    # Not after a dot: `F.ReLU` is no reason to import class ReLU.
    lines = [line for name, line in IMPORTS.items() if re.search(rf"(?<![\w.]){name}\b", text)]
    return re.sub(r"(:\n(?: .*\n)+)(?=\S)", r"\1\n", "\n".join([*lines, snippet]))


def module_names() -> list[str]:
    """The mytorch modules that snippets import."""
    lines = [line for line in IMPORTS.values() if "mytorch" in line]
    return list(dict.fromkeys(line.split()[1] for line in lines))


class Formula(NamedTuple):
    """An array that would be long to write out: the expression that makes it, and its value."""

    text: str
    value: np.ndarray


def waves(*shape: int, start: int) -> Formula:
    """Numbers between -1 and 1 that are all different and have no symmetry: sin(start), sin(start + 1), ..."""
    size = math.prod(shape)
    value = np.sin(np.arange(start, start + size)).reshape(shape)
    return Formula(f"np.sin(np.arange({start}, {start + size})).reshape{shape}", value)


def array(value: Any) -> str:
    """The text of an array: `np.array([[1.0, 2.0]])`, on three lines when it is long."""
    if isinstance(value, Formula):
        return value.text
    value = np.asarray(value)
    dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype}"
    text = repr(value.tolist())
    if len(text) + len(dtype) > _LONG:
        text = f"[\n    {text[1:-1]}\n]"
    return f"np.array({text}{dtype})"


def tensor(name: str, value: Any) -> str:
    """The line that makes a Tensor without gradient."""
    return f"{name} = Tensor({array(value)})"


def leaf(name: str, value: Any) -> str:
    """The line that makes a Tensor that requires grad."""
    return f"{name} = Tensor({array(value)}, requires_grad=True)"


def parameter(name: str, value: Any) -> str:
    """The lines that make a Tensor for an optimizer."""
    return f"{name} = Tensor(\n    {array(value)},\n    requires_grad=True, is_parameter=True,\n)"


# Lines of mytorch that `run(n)`, defined before, goes through: as many for 60 rows as for 4, if there is no loop.
COUNT_STEPS = """
total = 0
def trace(frame, event, argument):
    global total
    total += "mytorch" in frame.f_code.co_filename[-40:]
    return trace
def steps(n):
    global total
    run(n)
    total = 0
    sys.settrace(trace)
    run(n)
    sys.settrace(None)
    return total
few, many = steps(4), steps(60)
"""


def set_linear(name: str, weight: np.ndarray, bias: np.ndarray) -> str:
    """The lines that make a Linear layer with these weights."""
    outs, ins = weight.shape
    return f"{name} = Linear({ins}, {outs})\n{name}.weight.data = {array(weight)}\n{name}.bias.data = {array(bias)}"

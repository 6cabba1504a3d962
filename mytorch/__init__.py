"""MyTorch: reverse-mode automatic differentiation on NumPy, small enough to read."""

import importlib
from typing import Any

from mytorch import autograd, autograd_engine, nn, optim, tensor, utils
from mytorch.autograd_engine import Function, enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from mytorch.dtypes import (
    bool_ as bool,
    double,
    float16,
    float32,
    float64,
    float_ as float,
    get_default_dtype,
    half,
    int8,
    int16,
    int32,
    int64,
    int_ as int,
    long,
    set_default_dtype,
    short,
    uint8,
)
from mytorch.ops.activation import log_softmax, relu, sigmoid, softmax, tanh
from mytorch.ops.elementwise import add, div, exp, log, mul, neg, pow, sqrt, sub
from mytorch.ops.linalg import matmul
from mytorch.ops.reduction import amax, argmax, max, mean, sum, var
from mytorch.ops.shape import cat, clone, flatten, permute, reshape, squeeze, stack, transpose, unsqueeze
from mytorch.random import manual_seed
from mytorch.tensor import Tensor
from mytorch.threads import get_num_threads, set_num_threads
from mytorch.version import __version__

# What `from mytorch import *` brings: not the names that would hide Python's own (sum, max, pow, bool, ...).
__all__ = [
    "Function",
    "Tensor",
    "autograd",
    "autograd_engine",
    "enable_grad",
    "get_num_threads",
    "is_grad_enabled",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "set_grad_enabled",
    "set_num_threads",
    "tensor",
    "utils",
]


def __getattr__(name: str) -> Any:
    """`mytorch.datasets` is imported when first used: it brings the network and progress bars along."""
    if name == "datasets":
        return importlib.import_module("mytorch.datasets")
    raise AttributeError(f"module 'mytorch' has no attribute {name!r}")

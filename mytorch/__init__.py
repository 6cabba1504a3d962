"""MyTorch: reverse-mode automatic differentiation on NumPy, small enough to read."""

import importlib
from typing import Any

from mytorch import autograd_engine, linalg, nn, optim, tensor
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
from mytorch.ops.activation import log_softmax, relu
from mytorch.ops.decompositions import det, inverse, matrix_power, slogdet
from mytorch.ops.diagonal import diag, diag_embed, diagonal, trace, tril, triu
from mytorch.ops.einsum import einsum, tensordot
from mytorch.ops.elementwise import add, div, exp, log, mul, neg, pow, sqrt, sub
from mytorch.ops.flip_roll import flip, fliplr, flipud, roll
from mytorch.ops.gather_scatter import (
    gather,
    index_add,
    index_select,
    scatter,
    scatter_add,
    take,
    take_along_dim,
)
from mytorch.ops.join_split import (
    cat,
    chunk,
    concat,
    concatenate,
    dstack,
    hstack,
    narrow,
    select,
    split,
    stack,
    unbind,
    vstack,
)
from mytorch.ops.linalg import bmm, dot, matmul, mm, mv, outer
from mytorch.ops.masked import argwhere, masked_fill, masked_select, nonzero
from mytorch.ops.reduction import amax, argmax, max, mean, sum, var
from mytorch.ops.repeat import repeat_interleave, tile
from mytorch.ops.shape import (
    broadcast_tensors,
    broadcast_to,
    clone,
    flatten,
    meshgrid,
    moveaxis,
    movedim,
    permute,
    ravel,
    reshape,
    squeeze,
    swapaxes,
    swapdims,
    t,
    transpose,
    unflatten,
    unsqueeze,
)
from mytorch.random import manual_seed
from mytorch.tensor import Tensor
from mytorch.version import __version__

# What `from mytorch import *` brings: not the names that would hide Python's own (sum, max, pow, bool, ...).
__all__ = [
    "Function",
    "Tensor",
    "autograd_engine",
    "enable_grad",
    "is_grad_enabled",
    "linalg",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "set_grad_enabled",
    "tensor",
]


def __getattr__(name: str) -> Any:
    """`mytorch.datasets` is imported when first used: it brings the network and progress bars along."""
    if name == "datasets":
        return importlib.import_module("mytorch.datasets")
    raise AttributeError(f"module 'mytorch' has no attribute {name!r}")

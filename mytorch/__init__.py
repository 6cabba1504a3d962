"""MyTorch: reverse-mode automatic differentiation on NumPy, small enough to read."""

import importlib
from math import inf, nan, pi
from typing import TYPE_CHECKING, Any

from mytorch import autograd_engine, tensor
from mytorch.autograd_engine import (
    Function,
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from mytorch.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
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
from mytorch.memory import keep_freed_memory
from mytorch.ops.activation import log_softmax, relu, sigmoid, softmax, tanh
from mytorch.ops.arithmetic import div, floor_divide, lerp, reciprocal, remainder, rsqrt, square
from mytorch.ops.comparison import (
    allclose,
    eq,
    equal,
    ge,
    gt,
    isclose,
    isfinite,
    isinf,
    isnan,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
)
from mytorch.ops.counting import all, any, count_nonzero
from mytorch.ops.cumulative import cumprod, cumsum, prod
from mytorch.ops.decompositions import det, inverse, matrix_power, slogdet
from mytorch.ops.diagonal import diag, diag_embed, diagonal, trace, tril, triu
from mytorch.ops.einsum import einsum, tensordot
from mytorch.ops.elementwise import add, exp, log, mul, neg, pow, sqrt, sub
from mytorch.ops.exponential import expm1, log1p, log2, log10, logaddexp, logit
from mytorch.ops.extrema import amax, amin, argmax, argmin, max, min
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
from mytorch.ops.norm import logsumexp, norm
from mytorch.ops.ordering import argsort, median, sort, topk
from mytorch.ops.reduction import mean, std, sum, var
from mytorch.ops.repeat import repeat_interleave, tile
from mytorch.ops.rounding import abs, ceil, floor, frac, round, sign, trunc
from mytorch.ops.select import clamp, clip, maximum, minimum, nan_to_num, where
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
from mytorch.ops.special import erf, erfc
from mytorch.ops.trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan
from mytorch.random import Generator, manual_seed
from mytorch.sampling import (
    bernoulli,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from mytorch.tensor import Tensor
from mytorch.threads import get_num_threads, set_num_threads
from mytorch.version import __version__

if TYPE_CHECKING:  # see __getattr__
    from mytorch import (
        autograd,
        data,
        datasets,
        linalg,
        nn,
        numeric_check,
        optim,
        profiler,
        training,
        utils,
    )
    from mytorch.model_summary import summary
    from mytorch.ops.recurrent_cells import gru_cell, lstm_cell, rnn_relu_cell, rnn_tanh_cell
    from mytorch.serialization import load, save

# What `from mytorch import *` brings: not the names that would hide Python's own (sum, max, pow, bool, ...).
__all__ = [
    "Function",
    "Generator",
    "Tensor",
    "autograd",
    "autograd_engine",
    "enable_grad",
    "get_num_threads",
    "inference_mode",
    "is_grad_enabled",
    "linalg",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "set_grad_enabled",
    "set_num_threads",
    "summary",
    "tensor",
    "utils",
]

keep_freed_memory()


# Parts that many programs do without are imported when first used, which makes `import mytorch` twice as quick.
_MODULES_ON_DEMAND = (
    "autograd", "data", "datasets", "linalg", "nn", "numeric_check", "optim", "profiler", "training", "utils",
)  # fmt: skip
_NAMES_ON_DEMAND = {
    "gru_cell": "ops.recurrent_cells",
    "load": "serialization",
    "lstm_cell": "ops.recurrent_cells",
    "rnn_relu_cell": "ops.recurrent_cells",
    "rnn_tanh_cell": "ops.recurrent_cells",
    "save": "serialization",
    "summary": "model_summary",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES_ON_DEMAND:
        return importlib.import_module(f"mytorch.{name}")
    if name in _NAMES_ON_DEMAND:
        value = getattr(importlib.import_module(f"mytorch.{_NAMES_ON_DEMAND[name]}"), name)
        globals()[name] = value  # found directly from now on
        return value
    raise AttributeError(f"module 'mytorch' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES_ON_DEMAND, *_NAMES_ON_DEMAND})

"""MyTorch: reverse-mode automatic differentiation on NumPy, small enough to read."""

import importlib
from math import inf, nan, pi
from typing import Any

from mytorch import autograd_engine, tensor
from mytorch.compat.devices import device
from mytorch.compat.left_out import LEFT_OUT, find_left_out_modules, lacking
from mytorch.compat.of_arrays import argmax, argmin, max, min
from mytorch.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    is_floating_point,
    is_tensor,
    linspace,
    logspace,
    numel,
    ones,
    ones_like,
    scalar_tensor,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from mytorch.dtypes import (
    bool_ as bool,
    can_cast,
    double,
    finfo,
    float16,
    float32,
    float64,
    float_ as float,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    int_ as int,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
)
from mytorch.engine.function import Function
from mytorch.engine.grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from mytorch.ops.activations.rectifiers import relu
from mytorch.ops.activations.sigmoids import sigmoid, tanh
from mytorch.ops.activations.softmax import log_softmax, softmax
from mytorch.ops.elementwise.aliases import (
    absolute,
    addcdiv,
    addcmul,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    clamp_max,
    clamp_min,
    divide,
    fix,
    greater,
    greater_equal,
    less,
    less_equal,
    multiply,
    negative,
    not_equal,
    positive,
    rsub,
    subtract,
    true_divide,
)
from mytorch.ops.elementwise.arithmetic import add, lerp, mul, neg, sub
from mytorch.ops.elementwise.bits import (
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
)
from mytorch.ops.elementwise.choice import clamp, clip, maximum, minimum, nan_to_num, where
from mytorch.ops.elementwise.comparison import (
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
from mytorch.ops.elementwise.division import div, floor_divide, reciprocal, remainder
from mytorch.ops.elementwise.error_function import erf, erfc
from mytorch.ops.elementwise.exponential import exp, expm1, log, log1p, log2, log10, logaddexp, logit
from mytorch.ops.elementwise.pairs import (
    copysign,
    float_power,
    fmax,
    fmin,
    fmod,
    gcd,
    heaviside,
    hypot,
    lcm,
    ldexp,
    logaddexp2,
    nextafter,
    xlogy,
)
from mytorch.ops.elementwise.powers import pow, rsqrt, sqrt, square
from mytorch.ops.elementwise.rounding import abs, ceil, floor, frac, round, sign, trunc
from mytorch.ops.elementwise.special import (
    deg2rad,
    erfinv,
    exp2,
    isneginf,
    isposinf,
    isreal,
    rad2deg,
    sgn,
    signbit,
    sinc,
)
from mytorch.ops.elementwise.trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan
from mytorch.ops.indexing.gather_scatter import (
    gather,
    index_add,
    index_select,
    scatter,
    scatter_add,
    take,
    take_along_dim,
)
from mytorch.ops.indexing.masks import argwhere, masked_fill, masked_select, nonzero
from mytorch.ops.indexing.put import (
    index_copy,
    index_fill,
    index_put,
    index_reduce,
    masked_scatter,
    put,
    scatter_reduce,
)
from mytorch.ops.matrices.decompositions import det, inverse, matrix_power, slogdet
from mytorch.ops.matrices.diagonal import diag, diag_embed, diagonal, trace, tril, triu
from mytorch.ops.matrices.einsum import einsum, tensordot
from mytorch.ops.matrices.products import bmm, dot, matmul, mm, mv, outer
from mytorch.ops.matrices.qr_eigh import pinv as pinverse, qr
from mytorch.ops.matrices.sums_of_products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    cdist,
    chain_matmul,
    cross,
    inner,
    kron,
    vdot,
)
from mytorch.ops.reductions.counting import all, any, count_nonzero
from mytorch.ops.reductions.cumulative import cumprod, cumsum, prod
from mytorch.ops.reductions.extrema import amax, amin, aminmax
from mytorch.ops.reductions.norms import logsumexp, norm
from mytorch.ops.reductions.ordering import argsort, median, sort, topk
from mytorch.ops.reductions.quantiles import kthvalue, mode, msort, nanquantile, quantile
from mytorch.ops.reductions.running_extrema import cummax, cummin, logcumsumexp
from mytorch.ops.reductions.sets import bincount, bucketize, histc, isin, searchsorted, unique, unique_consecutive
from mytorch.ops.reductions.sums import mean, std, std_mean, sum, var, var_mean
from mytorch.ops.reductions.without_nan import nanmean, nanmedian, nansum
from mytorch.ops.shapes.expand import broadcast_tensors, broadcast_to, meshgrid
from mytorch.ops.shapes.flip_roll import flip, fliplr, flipud, roll
from mytorch.ops.shapes.join import cat, concat, concatenate, dstack, hstack, stack, vstack
from mytorch.ops.shapes.parts import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    diff,
    dsplit,
    hsplit,
    rot90,
    tensor_split,
    vsplit,
)
from mytorch.ops.shapes.repeat import repeat_interleave, tile
from mytorch.ops.shapes.reshape import clone, flatten, ravel, reshape, squeeze, unflatten, unsqueeze
from mytorch.ops.shapes.split import chunk, narrow, select, split, unbind
from mytorch.ops.shapes.transpose import moveaxis, movedim, permute, swapaxes, swapdims, t, transpose
from mytorch.random import Generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from mytorch.runtime.allocator import keep_freed_memory
from mytorch.runtime.threads import get_num_threads, set_num_threads
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
from mytorch.version import __version__

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
find_left_out_modules()


# Parts that many programs do without are imported when first used, which makes `import mytorch` twice as quick.
_MODULES_ON_DEMAND = (
    "accelerator", "amp", "autograd", "backends", "cuda", "data", "datasets", "diagnosis", "distributed",
    "distributions", "func", "functional", "insight", "linalg", "nn", "numeric_check", "onnx", "optim", "port",
    "profiler", "serialization", "special", "testing", "training", "types", "utils", "version",
)  # fmt: skip
_NAMES_ON_DEMAND = {"doctor": "diagnosis.doctor", "draw_graph": "insight.draw", "explain": "insight.explain"}


def __getattr__(name: str) -> Any:  # checkers of types read __init__.pyi
    if name in _MODULES_ON_DEMAND:
        return importlib.import_module(f"mytorch.{name}")
    if name in _NAMES_ON_DEMAND:
        globals()[name] = getattr(importlib.import_module(f"mytorch.{_NAMES_ON_DEMAND[name]}"), name)
        return globals()[name]  # found directly from now on
    if not name.startswith("__") or name == "__config__":  # others are Python's, such as __path__
        further = importlib.import_module("mytorch.compat.further")
        if name in further.__all__:
            globals()[name] = getattr(further, name)
            return globals()[name]
    return lacking("mytorch", name)


def __dir__() -> list[str]:
    further = importlib.import_module("mytorch.compat.further")
    return sorted({*globals(), *_MODULES_ON_DEMAND, *_NAMES_ON_DEMAND, *further.__all__})

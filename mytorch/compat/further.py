"""Further names of PyTorch's top level: layers as functions, and what few programs use; `mytorch` finds them here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.amp import GradScaler, autocast
from mytorch.autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from mytorch.compat.config import __config__, show_config
from mytorch.compat.devices import check_placement
from mytorch.compat.legacy import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)
from mytorch.compat.queries import (
    Size,
    are_deterministic_algorithms_enabled,
    channels_last,
    contiguous_format,
    dtype,
    get_default_device,
    get_float32_matmul_precision,
    get_num_interop_threads,
    is_complex,
    is_floating_point,
    is_nonzero,
    is_same_size,
    is_signed,
    is_tensor,
    layout,
    memory_format,
    numel,
    preserve_format,
    set_default_device,
    set_default_tensor_type,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_num_interop_threads,
    set_warn_always,
    strided,
    typename,
    use_deterministic_algorithms,
)
from mytorch.compat.rare import (
    OutOfMemoryError,
    adjoint,
    conj,
    frexp,
    from_dlpack,
    get_autocast_dtype,
    histogram,
    is_autocast_enabled,
    narrow_copy,
    unsafe_chunk,
    unsafe_split,
)
from mytorch.compat.window_functions import (
    bartlett_window,
    blackman_window,
    hamming_window,
    hann_window,
    kaiser_window,
)
from mytorch.creation import as_tensor, dtype_or_default, leaf
from mytorch.dtypes import as_dtype, bfloat16, result_dtype
from mytorch.engine.grad_mode import grad_mode
from mytorch.func import vmap
from mytorch.methods.in_place import InPlaceMethods
from mytorch.methods.printing import set_printoptions
from mytorch.model_summary import summary
from mytorch.nn.functional import (
    adaptive_avg_pool1d,
    adaptive_max_pool1d,
    affine_grid,
    alpha_dropout,
    avg_pool1d,
    batch_norm,
    bilinear,
    binary_cross_entropy_with_logits,
    celu,
    celu_,
    channel_shuffle,
    conv1d,
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    cosine_embedding_loss,
    cosine_similarity,
    ctc_loss,
    dropout,
    embedding,
    embedding_bag,
    feature_alpha_dropout,
    grid_sample as grid_sampler,
    group_norm,
    hardshrink,
    hinge_embedding_loss,
    instance_norm,
    kl_div,
    layer_norm,
    margin_ranking_loss,
    max_pool1d,
    max_pool2d,
    pairwise_distance,
    pdist,
    pixel_shuffle,
    pixel_unshuffle,
    poisson_nll_loss,
    prelu,
    relu_,
    rms_norm,
    rrelu,
    rrelu_,
    selu,
    selu_,
    threshold,
    threshold_,
    triplet_margin_loss,
)
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.elementwise.gamma_functions import digamma, lgamma, mvlgamma, polygamma
from mytorch.ops.matrices.decompositions import cholesky
from mytorch.ops.matrices.further import (
    block_diag,
    cholesky_inverse,
    cholesky_solve,
    corrcoef,
    cov,
    diagflat,
    dist,
    logdet,
    matrix_exp,
    renorm,
    svd,
    vander,
)
from mytorch.ops.matrices.products import outer as ger
from mytorch.ops.matrices.qr_eigh import matrix_rank
from mytorch.ops.reductions.integrals import cumulative_trapezoid, gradient, trapezoid, trapz
from mytorch.ops.sequences.recurrent_cells import gru_cell, lstm_cell, rnn_relu_cell, rnn_tanh_cell
from mytorch.ops.shapes.arranging import (
    cartesian_prod,
    column_stack,
    combinations,
    diagonal_scatter,
    row_stack,
    select_scatter,
    slice_scatter,
    split_with_sizes,
    unravel_index,
)
from mytorch.random import _default as default_generator, numpy_generator
from mytorch.serialization import load, save
from mytorch.tensor import Tensor

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "GradScaler", "HalfTensor",
    "IntTensor", "LongTensor", "OutOfMemoryError", "ShortTensor", "Size", "UntypedStorage", "__config__",
    "adaptive_avg_pool1d", "adaptive_max_pool1d", "adjoint", "affine_grid", "alpha_dropout",
    "are_deterministic_algorithms_enabled", "asarray", "autocast", "avg_pool1d", "bartlett_window", "batch_norm",
    "bfloat16", "bilinear", "binary_cross_entropy_with_logits", "binomial", "blackman_window", "block_diag",
    "broadcast_shapes", "cartesian_prod", "celu", "celu_", "channel_shuffle", "channels_last", "cholesky",
    "cholesky_inverse", "cholesky_solve", "column_stack", "combinations", "conj", "contiguous_format", "conv1d",
    "conv2d", "conv_transpose1d", "conv_transpose2d", "corrcoef", "cosine_embedding_loss", "cosine_similarity",
    "cov", "ctc_loss", "cumulative_trapezoid", "default_generator", "detach", "diagflat", "diagonal_scatter",
    "digamma", "dist", "dropout", "dtype", "e", "embedding", "embedding_bag", "feature_alpha_dropout", "fill",
    "frexp", "from_dlpack", "frombuffer", "ger", "get_autocast_dtype", "get_default_device", "get_device",
    "get_float32_matmul_precision", "get_num_interop_threads", "gradient", "grid_sampler", "group_norm",
    "gru_cell", "hamming_window", "hann_window", "hardshrink", "hinge_embedding_loss", "histogram",
    "instance_norm", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "is_autocast_enabled", "is_complex",
    "is_floating_point", "is_inference", "is_inference_mode_enabled", "is_nonzero", "is_same_size", "is_signed",
    "is_tensor", "kaiser_window", "kl_div", "layer_norm", "layout", "lgamma", "load", "logdet", "lstm_cell",
    "margin_ranking_loss", "matrix_exp", "matrix_rank", "max_pool1d", "max_pool2d", "memory_format", "mvlgamma",
    "narrow_copy", "newaxis", "numel", "pairwise_distance", "pdist", "pixel_shuffle", "pixel_unshuffle", "poisson",
    "poisson_nll_loss", "polygamma", "prelu", "preserve_format", "range", "real", "relu_", "renorm", "result_type",
    "rms_norm", "rnn_relu_cell", "rnn_tanh_cell", "row_stack", "rrelu", "rrelu_", "save", "select_scatter", "selu",
    "selu_", "set_anomaly_enabled", "set_default_device", "set_default_tensor_type",
    "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads", "set_printoptions",
    "set_warn_always", "show_config", "slice_scatter", "split_with_sizes", "strided", "summary", "svd",
    "threshold", "threshold_", "trapezoid", "trapz", "triplet_margin_loss", "typename", "unravel_index",
    "unsafe_chunk", "unsafe_split", "use_deterministic_algorithms", "vander", "vmap",
]  # fmt: skip


class UntypedStorage:
    """The memory behind a tensor; here that is the array `x.data`. Only a name to ask `isinstance` with."""


newaxis = None
e = math.e


def _in_place(name: str) -> Callable[..., Any]:
    method = getattr(InPlaceMethods, name)

    def function(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        require_tensor(name, "input", input)
        return method(input, *args, **kwargs)

    function.__name__ = name
    function.__doc__ = f"`input.{name}(...)`"
    return function


# relu_(x), exp_(x), ...: PyTorch has the methods that change one tensor as functions, too.
_IN_PLACE = (
    "abs_", "acos_", "acosh_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_", "arctanh_", "asin_",
    "asinh_", "atan_", "atanh_", "gcd_", "lcm_", "ldexp_", "ceil_", "clamp_", "clamp_max_", "clamp_min_", "clip_",
    "cos_", "cosh_",
    "deg2rad_", "detach_", "erf_", "erfc_", "exp2_", "exp_", "expm1_", "fill_", "fix_", "floor_", "frac_",
    "log10_", "log1p_", "log2_", "log_", "logit_", "nan_to_num_", "neg_", "negative_", "rad2deg_",
    "reciprocal_", "round_", "rsqrt_", "sigmoid_", "sin_", "sinc_", "sinh_", "sqrt_", "square_", "tan_",
    "tanh_", "trunc_", "xlogy_", "zero_",
)  # fmt: skip
globals().update({name: _in_place(name) for name in _IN_PLACE})
__all__ += list(_IN_PLACE)


def detach(input: Tensor) -> Tensor:
    """`input.detach()`"""
    require_tensor("detach", "input", input)
    return input.detach()


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor like `input`, filled with `value`."""
    require_tensor("fill", "input", input)
    return input.clone().fill_(value)


def real(input: Tensor) -> Tensor:
    """The real part of the numbers: `input`."""
    require_tensor("real", "input", input)
    return input


def asarray(obj: Any, *, dtype: Any = None, requires_grad: bool = False, copy: bool | None = None, **placement: Any):
    """A Tensor on `obj`: without a copy where that is possible, unless `copy` says True."""
    check_placement("asarray", placement)
    tensor = as_tensor(obj, dtype)
    if copy:
        tensor = tensor.detach().clone()
    return tensor.requires_grad_() if requires_grad else tensor


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A tensor (n,) on the memory of `buffer`, bytes for example."""
    return leaf(np.frombuffer(buffer, as_dtype(dtype), count, offset), requires_grad)


def range(
    start: float = 0, end: Any = None, step: float = 1, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """start, start + step, ... with `end`, unlike `arange`, of floats."""
    if end is None:
        start, end = 0, start
    count = math.floor((end - start) / step) + 1
    return leaf((start + step * np.arange(count)).astype(dtype_or_default(dtype)), requires_grad)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape to which tensors of these shapes broadcast."""
    try:
        return Size(np.broadcast_shapes(*[(s,) if isinstance(s, int) else tuple(s) for s in shapes]))
    except ValueError:
        raise RuntimeError(f"broadcast_shapes: {', '.join(map(str, shapes))} do not broadcast") from None


def result_type(tensor1: Any, tensor2: Any) -> np.dtype:
    """The dtype in which two tensors, or a tensor and a number, meet."""
    first, second = (as_tensor(x) for x in (tensor1, tensor2))
    if not isinstance(tensor1, Tensor) or not isinstance(tensor2, Tensor):
        return (tensor1 * tensor2).dtype
    return result_dtype(first.data, second.data)


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Numbers from Poisson distributions with the rates `input`."""
    require_tensor("poisson", "input", input)
    drawn = np.asarray(numpy_generator("poisson", generator).poisson(input.data))
    return leaf(drawn.astype(input.dtype), False)


def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """How many of `count` tries succeed, each with the probability `prob`."""
    require_tensor("binomial", "count", count)
    drawn = np.asarray(numpy_generator("binomial", generator).binomial(count.data.astype(np.int64), prob.data))
    return leaf(drawn.astype(count.dtype), False)


def is_inference_mode_enabled() -> bool:
    """Whether nothing is recorded."""
    return not grad_mode.enabled


def get_device(input: Tensor) -> int:
    """-1, PyTorch's number of the CPU."""
    return input.get_device()


def is_inference(input: Tensor) -> bool:
    """False: tensors made in `inference_mode` are like others here."""
    require_tensor("is_inference", "input", input)
    return False

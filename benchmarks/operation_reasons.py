"""Why an operation may take more than three times PyTorch's time: shown in the table of `benchmarks operations`."""

from __future__ import annotations

__all__ = ["REASONS", "SMALL"]

SMALL = "few elements: PyTorch needs 1 µs for a whole operation, Python and NumPy as much for each step of it"

_NO_FMA = "a polynomial in NumPy is two passes per coefficient, in PyTorch's C++ one instruction"
_PASSES = "several passes in NumPy, one in PyTorch; the forward alone is short"
_ROWS = "NumPy reduces along short rows at some 40 ns per row, PyTorch in vector registers"
_CONVOLUTION = "products of blocks of columns; PyTorch calls oneDNN, which the extra onednn does too"
_STEPS = "each step of a small batch is a dozen NumPy calls"
_CALLS = "some µs of Python and NumPy calls, which PyTorch has done by then; the numbers themselves are no slower"
_BRANCHES = "the choice is made by masks of bits: several passes, but a tenth of np.where's time"

REASONS: dict[str, str] = {
    "erf": _NO_FMA, "erfc": _NO_FMA, "gelu": _NO_FMA,
    "erfinv": _NO_FMA,
    "mish": _PASSES, "silu": _PASSES, "sigmoid": _PASSES, "glu": _PASSES, "selu": _PASSES, "elu": _PASSES,
    "celu": _PASSES, "softplus": _PASSES, "leaky_relu": _PASSES, "hardtanh": _PASSES, "relu6": _PASSES,
    "hardswish": _PASSES, "hardsigmoid": _PASSES, "clamp": _PASSES, "logit": _PASSES, "logaddexp": _PASSES,
    "huber_loss": _PASSES, "smooth_l1_loss": _PASSES, "gelu tanh": _PASSES, "binary_cross_entropy": _PASSES,
    "binary_cross_entropy_with_logits": _PASSES, "sign": "np.sign is no vector loop",
    "lerp": _BRANCHES, "softshrink": _PASSES, "hardshrink": _BRANCHES, "prelu": _BRANCHES,
    "remainder": "np.remainder and np.fmod divide with the C library, element by element",
    "fmod": "np.remainder and np.fmod divide with the C library, element by element",
    "amax dim 1": _ROWS, "amax dim 0": _CALLS, "prod dim 1": _ROWS, "argmax dim 1": _ROWS, "logsumexp dim 1": _ROWS,
    "softmax dim 1": _ROWS, "log_softmax dim 1": _ROWS, "softmax dim 0": _PASSES, "log_softmax dim 0": _PASSES,
    "cross_entropy": "the logits are transposed first, because NumPy's maxima are slow along rows",
    "group_norm": "statistics, centring, scaling: passes of their own",
    "layer_norm": "statistics, centring, scaling: passes of their own",
    "batch_norm training": "statistics, centring, scaling: passes of their own",
    "cummax dim 1": "NumPy has no running maximum with positions: it is found by comparing and accumulating",
    "topk": "np.argpartition, and a stable order of equal elements as PyTorch's",
    "gather": "positions are checked and made flat before they pick", "x[mask]": "positions are kept for backward",
    "index_select": "np.take copies element by element along the last axis; backward np.add.at adds so",
    "adaptive_avg_pool2d": "sums over height and width of few pixels", "repeat": "np.tile, and sums of its parts",
    "cumsum dim 1": "np.cumsum adds one after another", "roll": _CALLS, "outer": _CALLS,
    "transpose, copied": "NumPy copies a transposed matrix row by row, PyTorch in tiles",
    "sum": _CALLS, "sum dim 0": _CALLS, "sum dim 1": _CALLS, "mean": _CALLS, "mean dim 0": _CALLS, "mean dim 1": _CALLS,
    "x[slice]": "a view: the same few µs of Python for any number of elements, as in PyTorch's C++ one",
    "norm": "squares and their sum are two passes in NumPy, one in PyTorch", "pow 3": "x * x * x: two passes",
    "hypot": "np.hypot calls the C library, element by element",
    "batch_norm evaluation": "the image is scaled in one pass, shifted in another; backward the same",
    "embedding": "backward sorts the positions, to add up the rows of each",
    "conv2d 3x3": _CONVOLUTION, "conv2d 3x3 stride 2": _CONVOLUTION, "conv2d 1x1": _CONVOLUTION,
    "scaled_dot_product_attention": "small products one by one, and a softmax of several passes",
    "LSTM 16-32": _STEPS, "GRU 16-32": _STEPS, "RNN 16-32": _STEPS,
}  # fmt: skip

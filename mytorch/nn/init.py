"""First values of weights, in place: `nn.init.kaiming_uniform_(layer.weight)`. PyTorch's formulas.

All draw from the generator that `mytorch.manual_seed` restarts, unless given a `generator`, and
return the tensor. Nothing is recorded. `initialize_(layer.weight, "xavier_uniform")` takes the name
as a string, from a file of settings for example.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.random import numpy_generator
from mytorch.tensor import Tensor

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "glorot_normal_", "glorot_uniform_", "he_normal_", "he_uniform_",
    "initialize_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_", "orthogonal_", "sparse_", "std_normal_",
    "trunc_normal_", "truncated_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip


def _fill(function: str, tensor: Tensor, values: Any) -> Tensor:
    """Put `values` into `tensor`, past the recording. An array, such as `layer.weight.data`, is filled in place."""
    if isinstance(tensor, np.ndarray):
        tensor[...] = values
        return tensor
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{function}: tensor must be a Tensor, got {type(tensor).__name__}")
    tensor.data[...] = values
    tensor.mark_changed()
    return tensor


def _rng(generator: Any) -> np.random.Generator:
    return numpy_generator("nn.init", generator)


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Uniformly from [a, b)."""
    return _fill("uniform_", tensor, _rng(generator).uniform(a, b, tensor.shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """From N(mean, std^2)."""
    return _fill("normal_", tensor, _rng(generator).normal(mean, std, tensor.shape))


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """From N(mean, std^2) without what lies outside [a, b]: such numbers are drawn again.

    Where [a, b] is so far from the mean that hardly any number falls into it: RuntimeError."""
    if not a < b:
        raise ValueError(f"trunc_normal_: a must be less than b, got {a} and {b}")
    rng = _rng(generator)
    values = rng.normal(mean, std, tensor.shape)
    for _ in range(1000):
        outside = (values < a) | (values > b)
        if not outside.any():
            return _fill("trunc_normal_", tensor, values)
        values[outside] = rng.normal(mean, std, int(outside.sum()))
    raise RuntimeError(f"trunc_normal_: [{a}, {b}] holds almost nothing of N({mean}, {std}^2)")


def constant_(tensor: Tensor, val: float) -> Tensor:
    return _fill("constant_", tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    return _fill("ones_", tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    return _fill("zeros_", tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix, as much of it as fits into a 2-d tensor."""
    if tensor.ndim != 2:
        raise ValueError(f"eye_: tensor must be 2-d, got shape {tensor.shape}")
    return _fill("eye_", tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution's weight (C_out, C_in, K...) that lets its input through: 1 in the middle of channel i of output i,
    of each of the `groups`."""
    if not 3 <= tensor.ndim <= 5 or tensor.shape[0] % groups:
        raise ValueError(f"dirac_: tensor must be (C_out, C_in, K...), groups a divisor of C_out, got {tensor.shape}")
    values = np.zeros(tensor.shape)
    middle = tuple([size // 2 for size in tensor.shape[2:]])
    outputs = tensor.shape[0] // groups
    for group in range(groups):
        for i in range(min(outputs, tensor.shape[1])):
            values[(group * outputs + i, i, *middle)] = 1
    return _fill("dirac_", tensor, values)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much to widen the first weights of a layer that this activation follows, so that the
    variance stays. param: the negative slope of leaky_relu (default 0.01)."""
    gains = {"sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    straight = ["linear", *[f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)]]
    if nonlinearity in straight:
        return 1.0
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in gains:
        raise ValueError(
            f"calculate_gain: nonlinearity must be one of {[*straight, *gains, 'leaky_relu']}, got {nonlinearity!r}"
        )
    return gains[nonlinearity]


def _fans(function: str, tensor: Tensor) -> tuple[int, int]:
    """(inputs per output, outputs per input) of a weight (out, in, kernel...)."""
    if tensor.ndim < 2:
        raise ValueError(f"{function}: tensor must have at least 2 axes, (out, in, ...), got shape {tensor.shape}")
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


_calculate_fan_in_and_fan_out = functools.partial(_fans, "_calculate_fan_in_and_fan_out")  # PyTorch's programs use it


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """U(-a, a), a = gain * sqrt(6 / (fan_in + fan_out)). (Glorot and Bengio 2010.)"""
    bound = gain * math.sqrt(6 / sum(_fans("xavier_uniform_", tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """N(0, s^2), s = gain * sqrt(2 / (fan_in + fan_out)). (Glorot and Bengio 2010.)"""
    std = gain * math.sqrt(2 / sum(_fans("xavier_normal_", tensor)))
    return normal_(tensor, 0.0, std, generator)


def _kaiming_std(function: str, tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{function}: mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = _fans(function, tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """U(-b, b), b = gain * sqrt(3 / fan), which has the variance gain^2 / fan. (He et al. 2015.)
    a: the negative slope of leaky_relu."""
    bound = math.sqrt(3) * _kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """N(0, gain^2 / fan). (He et al. 2015.)   a: the negative slope of leaky_relu."""
    return normal_(tensor, 0.0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """gain times a random matrix with orthonormal rows or columns, whichever are fewer; axes behind
    the first count as one. (Saxe, McClelland and Ganguli 2014.)"""
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_: tensor must have at least 2 axes, got shape {tensor.shape}")
    if 0 in tensor.shape:
        return tensor
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    normal = _rng(generator).standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    q *= np.sign(np.diag(r))  # without this the draw would not be uniform (Mezzadri 2007)
    return _fill("orthogonal_", tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """N(0, std^2), and in every column of the 2-d tensor the share `sparsity` of elements 0. (Martens 2010.)"""
    if tensor.ndim != 2:
        raise ValueError(f"sparse_: tensor must be 2-d, got shape {tensor.shape}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparse_: sparsity must be between 0 and 1, got {sparsity}")
    rng = _rng(generator)
    values = rng.normal(0.0, std, tensor.shape)
    zeros = math.ceil(sparsity * tensor.shape[0])
    for column in range(tensor.shape[1]):
        values[rng.permutation(tensor.shape[0])[:zeros], column] = 0
    return _fill("sparse_", tensor, values)


# ------------------------------------------------ by the names that courses and other libraries use


def glorot_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """`xavier_uniform_` by its author's other name: U(-a, a), a = gain * sqrt(6 / (fan_in + fan_out))."""
    return xavier_uniform_(tensor, gain, generator)


def glorot_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """`xavier_normal_` by its author's other name: N(0, s^2), s = gain * sqrt(2 / (fan_in + fan_out))."""
    return xavier_normal_(tensor, gain, generator)


def he_uniform_(tensor: Tensor, generator: Any = None) -> Tensor:
    """U(-b, b), b = sqrt(6 / fan_in): `kaiming_uniform_` for a layer that ReLU follows. (He et al. 2015.)"""
    return kaiming_uniform_(tensor, nonlinearity="relu", generator=generator)


def he_normal_(tensor: Tensor, generator: Any = None) -> Tensor:
    """N(0, 2 / fan_in): `kaiming_normal_` for a layer that ReLU follows. (He et al. 2015, equation 10.)"""
    return kaiming_normal_(tensor, nonlinearity="relu", generator=generator)


def std_normal_(tensor: Tensor, generator: Any = None) -> Tensor:
    """From N(0, 1)."""
    return normal_(tensor, generator=generator)


def truncated_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """From N(mean, std^2) without what is more than 2 std from the mean: such numbers are drawn again.

    `trunc_normal_` is PyTorch's, whose bounds are numbers and not multiples of std."""
    if not std > 0:
        raise ValueError(f"truncated_normal_: std must be positive, got {std}")
    return trunc_normal_(tensor, mean, std, mean - 2 * std, mean + 2 * std, generator)


def initialize_(tensor: Tensor, name: str, **options: Any) -> Tensor:
    """The initialiser of that name, with or without the underscore at its end.

    options: its other arguments, as in `initialize_(weight, "kaiming_normal", mode="fan_out")`."""
    names = [known for known in __all__ if known.endswith("_") and known != "initialize_"]
    function = f"{str(name).rstrip('_')}_"
    if function not in names:
        raise ValueError(f"initialize_: name must be one of {[known[:-1] for known in names]}, got {name!r}")
    return globals()[function](tensor, **options)


def _older(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """PyTorch's older name of `function`, without the underscore: it warns."""
    name = function.__name__.rstrip("_")

    @functools.wraps(function)
    def older(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"nn.init.{name} is the older name of nn.init.{name}_", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    return older


constant, eye, dirac, sparse = _older(constant_), _older(eye_), _older(dirac_), _older(sparse_)
uniform, normal, orthogonal = _older(uniform_), _older(normal_), _older(orthogonal_)
xavier_uniform, xavier_normal = _older(xavier_uniform_), _older(xavier_normal_)
kaiming_uniform, kaiming_normal = _older(kaiming_uniform_), _older(kaiming_normal_)

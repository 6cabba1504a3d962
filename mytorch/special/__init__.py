"""`mytorch.special`: the functions of PyTorch's namespace `torch.special`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.ops.activations.sigmoids import sigmoid as expit
from mytorch.ops.activations.softmax import log_softmax, softmax
from mytorch.ops.elementwise.choice import where
from mytorch.ops.elementwise.error_function import erf, erfc
from mytorch.ops.elementwise.exponential import expm1, log1p, logit
from mytorch.ops.elementwise.gamma_functions import (
    digamma,
    digamma as psi,
    lgamma as gammaln,
    mvlgamma as multigammaln,
    polygamma,
)
from mytorch.ops.elementwise.pairs import xlogy
from mytorch.ops.elementwise.rounding import round
from mytorch.ops.elementwise.special import erfinv, exp2, sinc
from mytorch.ops.reductions.norms import logsumexp
from mytorch.tensor import Tensor

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "log1p",
    "log_softmax", "logit", "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "sinc",
    "softmax", "xlog1py", "xlogy",
]  # fmt: skip


def entr(input: Tensor) -> Tensor:
    """-x log x, 0 at 0, -inf below it."""
    return where(input < 0, -math.inf, -xlogy(input, input))


def xlog1py(input: Tensor, other: Any) -> Tensor:
    """x log(1 + y), 0 where x is 0."""
    logarithm: Any = log1p(other) if isinstance(other, Tensor) else math.log1p(other)
    return where(input == 0, 0.0, input * logarithm)


def ndtr(input: Tensor) -> Tensor:
    """The distribution function of the standard normal distribution."""
    return erfc(-input / math.sqrt(2)) / 2


def ndtri(input: Tensor) -> Tensor:
    """The inverse of `ndtr`."""
    return erfinv(2 * input - 1) * math.sqrt(2)


if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)

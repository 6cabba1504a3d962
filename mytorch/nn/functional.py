"""The list of operations: the classes (handout 002: `Add`, `Sub`, ...) and the functions on top
of them under PyTorch's names. Each is defined, with its derivative, in the file of its family in
`mytorch/ops`; `import mytorch.nn.functional as F` and `F.Add.apply(a, b)` or `F.relu(x)`.
"""

from mytorch.ops.activation import LogSoftmax, ReLU, log_softmax, relu
from mytorch.ops.common import unbroadcast
from mytorch.ops.elementwise import (
    Add,
    Cast,
    Div,
    Exp,
    Log,
    Mul,
    Neg,
    Pow,
    Sqrt,
    Sub,
    add,
    cast,
    div,
    exp,
    log,
    mul,
    neg,
    pow,
    sqrt,
    sub,
)
from mytorch.ops.indexing import GetItem, PutAlongDim, PutAt, TakeAlongDim, getitem
from mytorch.ops.linalg import MatMul, matmul
from mytorch.ops.loss import cross_entropy, nll_loss
from mytorch.ops.reduction import Amax, Mean, Sum, Var, amax, argmax, max, mean, sum, var
from mytorch.ops.shape import (
    Cat,
    Clone,
    Expand,
    Permute,
    Reshape,
    Stack,
    Transpose,
    cat,
    clone,
    expand,
    permute,
    reshape,
    squeeze,
    stack,
    transpose,
    unsqueeze,
)

__all__ = [name for name in dir() if not name.startswith("_")]

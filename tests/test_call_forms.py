"""The ways in which people write PyTorch calls: each line of support/call_forms/*.txt is run with mytorch
and with torch, and must give the same values, shapes and dtypes, or an error in both.

In the lines T is the library, F its nn.functional, AG its autograd, U its nn.utils, `init` its nn.init;
x, y, ... are the tensors of ARRAYS. Statements may stand before the expression, separated by "; ".
"""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import mytorch
import mytorch.nn.functional
import mytorch.nn.utils.rnn

torch = pytest.importorskip("torch")
for name in (
    "torch.nn.utils.rnn",
    "torch.nn.utils.prune",
    "torch.utils.checkpoint",
):  # which `import torch` alone does not bring
    pytest.importorskip(name)

FOLDER = Path(__file__).parent / "support" / "call_forms"
LINES = [
    pytest.param(line, id=f"{path.stem}-{line[:60]}")
    for path in sorted(FOLDER.glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line
]
RNG = np.random.default_rng(0)
ARRAYS = {
    "x": RNG.standard_normal((2, 3, 4)),
    "y": RNG.standard_normal((2, 3, 4)),
    "m": RNG.standard_normal((3, 3)) + 3 * np.eye(3),  # far from singular
    "P": np.cov(RNG.standard_normal((3, 9))) + np.eye(3),  # symmetric, positive definite
    "w": RNG.standard_normal((3, 4)),
    "v": RNG.standard_normal(4),
    "u": RNG.uniform(0.1, 0.9, (2, 3)),
    "s": np.array(1.5),
    "k": RNG.integers(0, 3, (2, 3, 4)),
    "n": RNG.integers(0, 3, 4),
    "b": RNG.random((2, 3, 4)) > 0.5,
    "c": RNG.standard_normal((2, 3, 8, 8)),  # images
    "l": RNG.standard_normal((2, 3, 8)),  # signals
    "W": RNG.standard_normal((6, 3, 3, 3)),
    "V": RNG.standard_normal((6, 3, 3)),
}


@pytest.fixture(autouse=True)
def _float64():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # mytorch's
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("line", LINES)
def test_gives_what_pytorch_gives(line: str) -> None:
    ours, theirs = outcome(line, mytorch), outcome(line, torch)
    if isinstance(theirs, Exception):
        assert isinstance(ours, Exception), f"PyTorch raises {theirs!r}"
        assert not isinstance(ours, (AttributeError, NameError)), ours  # a name that does not exist refuses nothing
        return
    if isinstance(ours, Exception):
        raise ours
    found, expected = flat(ours), flat(theirs)
    assert len(found) == len(expected)
    for a, b in zip(found, expected):
        if isinstance(b, np.ndarray):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            tolerance = 1e-5 if b.dtype == np.float32 else 1e-8
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
        else:
            assert a == (pytest.approx(b) if isinstance(b, float) else b)


def outcome(line: str, library: ModuleType) -> Any:
    """What the line's expression is, or the exception that it raised."""
    make = mytorch.Tensor if library is mytorch else torch.tensor
    names: dict[str, Any] = {name: make(array.copy()) for name, array in ARRAYS.items()}
    nn = library.nn
    names.update(T=library, nn=nn, F=nn.functional, init=nn.init, U=nn.utils, AG=library.autograd)
    names.update(optim=library.optim, linalg=library.linalg, np=np, inf=np.inf, nan=np.nan)
    *statements, expression = line.split("; ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecations in torch
        try:
            exec("\n".join(statements), names)
            return eval(expression, names)
        except Exception as error:
            return error


def flat(value: Any) -> list:
    """Tensors as arrays, dtypes as their names, and what is in containers, one after the other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in flat(item)]
    if isinstance(value, (mytorch.Tensor, torch.Tensor)):
        return [np.asarray(value.detach().numpy())]
    if isinstance(value, torch.dtype):
        return [str(value).removeprefix("torch.")]
    if isinstance(value, (np.dtype, type)):
        return [np.dtype(value).name]
    return [value]

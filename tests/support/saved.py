"""What several tests of save and load use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch import nn
from mytorch.tensor import Tensor

FORMATS = [".npz", ".safetensors"]


def assert_same(a: Any, b: Any) -> None:
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b):
            assert_same(x, y)
    elif isinstance(a, Tensor):
        assert (a.requires_grad, a.is_parameter, a.is_leaf) == (b.requires_grad, b.is_parameter, True)
        assert_same(a.data, b.data)
    elif isinstance(a, (np.ndarray, np.generic)):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b or (math.isnan(a) and math.isnan(b))


def model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


SMALL = {"weight": Tensor([[1.5, -2.0], [0.25, 3.0]]), "step": 7, "names": ["a", ("b", None)]}

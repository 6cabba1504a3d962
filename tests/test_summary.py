"""mytorch.summary."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import nn
from mytorch.tensor import Tensor

EXPECTED = """\
Layer             Output shape  Parameters
------------------------------------------
Sequential        (2, 10)                0
  0: Conv2d       (2, 8, 8, 8)         224
  1: BatchNorm2d  (2, 8, 8, 8)          16
  2: Sequential   (2, 128)               0
    0: MaxPool2d  (2, 8, 4, 4)           0
    1: Flatten    (2, 128)               0
  3: Linear       (2, 10)            1,290
------------------------------------------
1,530 parameters (12,240 bytes), of which 1,514 are trained"""


def test_table_and_nothing_changed() -> None:
    head = nn.Sequential(nn.MaxPool2d(2), nn.Flatten())
    net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), head, nn.Linear(128, 10))
    net[1].requires_grad_(False)
    head.eval()
    before = {name: tensor.data.copy() for name, tensor in net.state_dict().items()}
    assert mytorch.summary(net, (2, 3, 8, 8)) == EXPECTED
    assert [module.training for module in net.modules()] == [True, True, True, False, False, False, True]
    for name, tensor in net.state_dict().items():
        np.testing.assert_array_equal(tensor.data, before[name])
    assert mytorch.summary(net, [2, 3, 8, 8]) == EXPECTED
    for module in net.modules():
        assert not module._hooks.forward
        assert not module._hooks.forward_pre


def test_shared_layers_count_once_and_outputs_may_be_tuples() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(2, 2)
            self.scale = nn.Parameter(np.ones(3))

        def forward(self, x):
            return self.layer(self.layer(x)), x

    lines = mytorch.summary(Net(), (4, 2)).splitlines()
    assert lines[2].split() == ["Net", "(4,", "2),", "(4,", "2)", "3"]
    assert lines[3].split() == ["layer:", "Linear", "(4,", "2)", "6"]
    assert lines[4].split() == ["layer:", "Linear", "(4,", "2)", "0"]
    assert lines[-1].startswith("9 parameters")


def test_float32_models_get_float32_and_integer_models_integers() -> None:
    class Check(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.ones(1))

        def forward(self, x: Tensor) -> Tensor:
            assert x.dtype == np.float32
            return x

    mytorch.summary(Check().float(), (1,))
    assert "(2, 3, 4)" in mytorch.summary(nn.Embedding(5, 4), (2, 3), dtype="int64")


def test_a_failing_model_is_left_as_it_was() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1))
    with pytest.raises(ValueError, match=r"input must have shape \(..., 4\)"):
        mytorch.summary(net, (1, 2))
    assert all(module.training for module in net.modules())
    assert net[0](Tensor(np.ones((1, 2)))).shape == (1, 3)
    with pytest.raises(TypeError, match="model must be a Module, got function"):
        mytorch.summary(lambda x: x, (1, 2))

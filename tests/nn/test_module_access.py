"""Modules by dotted name, buffers that are not saved, and half precision."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from mytorch import nn
from mytorch.tensor import Tensor


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3), nn.ReLU()))


def test_modules_parameters_and_buffers_by_name() -> None:
    net = network()
    assert net.get_submodule("") is net
    assert net.get_submodule("1.0") is net[1][0]
    assert net.get_parameter("0.weight") is net[0].weight
    assert net.get_buffer("1.0.running_mean") is net[1][0].running_mean
    for get, name, message in (
        (net.get_submodule, "1.2", "Sequential has no module '2' .of '1.2'"),
        (net.get_parameter, "0.scale", "Linear has no parameter 'scale'"),
        (net.get_parameter, "1.0.running_mean", "BatchNorm1d has no parameter 'running_mean'"),
        (net.get_buffer, "0.weight", "Linear has no buffer 'weight'"),
    ):
        with pytest.raises(AttributeError, match=message):
            get(name)


def test_buffers_that_are_not_persistent_stay_out_of_the_state() -> None:
    module = nn.Module()
    module.register_buffer("kept", Tensor(np.ones(2)))
    module.register_buffer("scratch", Tensor(np.ones(3)), persistent=False)
    assert list(module.state_dict()) == ["kept"]
    assert [name for name, _ in module.named_buffers()] == ["kept", "scratch"]
    module.load_state_dict({"kept": np.zeros(2)})
    assert copy.deepcopy(module).float().scratch.dtype == np.float32
    module.register_buffer("scratch", Tensor(np.ones(3)))
    assert list(module.state_dict()) == ["kept", "scratch"]


def test_half() -> None:
    net = network().half()
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float16)}
    assert net(Tensor(np.ones((4, 2), np.float16))).dtype == np.float16

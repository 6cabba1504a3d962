"""reset_parameters: which layers have it (PyTorch's), what it draws, and that a subclass's own is called."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn

LAYERS: dict[str, tuple] = {
    "Linear": (4, 3), "Bilinear": (4, 3, 2), "Conv1d": (4, 3, 2), "Conv2d": (4, 3, 2), "ConvTranspose1d": (4, 3, 2),
    "ConvTranspose2d": (4, 3, 2), "BatchNorm1d": (4,), "BatchNorm2d": (4,),
    "InstanceNorm2d": (4, 1e-5, 0.1, True, True),
    "LayerNorm": (4,), "GroupNorm": (2, 4), "RMSNorm": (4,), "Embedding": (5, 3, 1), "EmbeddingBag": (5, 3),
    "RNN": (4, 3), "LSTM": (4, 3, 2), "GRU": (4, 3), "RNNCell": (4, 3), "LSTMCell": (4, 3), "GRUCell": (4, 3),
    "PReLU": (4,),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_all_values_are_those_of_a_new_layer(name: str) -> None:
    layer = getattr(nn, name)(*LAYERS[name])
    before = copy.deepcopy(layer)
    for tensor in layer.state_dict().values():
        tensor.data[...] = 77
    mytorch.manual_seed(5)
    layer.reset_parameters()
    mytorch.manual_seed(5)
    fresh = getattr(nn, name)(*LAYERS[name])
    for key, value in fresh.state_dict().items():
        np.testing.assert_array_equal(layer.state_dict()[key].data, value.data)
    mytorch.manual_seed(6)
    copied = copy.deepcopy(before).float()  # also of a copy, in its dtype
    copied.reset_parameters()
    assert all(p.dtype == np.float32 for p in copied.parameters())


def test_the_same_layers_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")
    for name in nn.__all__:
        ours, theirs = getattr(nn, name), getattr(torch.nn, name, None)
        if isinstance(ours, type) and issubclass(ours, nn.Module):
            missing = ("AdaptiveLogSoftmaxWithLoss",)  # a module of modules, each of which has it
            assert hasattr(ours, "reset_parameters") == hasattr(theirs, "reset_parameters") or name in missing, name


def test_the_usual_loop() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4))
    model(mytorch.randn(8, 3))
    before = model[0].weight.data.copy()
    for layer in model.children():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    assert (model[0].weight.data != before).all()
    assert model[2].running_mean.tolist() == [0.0] * 4
    assert model[2].num_batches_tracked.item() == 0


@pytest.mark.parametrize("name", ["Linear", "Conv2d", "ConvTranspose2d", "LSTM", "Embedding", "BatchNorm1d"])
def test_a_subclasss_own_is_called_when_it_is_made(name: str) -> None:
    calls = []

    class Own(getattr(nn, name)):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            calls.append("made")

        def reset_parameters(self) -> None:
            super().reset_parameters()
            calls.append("reset")
            for p in self.parameters():
                nn.init.constant_(p, 0.5)

    layer = Own(*LAYERS[name])
    assert calls == ["reset", "made"]
    assert all((p.data == 0.5).all() for p in layer.parameters())


def test_running_averages_alone() -> None:
    layer = nn.BatchNorm1d(2)
    nn.init.constant_(layer.weight, 3.0)
    layer(mytorch.randn(8, 2))
    layer.reset_running_stats()
    assert layer.running_var.tolist() == [1.0, 1.0]
    assert layer.weight.tolist() == [3.0, 3.0]
    nn.BatchNorm1d(2, track_running_stats=False).reset_running_stats()


def test_state_as_it_is_and_taken_over() -> None:
    layer = nn.Linear(2, 1)
    assert layer.state_dict(keep_vars=True)["weight"] is layer.weight
    known: dict[str, Any] = {"x": 1}
    assert layer.state_dict(destination=known, prefix="l.") is known
    assert list(known) == ["x", "l.weight", "l.bias"]
    state = {"weight": mytorch.ones(1, 2).float(), "bias": mytorch.zeros(1).float()}
    layer.load_state_dict(state, assign=True)
    assert layer.weight.dtype == np.float32
    assert layer.weight.is_parameter
    assert layer.weight.requires_grad


def test_a_dict_of_parameters() -> None:
    d = nn.ParameterDict({"a": mytorch.ones(1), "b": mytorch.ones(2)})
    assert d.get("c") is None
    assert d.pop("a").shape == (1,)
    assert list(d) == ["b"]
    d.clear()
    assert len(list(d.parameters())) == 0


def test_the_older_name_of_the_backward_hook() -> None:
    seen = []
    layer = nn.Linear(2, 1)
    layer.register_backward_hook(lambda module, before, after: seen.append(after[0].shape))
    layer(mytorch.ones(3, 2)).sum().backward()
    assert seen == [(3, 1)]

"""mytorch.summary."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import nn
from mytorch.tensor import Tensor

EXPECTED = """\
Layer             Output shape  Parameters  Multiplications  Activations
------------------------------------------------------------------------
Sequential        (2, 10)                0                0          0 B
  0: Conv2d       (2, 8, 8, 8)         224           27,648      8,192 B
  1: BatchNorm2d  (2, 8, 8, 8)          16                0      8,192 B
  2: Sequential   (2, 128)               0                0          0 B
    0: MaxPool2d  (2, 8, 4, 4)           0                0      2,048 B
    1: Flatten    (2, 128)               0                0      2,048 B
  3: Linear       (2, 10)            1,290            2,560        160 B
------------------------------------------------------------------------
1,530 parameters (12,240 bytes), of which 1,514 are trained
30,208 multiplications, 20,640 bytes of activations"""


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
    assert lines[2].split() == ["Net", "(4,", "2),", "(4,", "2)", "3", "0", "0", "B"]
    assert lines[3].split() == ["layer:", "Linear", "(4,", "2)", "6", "16", "64", "B"]
    assert lines[4].split() == ["layer:", "Linear", "(4,", "2)", "0", "16", "64", "B"]
    assert lines[-2].startswith("9 parameters")


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


@pytest.mark.parametrize(
    ("model", "shape", "multiplications"),
    [
        (nn.Linear(5, 3), (7, 5), 7 * 5 * 3),
        (nn.Conv2d(4, 6, 3, groups=2), (2, 4, 8, 8), 2 * 6 * 6 * 6 * 2 * 9),
        (nn.Conv1d(4, 6, 3), (2, 4, 8), 2 * 6 * 6 * 4 * 3),
        (nn.ConvTranspose2d(4, 6, 3), (2, 4, 8, 8), 2 * 4 * 8 * 8 * 6 * 9),
        (nn.LSTM(4, 8), (5, 2, 4), 5 * 2 * 32 * (4 + 8)),
        (nn.GRU(4, 8), (5, 2, 4), 5 * 2 * 24 * (4 + 8)),
        (nn.RNN(4, 8), (5, 2, 4), 5 * 2 * 8 * (4 + 8)),
        # q, k, v and the output: 4 E^2 for each of N T; and twice T numbers of length E for each
        (nn.MultiheadAttention(8, 2, batch_first=True), (3, 5, 8), 3 * 5 * 4 * 64 + 2 * 3 * 5 * 5 * 8),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_multiplications(model, shape, multiplications):
    if isinstance(model, nn.MultiheadAttention):
        attention = model
        model = type("Self", (nn.Module,), {"forward": lambda self, x: self.attention(x, x, x)[0]})()
        model.attention = attention
    assert mytorch.summary(model, shape).multiplications == multiplications


def test_einsum_counts():
    model = type("Own", (nn.Module,), {"forward": lambda self, x: mytorch.einsum("ij,kj->ik", x, self.w)})()
    model.w = nn.Parameter(np.ones((3, 5)))
    assert mytorch.summary(model, (7, 5)).multiplications == 7 * 5 * 3


def test_what_repeats_is_folded_and_depth_cuts() -> None:
    layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 12)
    whole = mytorch.summary(layers, (1, 4, 8))
    assert f"0 ... 11: TransformerEncoderLayer {chr(215)}12, each" in whole
    assert [row.count for row in whole.rows[0].parts] == [12]
    apart = mytorch.summary(layers, (1, 4, 8), fold=False)
    assert len(apart.rows[0].parts) == 12
    for depth in (0, 1):
        short = mytorch.summary(layers, (1, 4, 8), depth=depth)
        assert len(short.splitlines()) == 6 + depth
        assert (short.parameters, short.multiplications) == (whole.parameters, whole.multiplications)
    shared = [row.parameters for row in mytorch.summary(layers, (1, 4, 8), depth=1).rows[0].parts]
    assert 12 * shared[0] == whole.parameters
    for wrong in (-1, 1.5, True):
        with pytest.raises(ValueError, match="depth must be a whole number"):
            mytorch.summary(layers, (1, 4, 8), depth=wrong)


def test_shows_itself_as_a_table() -> None:
    table = mytorch.summary(nn.Linear(2, 3), (1, 2))
    assert repr(table) == str(table)
    assert "\\n" not in repr(table)
    hostile = type("<img>", (nn.Linear,), {})(2, 3)
    assert "<img>" not in mytorch.summary(hostile, (1, 2))._repr_html_()
    assert "&lt;img&gt;" in mytorch.summary(hostile, (1, 2))._repr_html_()

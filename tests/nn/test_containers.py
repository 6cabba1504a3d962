"""ModuleList, ModuleDict, ParameterList, ParameterDict, and Sequential as a list."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import nn
from mytorch.tensor import Tensor


def keys(module: nn.Module) -> list[str]:
    return list(module.state_dict())


def test_module_list_is_a_list_of_modules() -> None:
    a, b, c, d = (nn.Linear(i + 1, 1, bias=False) for i in range(4))
    layers = nn.ModuleList([a, b])
    assert layers.append(c) is layers
    layers.insert(1, d)
    assert list(layers) == [a, d, b, c]
    assert keys(layers) == ["0.weight", "1.weight", "2.weight", "3.weight"]
    assert layers[-1] is c
    assert isinstance(layers[1:3], nn.ModuleList)
    assert list(layers[1:3]) == [d, b]
    assert layers.pop(1) is d
    del layers[0]
    assert list(layers) == [b, c]
    assert keys(layers) == ["0.weight", "1.weight"]
    layers[0] = a
    layers += [d]
    assert list(layers) == [a, c, d]
    assert len(layers) == 3
    assert list(nn.ModuleList([a]) + [b]) == [a, b]
    assert c in layers
    assert b not in layers
    with pytest.raises(NotImplementedError, match="ModuleList needs a method forward"):
        layers(Tensor(1.0))


def test_a_network_finds_the_parameters_in_its_lists() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 1)])
            self.named = nn.ModuleDict({"act": nn.ReLU(), "last": nn.Linear(1, 1)})
            self.scales = nn.ParameterList([Tensor(np.ones(2)), nn.Parameter(np.ones(3))])
            self.offsets = nn.ParameterDict({"low": Tensor(np.zeros(1))})

    net = Net()
    assert keys(net) == [
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "layers.1.bias",
        "named.last.weight",
        "named.last.bias",
        "scales.0",
        "scales.1",
        "offsets.low",
    ]
    assert len(list(net.parameters())) == 9
    assert all(p.is_parameter for p in net.parameters())


def test_module_dict_is_a_dict_of_modules() -> None:
    layers = nn.ModuleDict({"a": nn.ReLU()})
    layers["b"] = nn.ReLU()
    layers["b"] = nn.Tanh()  # takes the other's place
    layers.update({"c": nn.Identity()})
    assert list(layers) == list(layers.keys()) == ["a", "b", "c"]
    assert [type(m).__name__ for m in layers.values()] == ["ReLU", "Tanh", "Identity"]
    assert dict(layers.items())["a"] is layers["a"]
    assert "c" in layers
    assert isinstance(layers.pop("c"), nn.Identity)
    del layers["a"]
    assert len(layers) == 1
    layers.clear()
    assert len(layers) == 0


def test_parameter_list_and_dict() -> None:
    values = nn.ParameterList([Tensor(np.ones(2))])
    values.append(nn.Parameter(np.zeros(1))).extend([Tensor(np.ones(3))])
    assert [p.shape for p in values] == [(2,), (1,), (3,)]
    assert values[-1].shape == (3,)
    assert [p.shape for p in values[:2]] == [(2,), (1,)]
    values[0] = Tensor(np.ones(5))
    assert values[0].is_parameter
    assert "(0): Parameter of shape (5,), float64" in repr(values)
    named = nn.ParameterDict({"a": Tensor(np.ones(2))})
    named["b"] = Tensor(np.ones(1))
    assert list(named) == list(named.keys()) == ["a", "b"]
    del named["a"]
    assert [(k, v.shape) for k, v in named.items()] == [("b", (1,))]
    assert len(list(named.values())) == len(named) == 1


def test_sequential_as_a_list() -> None:
    layers = [nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Identity()]
    net = nn.Sequential(*layers[:2])
    assert net.extend(layers[2:]) is net
    assert list(net) == layers
    net.insert(1, nn.Flatten())
    assert [type(m).__name__ for m in net] == ["ReLU", "Flatten", "Tanh", "Sigmoid", "Identity"]
    assert net.pop(1).start_dim == 1
    del net[0]
    assert list(net._modules) == ["0", "1", "2"]
    assert list(net) == layers[1:]
    end = net[1:]
    assert list(end._modules) == ["1", "2"]  # PyTorch keeps the numbers too
    end.append(nn.ReLU())  # and must not put the new layer over an old one
    assert [type(m).__name__ for m in end] == ["Sigmoid", "Identity", "ReLU"]


A_MODULE = nn.ReLU()
WRONG = [
    (lambda: nn.ModuleList([A_MODULE, 3]), TypeError, r"ModuleList takes Modules, got int at position 1"),
    (lambda: nn.ModuleList([A_MODULE])[1], IndexError, r"ModuleList of 1 has no index 1"),
    (lambda: nn.ModuleDict({"a": 3}), TypeError, r"ModuleDict takes Modules, got int under 'a'"),
    (lambda: nn.ModuleDict({"a.b": A_MODULE}), ValueError, r"name must be .* without dots, got 'a.b'"),
    (lambda: nn.ModuleDict({"training": A_MODULE}), KeyError, r"ModuleDict has an attribute 'training'"),
    (lambda: nn.ParameterDict({"keys": Tensor(1.0)}), KeyError, r"ParameterDict has an attribute 'keys'"),
    (lambda: nn.ParameterList([np.ones(2)]), TypeError, r"expected a Tensor, got ndarray"),
    (lambda: nn.ParameterDict({"": Tensor(1.0)}), ValueError, r"name must be"),
    (lambda: nn.Sequential(A_MODULE).insert(0, 3), TypeError, r"Sequential takes Modules, got int as layer 0"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_refused_entry_changes_nothing() -> None:
    layers = nn.ModuleList([A_MODULE])
    net = nn.Sequential(A_MODULE)
    for broken in (lambda: layers.append(3), lambda: layers.insert(0, 3), lambda: net.extend([A_MODULE, 3])):
        with pytest.raises(TypeError):
            broken()
    assert list(layers) == list(net) == [A_MODULE]

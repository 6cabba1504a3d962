"""What may be assigned to a registered name, and what names a shared module and a shared tensor have: PyTorch's rules.

Every case was a silent loss once: the parameter, buffer or layer dropped out of `state_dict` without a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mytorch import nn
from mytorch.tensor import Tensor


def with_buffer() -> nn.Module:
    module = nn.Module()
    module.register_buffer("mean", Tensor([1.0, 2.0]))
    return module


ASSIGNMENTS = {  # what went wrong: a module, a registered name, the value that must be refused, what it is called
    "a parameter times two": (lambda: nn.Linear(2, 2), "weight", lambda m: m.weight * 2, "parameter"),
    "a plain Tensor for a parameter": (lambda: nn.Linear(2, 2), "bias", lambda m: Tensor(np.ones(2)), "parameter"),
    "a number for a parameter": (lambda: nn.Linear(2, 2), "bias", lambda m: 0, "parameter"),
    "an array for a parameter": (lambda: nn.Linear(2, 2), "bias", lambda m: np.ones(2), "parameter"),
    "a module for a parameter": (lambda: nn.Linear(2, 2), "weight", lambda m: nn.ReLU(), "parameter"),
    "a Tensor for a bias that is None": (lambda: nn.Linear(2, 2, False), "bias", lambda m: Tensor([0.0]), "parameter"),
    "a number for a buffer": (with_buffer, "mean", lambda m: 3.0, "buffer"),
    "an array for a buffer": (with_buffer, "mean", lambda m: np.ones(2), "buffer"),
    "a function for a layer": (lambda: nn.Sequential(nn.ReLU()), "0", lambda m: abs, "child module"),
    "a Tensor for a layer": (lambda: nn.ModuleList([nn.ReLU()]), "0", lambda m: Tensor([1.0]), "child module"),
    "a number in a ModuleDict": (lambda: nn.ModuleDict({"a": nn.ReLU()}), "a", lambda m: 3, "child module"),
    "a Tensor in a ParameterDict": (lambda: nn.ParameterDict({"a": Tensor(1.0)}), "a", lambda m: m.a + 1, "parameter"),
    "a number in a ParameterList": (lambda: nn.ParameterList([Tensor([1.0])]), "0", lambda m: 1.0, "parameter"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_assigning_to_a_registered_name_is_refused_instead_of_unregistering_it(name: str) -> None:
    make, attribute, value, kind = ASSIGNMENTS[name]
    module = make()
    before = list(module.state_dict()), list(module.children()), getattr(module, attribute)
    with pytest.raises(TypeError, match=rf"cannot assign '\w+' as {kind} '{attribute}' \(\w+ or None expected\)"):
        setattr(module, attribute, value(module))
    assert (list(module.state_dict()), list(module.children()), getattr(module, attribute)) == before


def test_a_buffer_set_to_none_and_to_a_tensor_again_is_a_buffer() -> None:
    module = with_buffer()
    module.mean = None
    assert "mean" not in module.state_dict()
    module.mean = Tensor([3.0])
    assert module.state_dict()["mean"].tolist() == [3.0]


def test_a_parameter_and_a_layer_set_to_none_and_back() -> None:
    layer, net = nn.Linear(2, 2), nn.Sequential(nn.Linear(1, 1), nn.Tanh())
    layer.bias = None
    assert list(layer.state_dict()) == ["weight"]
    layer.bias = nn.Parameter(np.ones(2))
    assert list(layer.state_dict()) == ["weight", "bias"]
    setattr(net, "1", None)
    assert [n for n, _ in net.named_modules()] == ["", "0"]
    setattr(net, "1", nn.ReLU())
    assert "(1): ReLU()" in repr(net)


@pytest.mark.parametrize("method", ["register_parameter", "register_buffer", "register_module"])
def test_registering_a_name_that_is_taken_is_refused(method: str) -> None:
    value = {"register_parameter": nn.Parameter([1.0]), "register_buffer": Tensor([1.0]), "register_module": nn.ReLU()}
    module = nn.Module()
    module.taken = 1
    with pytest.raises(KeyError, match="has an attribute 'taken'"):
        getattr(module, method)("taken", value[method])
    assert module.taken == 1
    layer = nn.BatchNorm1d(2)
    name = "running_mean" if method != "register_buffer" else "weight"
    with pytest.raises(KeyError, match=f"has an attribute '{name}'"):
        getattr(layer, method)(name, value[method])
    assert name in layer.state_dict()


def test_parameter_list_takes_more_parameters_in_place() -> None:
    values = same = nn.ParameterList([Tensor([1.0])])
    values += [Tensor([2.0, 3.0]), nn.Parameter([4.0])]
    assert values is same
    assert [list(p.shape) for p in values] == [[1], [2], [1]]
    assert list(values.state_dict()) == ["0", "1", "2"]
    with pytest.raises(TypeError, match="expected a Tensor, got int"):
        values += [Tensor([5.0]), 3]
    assert len(values) == 3


# ------------------------------------------------------------------ shared children


def shared_net(nn: Any) -> Any:
    """A layer under three names, one of them deeper, and a Sequential under two."""
    layer = nn.Linear(2, 2)
    net = nn.Module()
    net.a, net.b = layer, layer
    net.c = nn.Sequential(layer, nn.BatchNorm1d(2), layer)
    net.d = net.c
    net.c[1].weight = layer.bias
    return net


def walked(nn: Any) -> dict[str, Any]:
    net = shared_net(nn)
    applied: list[str] = []
    net.apply(lambda module: applied.append(type(module).__name__))
    net.c[2].eval()
    return {
        "named_children": [n for n, _ in net.named_children()],
        "children": len(list(net.children())),
        "named_modules": [n for n, _ in net.named_modules()],
        "named_modules, all names": [n for n, _ in net.named_modules(remove_duplicate=False)],
        "named_modules, prefix": [n for n, _ in net.named_modules(prefix="net")],
        "named_modules, memo": [n for n, _ in net.named_modules(memo={net.a})],
        "modules": [type(m).__name__ for m in net.modules()],
        "named_parameters": [n for n, _ in net.named_parameters()],
        "named_parameters, all names": [n for n, _ in net.named_parameters(remove_duplicate=False)],
        "named_parameters, prefix": [n for n, _ in net.named_parameters("net")],
        "parameters": len(list(net.parameters())),
        "named_buffers": [n for n, _ in net.named_buffers()],
        "named_buffers, all names": [n for n, _ in net.named_buffers(remove_duplicate=False)],
        "buffers": len(list(net.buffers())),
        "state_dict": list(net.state_dict()),
        "apply": applied,
        "training": [m.training for m in net.modules()],
        "names in repr": [line.strip().split(":")[0] for line in repr(net).splitlines() if ":" in line],
    }


@pytest.mark.parametrize("method", list(walked(nn)))
def test_shared_children_are_walked_as_in_pytorch(method: str) -> None:
    torch = pytest.importorskip("torch")
    assert walked(nn)[method] == walked(torch.nn)[method]


def test_apply_visits_a_child_with_two_names_once() -> None:
    layer, seen = nn.Linear(1, 1), []
    nn.Sequential(layer, layer).apply(seen.append)
    assert seen.count(layer) == 1


def test_zero_grad_without_set_to_none_keeps_the_gradients_array() -> None:
    layer = nn.Linear(2, 1)
    layer(Tensor(np.ones((1, 2)))).backward()
    array = layer.weight.grad.data
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad.data is array
    assert array.tolist() == [[0.0, 0.0]]

"""Module: registration, modes, state, printing."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import nn
from mytorch.tensor import Tensor


class Block(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(size, size)
        self.norm = nn.BatchNorm1d(size)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.linear(x)).relu()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter([2.0])
        self.blocks = nn.Sequential(Block(3), nn.Sequential(Block(3), nn.ReLU()))
        self.register_buffer("offset", Tensor([1.0, 2.0, 3.0]))
        self.note = "not a parameter"

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(x * self.scale + self.offset)


NAMES = [
    "scale",
    "blocks.0.linear.weight",
    "blocks.0.linear.bias",
    "blocks.0.norm.weight",
    "blocks.0.norm.bias",
    "blocks.1.0.linear.weight",
    "blocks.1.0.linear.bias",
    "blocks.1.0.norm.weight",
    "blocks.1.0.norm.bias",
]


def test_parameters_at_any_depth() -> None:
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert len(list(net.parameters())) == len(NAMES)
    assert all(type(p).__name__ == "Tensor" and p.is_parameter for p in net.parameters())
    assert [name for name, _ in net.named_parameters(recurse=False)] == ["scale"]
    assert [name for name, _ in net.named_parameters(prefix="net", recurse=False)] == ["net.scale"]


def test_buffers_modules_children() -> None:
    net = Net()
    assert [name for name, _ in net.named_buffers()][:2] == ["offset", "blocks.0.norm.running_mean"]
    assert len(list(net.buffers())) == 7
    assert [name for name, _ in net.named_children()] == ["blocks"]
    names = [name for name, _ in net.named_modules()]
    assert names[:4] == ["", "blocks", "blocks.0", "blocks.0.linear"]
    assert len(list(net.modules())) == len(names) == 10


def test_a_shared_parameter_is_listed_once() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    assert len(list(net.parameters())) == 3
    assert len(net.state_dict()) == 4
    twice = nn.Sequential(net, net)
    assert len(list(twice.parameters())) == 3


def test_train_and_eval_reach_everything() -> None:
    net = Net()
    assert all(module.training and module.is_train for module in net.modules())
    assert net.eval() is net
    assert not any(module.training or module.is_train for module in net.modules())
    net.train()
    assert all(module.is_train for module in net.modules())
    net.is_train = False
    assert not net.training


def test_zero_grad() -> None:
    net = Net()
    net(Tensor(np.random.default_rng(0).standard_normal((4, 3)))).backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all((p.grad.data == 0).all() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_attributes_can_change_their_role() -> None:
    net = nn.Module()
    net.part = 3
    net.part = nn.Parameter([1.0])
    assert [n for n, _ in net.named_parameters()] == ["part"]
    del net.part  # PyTorch too wants it to be said, see below
    net.part = nn.ReLU()
    assert [n for n, _ in net.named_parameters()] == []
    assert [n for n, _ in net.named_children()] == ["part"]
    del net.part
    net.part = "text"
    assert list(net.children()) == []
    assert net.part == "text"
    del net.part
    with pytest.raises(AttributeError, match="Module has no attribute 'part'"):
        _ = net.part


def test_assigning_to_a_buffer_keeps_it_one() -> None:
    net = Net()
    net.offset = Tensor([0.0, 0.0, 0.0])
    assert net.state_dict()["offset"].tolist() == [0.0, 0.0, 0.0]
    net.plain = Tensor([1.0])
    assert "plain" not in net.state_dict()
    net.scale = None
    assert "scale" not in dict(net.named_parameters())
    del net.offset
    assert "offset" not in net.state_dict()


def test_forgotten_super_init() -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            self.linear = nn.Linear(1, 1)

    class Empty(nn.Module):
        def __init__(self) -> None:
            self.size = 3

    with pytest.raises(AttributeError, match=r"Forgetful\.__init__ must call super\(\)\.__init__\(\)"):
        Forgetful()
    with pytest.raises(AttributeError, match=r"Empty\.__init__ must call super\(\)\.__init__\(\)"):
        list(Empty().parameters())


def test_missing_forward() -> None:
    with pytest.raises(NotImplementedError, match=r"Block2 needs a method forward"):
        type("Block2", (nn.Module,), {})()(1)


@pytest.mark.parametrize(
    ("register", "value", "message"),
    [
        ("register_parameter", Tensor([1.0]), "parameter must be None or a Tensor with is_parameter=True"),
        ("register_buffer", np.ones(1), "tensor must be a Tensor or None, got ndarray"),
        ("register_module", "x", "module must be a Module or None, got str"),
    ],
)
def test_wrong_registrations(register, value, message) -> None:
    with pytest.raises(TypeError, match=message):
        getattr(nn.Module(), register)("name", value)


@pytest.mark.parametrize("name", ["", "a.b", 3])
def test_wrong_names(name) -> None:
    with pytest.raises(ValueError, match="name must be a non-empty string without dots"):
        nn.Module().register_buffer(name, Tensor(1.0))


def test_handout_names_of_registration() -> None:
    net = nn.Module()
    net.add_parameter("w", nn.Parameter([1.0]))
    net.add_tensor("t", Tensor([1.0]))
    net.add_module("m", nn.ReLU())
    assert list(net.state_dict()) == ["w", "t"]
    assert [n for n, _ in net.named_children()] == ["m"]


def test_frozen_parameters() -> None:
    frozen = nn.Parameter([1.0], requires_grad=False)
    assert frozen.is_parameter
    assert not frozen.requires_grad
    net = Net().requires_grad_(False)
    assert not net(Tensor(np.ones((2, 3)))).requires_grad
    assert len(list(net.parameters())) == len(NAMES)


def test_apply_visits_children_first() -> None:
    visited = []
    net = Net()
    assert net.apply(visited.append) is net
    assert visited[-1] is net
    assert len(visited) == 10


# --------------------------------------------------------------------------- state_dict


def test_state_dict_round_trip() -> None:
    first, second = Net(), Net()
    x = Tensor(np.random.default_rng(0).standard_normal((5, 3)))
    first(x)  # moves the running averages
    state = first.state_dict()
    assert list(state)[:2] == ["scale", "offset"]
    assert all(not value.requires_grad for value in state.values())
    result = second.load_state_dict({name: value.data.copy() for name, value in state.items()})
    assert result == ([], [])
    first.eval()
    second.eval()
    np.testing.assert_array_equal(first(x).data, second(x).data)
    assert second.blocks[0].norm.num_batches_tracked.item() == 1


def test_load_state_dict_copies_and_keeps_dtype() -> None:
    layer = nn.Linear(2, 1).float()
    weight = layer.weight
    values = {"weight": np.array([[1.0, 2.0]]), "bias": Tensor([3.0])}
    layer.load_state_dict(values)
    values["weight"][0, 0] = 99
    assert layer.weight is weight
    assert layer.weight.dtype == np.float32
    assert layer.weight.data.tolist() == [[1.0, 2.0]]


def test_load_state_dict_names_everything_that_is_wrong_and_changes_nothing() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = {name: value.data.copy() for name, value in net.state_dict().items()}
    state = {"0.weight": np.zeros((3, 2)), "0.bias": np.zeros(4), "1.weight": np.zeros((3, 1)), "2.weight": np.zeros(1)}
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict(state)
    message = str(caught.value)
    for part in (
        "Sequential",
        "missing keys: 1.bias",
        "unexpected keys: 2.weight",
        "0.bias: expected shape (3,), got (4,)",
    ):
        assert part in message
    assert "1.weight: expected shape (1, 3), got (3, 1)" in message
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name])
    result = net.load_state_dict({"0.weight": np.zeros((3, 2)), "extra": np.zeros(1)}, strict=False)
    assert result.missing_keys == ["0.bias", "1.weight", "1.bias"]
    assert result.unexpected_keys == ["extra"]
    assert (net[0].weight.data == 0).all()
    with pytest.raises(RuntimeError, match=r"0\.bias: expected numbers, got dtype <U"):
        net.load_state_dict({"0.bias": np.array(["a", "b", "c"])}, strict=False)


def test_loading_counts_as_an_in_place_change() -> None:
    layer = nn.Linear(2, 1)
    x = Tensor(np.ones((1, 2)), requires_grad=True)
    y = layer(x)
    layer.load_state_dict({"weight": np.zeros((1, 2)), "bias": np.zeros(1)})
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_dtype_changes_in_place() -> None:
    net = Net()
    parameters = list(net.parameters())
    x = np.random.default_rng(0).standard_normal((4, 3))
    net(Tensor(x)).backward()
    assert net.float() is net
    assert all(a is b for a, b in zip(parameters, net.parameters()))
    assert all(p.dtype == np.float32 and p.grad.dtype == np.float32 for p in net.parameters())
    assert net.blocks[0].norm.num_batches_tracked.dtype == np.int64
    net.zero_grad()
    y = net(Tensor(x.astype(np.float32)))
    assert y.dtype == np.float32
    y.backward()
    assert all(p.grad.dtype == np.float32 for p in net.parameters())
    assert net.double().scale.dtype == np.float64
    with pytest.raises(TypeError, match="floating point"):
        net.to("int64")


def test_repr() -> None:
    net = nn.Sequential(nn.Linear(2, 3, bias=False), nn.Sequential(nn.ReLU()))
    assert repr(net) == (
        "Sequential(\n"
        "  (0): Linear(in_features=2, out_features=3, bias=False)\n"
        "  (1): Sequential(\n"
        "    (0): ReLU()\n"
        "  )\n"
        ")"
    )

"""PyTorch's names around the tensors: devices, old classes, settings, and what is left out."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn
from mytorch.compat.left_out import LEFT_OUT, LeftOut

CREATION = {
    "zeros": (3,), "ones": (3,), "empty": (3,), "rand": (3,), "randn": (3,), "arange": (3,), "eye": (3,),
    "randperm": (3,), "full": ((3,), 1.0), "linspace": (0, 1, 3), "tensor": ([1.0],), "as_tensor": ([1.0],),
    "randint": (0, 3, (3,)), "normal": (0.0, 1.0, (3,)),
}  # fmt: skip
LIKE = ["zeros_like", "ones_like", "empty_like", "rand_like", "randn_like"]


@pytest.mark.parametrize("name", [*CREATION, *LIKE, "full_like", "randint_like"])
def test_creation_takes_the_cpu_and_no_other_device(name: str) -> None:
    make = getattr(mytorch, name)
    x = mytorch.zeros(3)
    arguments: tuple = (x,) if name in LIKE else (x, 3) if name.endswith("_like") else CREATION[name]
    for device in ("cpu", mytorch.device("cpu"), "cpu:0", None, x.device):
        assert make(*arguments, device=device).device == mytorch.device("cpu")
    for device in ("cuda", "cuda:1", "mps", 0, "meta"):
        with pytest.raises(RuntimeError, match="MyTorch computes on the CPU"):
            make(*arguments, device=device)
    with pytest.raises(RuntimeError, match="'gpu' is no device"):
        make(*arguments, device="gpu")
    with pytest.raises(TypeError, match="devcie"):
        make(*arguments, devcie="cpu")


def test_devices() -> None:
    cpu = mytorch.device("cpu")
    assert (cpu.type, cpu.index, str(cpu), repr(cpu)) == ("cpu", None, "cpu", "device(type='cpu')")
    assert mytorch.device("cpu:0") == mytorch.device("cpu", 0) != cpu
    assert len({cpu, mytorch.device("cpu"), mytorch.device(cpu)}) == 1
    with cpu:
        assert mytorch.get_default_device() == cpu
    for call in (
        lambda: mytorch.device("cuda"),
        lambda: mytorch.device("cuda", 1),
        lambda: mytorch.device(0),
        lambda: mytorch.zeros(1).cuda(),
        lambda: mytorch.zeros(1).to("cuda:0"),
        lambda: nn.Linear(1, 1).cuda(),
        lambda: nn.Linear(1, 1).to("mps"),
        lambda: nn.Linear(1, 1, device="cuda"),
        lambda: nn.DataParallel(nn.Linear(1, 1), device_ids=[0]),
        lambda: mytorch.Generator(device="cuda"),
        lambda: mytorch.set_default_device("cuda"),
        lambda: mytorch.cuda.current_device(),
        lambda: mytorch.cuda.synchronize(),
        lambda: mytorch.accelerator.synchronize(),
    ):
        with pytest.raises(RuntimeError, match="MyTorch computes on the CPU"):
            call()
    with pytest.raises(TypeError, match="type must be a str"):
        mytorch.device(2.5)


def test_to_in_all_its_forms() -> None:
    x = mytorch.tensor([1.5, -1.5], requires_grad=True)
    for same in (x.to("cpu"), x.to(x.device), x.to(device="cpu"), x.to(mytorch.float64), x.to(x), x.cpu(), x.to()):
        assert same is x
    for half in (
        x.to("float32"), x.to(mytorch.float32), x.to("cpu", mytorch.float32), x.to(dtype=mytorch.float32),
        x.to(mytorch.ones(1, dtype=mytorch.float32)), x.to(device="cpu", dtype=mytorch.float32, non_blocking=True),
        x.type(mytorch.FloatTensor), x.type("torch.FloatTensor"),
    ):  # fmt: skip
        assert half.dtype == np.float32
        assert half.requires_grad
    copy = x.to("cpu", copy=True)
    assert copy is not x
    assert not np.shares_memory(copy.data, x.data)
    with pytest.raises(TypeError, match="dtype must be"):
        x.to("flaot32")
    with pytest.raises(TypeError, match="expected"):
        x.to(mytorch.float32, mytorch.float64)
    assert x.type() == "torch.DoubleTensor"
    layer = nn.Linear(2, 2)
    assert layer.to("cpu") is layer
    assert layer.to("cpu", mytorch.float32).weight.dtype == np.float32
    assert layer.to(device="cpu", dtype="float64").weight.dtype == np.float64


def test_there_are_no_cards() -> None:
    assert not mytorch.cuda.is_available()
    assert not mytorch.accelerator.is_available()
    assert mytorch.accelerator.current_accelerator() is None
    assert not mytorch.backends.mps.is_available()
    assert not mytorch.backends.cudnn.is_available()
    assert (mytorch.cuda.device_count(), mytorch.cuda.memory_allocated()) == (0, 0)
    mytorch.cuda.manual_seed_all(0)
    mytorch.cuda.empty_cache()
    assert mytorch.version.cuda is None


LAYERS: list[Any] = [
    (nn.Linear, (2, 3)), (nn.Bilinear, (2, 3, 4)), (nn.Conv1d, (2, 3, 1)), (nn.Conv2d, (2, 3, 1)),
    (nn.ConvTranspose1d, (2, 3, 1)), (nn.ConvTranspose2d, (2, 3, 1)), (nn.BatchNorm1d, (2,)), (nn.BatchNorm2d, (2,)),
    (nn.LayerNorm, (2,)), (nn.GroupNorm, (1, 2)), (nn.RMSNorm, (2,)), (nn.Embedding, (2, 3)),
    (nn.EmbeddingBag, (2, 3)), (nn.RNN, (2, 3)), (nn.LSTM, (2, 3)), (nn.GRU, (2, 3)), (nn.RNNCell, (2, 3)),
    (nn.LSTMCell, (2, 3)), (nn.GRUCell, (2, 3)), (nn.MultiheadAttention, (4, 2)), (nn.PReLU, ()),
    (nn.TransformerEncoderLayer, (4, 2, 8)), (nn.TransformerDecoderLayer, (4, 2, 8)), (nn.Transformer, (4, 2, 1, 1, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "arguments"), LAYERS, ids=lambda value: getattr(value, "__name__", ""))
def test_layers_take_device_and_dtype(kind: Any, arguments: tuple) -> None:
    layer = kind(*arguments, device="cpu", dtype=mytorch.float32)
    assert {p.dtype for p in layer.parameters()} == {np.dtype("float32")}
    assert {p.dtype for p in kind(*arguments).parameters()} == {np.dtype("float64")}
    with pytest.raises(RuntimeError, match="MyTorch computes on the CPU"):
        kind(*arguments, device="cuda")
    assert {"device", "dtype"} <= set(inspect.signature(kind).parameters)


def test_flags_are_truth_values() -> None:
    with pytest.raises(TypeError, match=r"requires_grad must be True or False, got 2; .* mytorch\.empty\(3, 2\)"):
        mytorch.Tensor(3, 2)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"mytorch\.empty\(2, 3, 4\)"):
        mytorch.Tensor(2, 3, 4)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is_parameter must be True or False"):
        mytorch.Tensor([1.0], True, True, "yes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="requires_grad must be True or False"):
        nn.Parameter([1.0], 1)  # type: ignore[arg-type]
    assert mytorch.Tensor([1.0], np.bool_(True)).requires_grad


def test_view_never_copies() -> None:
    x = mytorch.arange(6).reshape(2, 3)
    assert np.shares_memory(x.view(3, 2).data, x.data)
    assert x.t().view(3, 2).shape == (3, 2)
    with pytest.raises(RuntimeError, match=r"use \.reshape"):
        x.t().view(-1)
    assert x.t().reshape(-1).tolist() == [0, 3, 1, 4, 2, 5]
    assert mytorch.zeros(0, 3).t().view(0).shape == (0,)


def test_old_classes() -> None:
    assert mytorch.FloatTensor([1, 2]).dtype == np.float32
    assert mytorch.LongTensor(2, 3).shape == (2, 3)
    assert mytorch.ByteTensor().shape == (0,)
    assert isinstance(mytorch.zeros(1, dtype=mytorch.float32), mytorch.FloatTensor)
    assert not isinstance(mytorch.zeros(1), mytorch.FloatTensor)
    with pytest.raises(TypeError, match="sizes as ints"):
        mytorch.FloatTensor(2, "a")
    x = mytorch.autograd.Variable(mytorch.ones(2), requires_grad=True)
    assert x.requires_grad
    assert isinstance(x, mytorch.autograd.Variable)


def test_small_questions() -> None:
    x = mytorch.zeros(2, 3)
    assert mytorch.is_tensor(x)
    assert not mytorch.is_tensor(x.data)
    assert (mytorch.numel(x), mytorch.Size([2, 3]).numel()) == (6, 6)
    assert x.shape == mytorch.Size([2, 3])
    assert isinstance(x.shape, mytorch.Size)
    assert isinstance(x.dtype, mytorch.dtype)
    assert mytorch.is_floating_point(x)
    assert mytorch.zeros(1, layout=mytorch.strided, memory_format=mytorch.channels_last).shape == (1,)
    with pytest.raises(ValueError, match="precision"):
        mytorch.set_float32_matmul_precision("best")


def test_random_state() -> None:
    mytorch.manual_seed(3)
    state = mytorch.get_rng_state()
    first = mytorch.rand(3)
    with mytorch.random.fork_rng():
        mytorch.rand(100)
    second = mytorch.rand(3)
    mytorch.set_rng_state(state)
    assert mytorch.rand(3).tolist() == first.tolist()
    assert mytorch.rand(3).tolist() == second.tolist()


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_left_out_says_so_at_the_name(name: str) -> None:
    module = importlib.import_module(f"mytorch.{name}")
    for use in (lambda: getattr(mytorch, name).anything, lambda: module(1), lambda: module.something.other):
        with pytest.raises(LeftOut, match=rf"^mytorch\.{name} is left out: .*differences") as caught:
            use()
        assert not isinstance(caught.value, AttributeError)
    with pytest.raises(LeftOut):
        exec(f"from mytorch.{name} import anything")

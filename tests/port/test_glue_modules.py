"""PyTorch's module paths: loaders, data parallelism, amp, func, testing."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import func, nn, testing
from mytorch.data import DataLoader, TensorDataset
from mytorch.utils.data import IterableDataset, get_worker_info

PATHS = [
    "utils.data:DataLoader", "utils.data.dataset:Dataset", "utils.data.dataloader:default_collate",
    "utils.data.sampler:Sampler", "nn.modules:Conv2d", "nn.modules.conv:_ConvNd", "nn.modules.batchnorm:_BatchNorm",
    "nn.modules.utils:_pair", "nn.modules.module:Module", "nn.modules.loss:CrossEntropyLoss", "nn.parameter:Parameter",
    "nn.parallel:DataParallel", "optim.lr_scheduler:_LRScheduler", "optim.lr_scheduler:LRScheduler",
    "autograd:Variable", "func:jacrev", "testing:assert_close", "profiler:record_function", "cuda.amp:GradScaler",
    "amp:autocast", "backends.cudnn:benchmark", "distributions.normal:Normal", "serialization:safe_globals",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_paths(path: str) -> None:
    module, _, name = path.partition(":")
    assert getattr(importlib.import_module(f"mytorch.{module}"), name) is not None
    with pytest.raises((ImportError, AttributeError)):
        exec(f"from mytorch.{module} import no_such_name")


def test_none_of_it_is_imported_before_it_is_used() -> None:
    names = ("cuda", "distributions", "func", "legacy", "port", "queries", "serialization", "testing", "utils.data")
    program = f"import sys, mytorch; print([n for n in {names} if 'mytorch.' + n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_loader_takes_pytorchs_arguments() -> None:
    data = TensorDataset(mytorch.arange(10))
    called: list[int] = []
    options = {"pin_memory": True, "persistent_workers": True, "timeout": 5, "in_order": True}
    loader = DataLoader(data, 4, num_workers=2, worker_init_fn=called.append, prefetch_factor=3, **options)
    assert [batch.tolist() for (batch,) in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert (called, loader.prefetch) == ([0], 6)
    with pytest.raises(ValueError, match="num_workers"):
        DataLoader(data, num_workers=-1)
    with pytest.raises(ValueError, match="prefetch_factor"):
        DataLoader(data, prefetch_factor=2)


def test_a_worker_that_fails_to_begin_is_heard() -> None:
    def fail(number: int) -> None:
        raise OSError("no worker")

    with pytest.raises(OSError, match="no worker"):
        list(DataLoader(TensorDataset(mytorch.arange(3)), num_workers=1, worker_init_fn=fail))


def test_data_parallel_passes_through() -> None:
    layer = nn.Linear(2, 3)
    x = mytorch.ones(4, 2)
    wrapped = nn.DataParallel(layer)
    np.testing.assert_array_equal(wrapped(x).data, layer(x).data)
    assert list(wrapped.state_dict()) == ["module.weight", "module.bias"]


def test_mixed_precision_says_that_it_does_nothing() -> None:
    with pytest.warns(UserWarning, match="nothing is cast"), mytorch.amp.autocast("cuda"):
        assert (mytorch.ones(2) @ mytorch.ones(2)).dtype == np.float64
    with pytest.raises(NotImplementedError, match="bfloat16"):
        mytorch.amp.autocast("cpu")
    scaler = mytorch.cuda.amp.GradScaler(enabled=False)
    layer = nn.Linear(1, 1)
    optimizer = mytorch.optim.SGD(layer.parameters(), lr=1.0)
    before = layer.bias.data.copy()
    scaler.scale(layer(mytorch.ones(1, 1)).sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    np.testing.assert_allclose(layer.bias.data, before - 1)


def test_regions_are_in_the_profile() -> None:
    with mytorch.profiler.profile() as prof, mytorch.profiler.record_function("my block"):
        mytorch.ones(3) * 2
    row = next(row for row in prof.key_averages() if row.key == "my block")
    assert row.count == 1
    with mytorch.profiler.record_function("alone"):
        pass


def test_assert_close() -> None:
    x = mytorch.tensor([1.0, 2.0])
    testing.assert_close({"a": [x, 1.0]}, {"a": [x + 1e-9, 1.0]})
    for actual, expected, message in (
        (x, x + 1e-3, "2 of 2 numbers differ"),
        (x, x.float(), "dtypes differ"),
        (x, mytorch.ones(3), "shapes differ"),
        ([x, x], [x, x + 1], r"numbers\[1\] differ"),
        ({"a": x}, {"b": x}, "keys differ"),
        (mytorch.tensor([np.nan]), mytorch.tensor([np.nan]), "1 of 1"),
    ):
        with pytest.raises(AssertionError, match=message):
            testing.assert_close(actual, expected)
    testing.assert_close(x, x + 1e-3, rtol=1e-2, atol=0)
    with pytest.raises(ValueError, match="go together"):
        testing.assert_close(x, x, rtol=1e-2)
    with pytest.raises(AssertionError, match=r"^mine$"):
        testing.assert_close(x, x + 1, msg="mine")


def cube(x: Any) -> Any:
    return (x**3).sum()


def test_functions_of_functions() -> None:
    x = mytorch.tensor([1.0, 2.0])
    assert func.grad(cube)(x).tolist() == [3.0, 12.0]
    assert not func.grad(cube)(x).requires_grad
    slope, value = func.grad_and_value(cube)(x)
    assert (slope.tolist(), value.item()) == ([3.0, 12.0], 9.0)
    assert func.jacrev(func.grad(cube))(x).tolist() == func.hessian(cube)(x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert func.vmap(func.grad(cube))(mytorch.stack([x, 2 * x])).tolist() == [[3.0, 12.0], [12.0, 48.0]]
    output, pull_back = func.vjp(lambda a, b: a * b, x, 3 * x)
    assert output.tolist() == [3.0, 12.0]
    assert [g.tolist() for g in pull_back(mytorch.ones(2))] == [[3.0, 6.0], [1.0, 2.0]]
    assert func.jvp(lambda a: a * a, (x,), (mytorch.ones(2),))[1].tolist() == [2.0, 4.0]
    assert func.grad(lambda d: cube(d["a"]) * d["b"][0].sum())({"a": x, "b": (x,)})["b"][0].tolist() == [9.0, 9.0]
    assert func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, 3 * x)[1].tolist() == [1.0, 2.0]
    assert func.grad(lambda a: mytorch.tensor(1.0))(x).tolist() == [0.0, 0.0]
    with pytest.raises(RuntimeError, match="one element"):
        func.grad(lambda a: a)(x)
    with pytest.raises(ValueError, match="argnums is 1"):
        func.grad(cube, argnums=1)(x)
    w = mytorch.tensor(2.0, requires_grad=True)  # a variable of the surroundings goes on
    func.grad(lambda a: (w * a * a).sum())(x).sum().backward()
    assert w.grad.item() == 6.0


def test_functional_call_leaves_the_module_alone() -> None:
    layer = nn.Linear(2, 1)
    before = layer.weight
    new = mytorch.ones(1, 2, requires_grad=True)
    func.functional_call(layer, {"weight": new}, mytorch.ones(1, 2)).sum().backward()
    assert new.grad.tolist() == [[1.0, 1.0]]
    assert layer.weight is before
    assert before.grad is None
    with pytest.raises(ValueError, match="no parameter or buffer wieght"):
        func.functional_call(layer, {"wieght": new}, mytorch.ones(1, 2))


class Stream(IterableDataset):
    def __iter__(self) -> Any:
        assert get_worker_info() is None
        return iter([(mytorch.tensor([float(i)]), i) for i in range(5)])

    def __len__(self) -> int:
        return 5


def test_a_stream_of_samples() -> None:
    loader = DataLoader(Stream(), 2)
    assert [labels.tolist() for _, labels in loader] == [[0, 1], [2, 3], [4]]
    assert [x.shape for x, _ in loader] == [(2, 1), (2, 1), (1, 1)]  # a second epoch begins anew
    assert len(loader) == 3
    assert [labels.tolist() for _, labels in DataLoader(Stream(), 2, drop_last=True, num_workers=2)] == [[0, 1], [2, 3]]
    assert [label for _, label in DataLoader(Stream(), None)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="no shuffle"):
        DataLoader(Stream(), 2, shuffle=True)


def test_fans_by_pytorchs_name() -> None:
    assert nn.init._calculate_fan_in_and_fan_out(mytorch.zeros(3, 2, 5, 5)) == (50, 75)

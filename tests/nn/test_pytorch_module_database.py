"""PyTorch's own database of modules and inputs, run against ours: outputs, running averages and gradients.

The database is a part of PyTorch's tests that PyTorch installs; it needs the package expecttest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mytorch import nn
from mytorch.tensor import Tensor

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's database of modules needs the package expecttest")
common_modules = pytest.importorskip("torch.testing._internal.common_modules")

# What PyTorch has and MyTorch has not. `nn.Conv3d` and others say why.
LEFT_OUT = {
    "AdaptiveAvgPool3d", "AdaptiveMaxPool3d", "AvgPool3d", "BatchNorm3d", "Conv3d", "ConvTranspose3d",
    "FractionalMaxPool2d", "FractionalMaxPool3d", "InstanceNorm3d", "LPPool3d", "LazyConv1d",
    "LazyConv2d", "LazyConv3d", "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d",
    "LinearCrossEntropyLoss", "MaxPool3d",
}  # fmt: skip
DATABASE = {info.module_cls.__name__: info for info in common_modules.module_db}


def to_ours(value: Any) -> Any:
    """PyTorch's arguments as ours: tensors, functions by their names, and no dtype or device. A tensor that
    comes twice in one list is one tensor."""
    if isinstance(value, torch.Tensor):
        ours = Tensor(value.detach().numpy().copy())
        ours.requires_grad = value.requires_grad
        return ours
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        attention = value.self_attn
        ours = nn.TransformerEncoderLayer(
            attention.embed_dim, attention.num_heads, value.linear1.out_features, value.dropout.p,
            to_ours(value.activation), value.norm1.eps, attention.batch_first, value.norm_first,
            value.linear1.bias is not None,
        )  # fmt: skip
        ours.load_state_dict({name: tensor.numpy() for name, tensor in value.state_dict().items()})
        return ours
    if isinstance(value, torch.nn.Module):
        ours = getattr(nn, type(value).__name__)()
        assert not list(ours.parameters())
        return ours
    if callable(value) and getattr(value, "__module__", "").startswith("torch"):
        return getattr(nn.functional, value.__name__)
    if isinstance(value, (tuple, list)):
        ours_by_id = {id(v): to_ours(v) for v in value}
        return type(value)(ours_by_id[id(v)] for v in value)
    if isinstance(value, dict):
        return {key: to_ours(v) for key, v in value.items() if key not in ("device", "dtype")}
    return value


def tensors(value: Any) -> list:
    """All tensors in nested tuples, lists and dicts, in order."""
    if isinstance(value, (torch.Tensor, Tensor)):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in tensors(v)] if isinstance(value, (tuple, list)) else []


def check(ours: Any, theirs: Any, what: str) -> None:
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-7, atol=1e-9, err_msg=what)


def compare(info: Any, sample: Any, training: bool) -> int:
    """One sample; how many gradients were compared."""
    make = sample.constructor_input
    theirs = info.module_cls(*make.args, **make.kwargs).double().train(training)
    ours = getattr(nn, info.module_cls.__name__)(*to_ours(make.args), **to_ours(make.kwargs)).double().train(training)
    ours.load_state_dict({name: tensor.numpy().copy() for name, tensor in theirs.state_dict().items()})
    their_args, their_kwargs = sample.forward_input.args, sample.forward_input.kwargs
    args, kwargs = to_ours(list(their_args)), to_ours(their_kwargs)
    inputs, their_inputs = args, list(their_args)
    if isinstance(ours, nn.CTCLoss):
        # PyTorch's gradient is not that of log_probs, but, with a factor, of what log_softmax was given: through
        # log_softmax both are the same. See `nn.functional.ctc_loss`.
        inputs = [args[0].log_softmax(2), *args[1:]]
        their_inputs = [their_args[0].log_softmax(2), *their_args[1:]]
    found, expected = tensors(ours(*inputs, **kwargs)), tensors(theirs(*their_inputs, **their_kwargs))
    assert len(found) == len(expected) > 0
    for i, (y, their_y) in enumerate(zip(found, expected)):
        assert y.shape == tuple(their_y.shape)
        check(y, their_y, f"output {i}")
    for name, tensor in theirs.state_dict().items():
        check(ours.state_dict()[name], tensor, name)

    leaves = [t for t in [*tensors(args), *tensors(kwargs)] if t.requires_grad] + list(ours.parameters())
    their_leaves = [t for t in [*tensors(list(their_args)), *tensors(their_kwargs)] if t.requires_grad]
    their_leaves += list(theirs.parameters())
    assert len(leaves) == len(their_leaves)
    generator = np.random.default_rng(7)
    total, their_total = 0.0, 0.0
    for y, their_y in zip(found, expected):
        if their_y.requires_grad:
            assert y.requires_grad
            weights = generator.standard_normal(y.shape)
            total = total + (y * weights).sum()
            their_total = their_total + (their_y * torch.tensor(weights)).sum()
    if not leaves:
        return 0
    total.backward()
    gradients = torch.autograd.grad(their_total, their_leaves, materialize_grads=True)
    for i, (leaf, gradient) in enumerate(zip(leaves, gradients)):
        grad = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad
        check(grad if isinstance(grad, Tensor) else Tensor(grad), gradient, f"gradient {i} of shape {leaf.shape}")
    return len(leaves)


def test_the_database_is_known_by_name() -> None:
    """A class that PyTorch adds, or that we add, is noticed here."""
    assert {name for name in DATABASE if name not in dir(nn)} == LEFT_OUT


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning", "ignore:reduction. 'mean' divides")
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", sorted(DATABASE.keys() - LEFT_OUT))
def test_module_is_pytorchs_on_every_sample(name: str, training: bool) -> None:
    info = DATABASE[name]
    torch.manual_seed(0)
    samples = list(
        info.module_inputs_func(info, device="cpu", dtype=torch.float64, requires_grad=True, training=training)
    )
    assert samples
    compared = 0
    for sample in samples:
        try:
            with np.errstate(invalid="ignore"):  # some targets of KLDivLoss are negative: nan in both
                compared += compare(info, sample, training)
        except Exception as error:
            make, given = sample.constructor_input, sample.forward_input
            shapes = [tuple(t.shape) for t in tensors([list(given.args), given.kwargs])]
            error.add_note(f"{name}(*{make.args}, **{make.kwargs}) of {shapes}, {given.kwargs.keys()} {sample.desc}")
            raise
    assert compared > 0

"""Every row of the table of operations on nan, on infinities, on nothing (an axis of size 0) and on 0-d
tensors, values and gradients, as PyTorch. Then the faults that were found, with the right values
frozen: they need no PyTorch."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from support.case import Case
from support.cases import FAMILIES
from support.namespaces import MyTorch, PyTorch

import mytorch
import mytorch.nn.functional as F
from mytorch.tensor import Tensor

nan, inf = float("nan"), float("inf")

# Where results part from PyTorch's on purpose, or where PyTorch's own depend on the order of its sums.
OTHERWISE = {
    "softsign": "PyTorch's gradient at inf is nan, the limit is 0",
    "pow_half": "PyTorch takes sqrt, whose (-inf)^0.5 is nan and not inf as C's pow",
    "acosh": "at -inf the value is nan, and so is our gradient",
    "hardtanh": "PyTorch's gradient at nan depends on where the element lies in memory",
    "relu6": "as hardtanh",
    "normalize_inf": "of an infinite element: nan in PyTorch",
    "conv": "PyTorch multiplies infinite weights with padding, or passes padding by, kernel by kernel",
    "einsum": "which product comes first differs, and with it where inf - inf comes from",
    "matrix": "as einsum",
    "cholesky": "as solve",
    "solve": "LAPACK's elimination with inf",
    "det": "as solve",
    "inverse": "as solve",
    "slogdet": "as solve",
    "svd": "an error; PyTorch's is one with nan, and gives nan with inf",
    "cond": "as svd",
    "matrix_rank": "as svd",
    "qr": "as solve",
    "lstsq": "as solve",
    "norm_nuclear": "as solve",
    "eigh": "as solve",
    "pinv": "as solve",
    "linalg": "as solve, and as amax",
    "amax": "PyTorch's amax gives nan to every element if one is nan, its max shares evenly as ours",
    "amin": "as amax",
    "scatter_reduce_am": "as amax",
    "index_reduce_am": "as amax",
    "std_mean": "PyTorch's mean of an infinite element is nan here, and inf from its mean()",
    "ldexp": "PyTorch's gradient by an infinite exponent is nan, ours the product inf",
    "copysign": "PyTorch's gradient at inf is nan, the slope is 1 or -1 everywhere",
    "grid_sample": "PyTorch's gradient by a place that was moved to the border is 0 times the image",
    "soft_margin_loss": "PyTorch's gradient at inf is nan, the limit is 0",
    "bilinear": "as einsum",
    "cumprod": "as einsum",
    "prod_zero": "0 * inf in PyTorch's order of factors, and of the product of one nan 1",
    "kl_div": "where a probability is 0, PyTorch's gradient by the target is nan or inf, ours 0",
    "poisson_nll_loss_of_a_target": "PyTorch's gradient by a target of nan is nan",
    "group_norm_affine": "as layer_norm",
    "instance_norm_affine": "as layer_norm",
    "batch_norm": "as layer_norm",
    "layer_norm": "with infinite weights, as einsum",
    "interpolate": "at the ends PyTorch's weights are 0 or not by a rounding error",
}
EMPTY_OTHERWISE = {
    "attention": "PyTorch does not look at a mask if there is nothing to attend to",
    "conv": "an error that names the shape, where PyTorch takes tensors without channels",
    "adaptive": "an error, where PyTorch gives nan",
    "max_pool": "PyTorch refuses to pool tensors without channels",
    "avg_pool": "as max_pool",
    "pad_circular_of_one": "an error, where PyTorch pads nothing with nothing",
    "group_norm_affine": "PyTorch's gradient of a weight that nothing used is nan",
    "instance_norm_affine": "PyTorch does not check the weight's shape",
    "batch_norm_training": "as instance_norm",
    "topk_none": "of a 0-d tensor PyTorch's k=0 takes one element",
    "mT": "deprecated for 0-d in PyTorch",
    "pinv_hermitian": "an error, as of mT",
    "eig": "as mT, which makes the matrix symmetric",
}


def _differs(name: str, table: dict[str, str]) -> bool:
    return any(name.startswith(start) for start in table)


def _results(F: Any, case: Case, leaves: list[Any], weights: Any) -> list[np.ndarray]:
    y = case.function(F, *leaves)
    if y.requires_grad:
        (y * weights(tuple(y.shape))).sum().backward()
    gradients = [np.zeros(tuple(x.shape)) if x.grad is None else x.grad.detach().numpy() for x in leaves]
    return [np.asarray(array) for array in (y.detach().numpy(), *gradients)]


def _compare(torch: Any, case: Case, arrays: list[np.ndarray], what: str) -> None:
    def weights(shape: tuple[int, ...]) -> np.ndarray:
        return np.random.default_rng(5).standard_normal(shape)

    theirs: Any
    try:
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        theirs = _results(PyTorch(torch), case, leaves, lambda shape: torch.tensor(weights(shape)))
    except Exception as error:  # then ours must refuse too, or do more: nothing to compare
        theirs = error
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        leaves = [Tensor(array.copy(), requires_grad=True) for array in arrays]
        if isinstance(theirs, Exception):
            return
        ours = _results(MyTorch(), case, leaves, lambda shape: Tensor(weights(shape)))
    for i, (a, b) in enumerate(zip(ours, theirs)):
        message = f"{case.name} with {what}: {'value' if i == 0 else f'gradient {i - 1}'}"
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8, equal_nan=True, err_msg=message)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.filterwarnings("ignore")
def test_nan_and_infinities_as_in_pytorch(family) -> None:
    torch = pytest.importorskip("torch")
    for case in FAMILIES[family]:
        if _differs(case.name, OTHERWISE):
            continue
        for which, shape in enumerate(case.shapes):
            size = math.prod(shape)
            for special in ([nan], [inf], [-inf, 0.0]):
                arrays = case.inputs()
                flat = arrays[which].reshape(-1).copy()
                places = np.random.default_rng(which).choice(size, min(size, len(special)), replace=False)
                flat[places] = special[: len(places)]
                arrays[which] = flat.reshape(shape)
                _compare(torch, case, arrays, f"{special} in argument {which}")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.filterwarnings("ignore")
def test_nothing_and_0d_as_in_pytorch(family) -> None:
    torch = pytest.importorskip("torch")
    for case in FAMILIES[family]:
        if _differs(case.name, EMPTY_OTHERWISE):
            continue
        for axis in range(-4, 4):
            shapes = [
                tuple([0 if i in (axis, axis + len(shape)) else n for i, n in enumerate(shape)])
                for shape in case.shapes
            ]
            if shapes != list(case.shapes):
                _compare(torch, case, [np.ones(shape) for shape in shapes], f"shapes {shapes}")
        _compare(torch, case, [np.full((), 0.5) for _ in case.shapes], "0-d tensors")


# ------------------------------------------------------------------- nan is not swallowed
def gradients(function: Any, *arrays: Any, weight: Any = 1.0) -> list[list[float]]:
    leaves = [Tensor(np.array(array, float), requires_grad=True) for array in arrays]
    (function(*leaves) * weight).sum().backward()
    return [leaf.grad.data.tolist() for leaf in leaves]


AT_NAN = {
    "relu": (F.relu, 1.0),
    "elu": (F.elu, 1.0),
    "selu": (F.selu, 1.0507009873554805),
    "celu": (lambda x: F.celu(x, 2.0), 1.0),
    "hardtanh": (F.hardtanh, 1.0),
    "relu6": (F.relu6, 1.0),
    "hardswish": (F.hardswish, 1.0),
    "threshold": (lambda x: F.threshold(x, 0.5, 9.0), 1.0),
    "prelu": (lambda x: F.prelu(x, mytorch.tensor([0.25])), 0.25),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.25), 0.25),
    "hardsigmoid": (F.hardsigmoid, 0.0),
    "huber_loss": (lambda x: F.huber_loss(x, x.detach() * 0, reduction="none"), nan),
    "smooth_l1_loss": (lambda x: F.smooth_l1_loss(x, x.detach() * 0, reduction="none"), nan),
    "gelu": (F.gelu, nan),
    "silu": (F.silu, nan),
    "softplus": (F.softplus, nan),
    "logit": (lambda x: F.logit(x, 0.1), nan),
    "copysign": (lambda x: mytorch.copysign(x, 1.0), nan),
}


@pytest.mark.parametrize("name", AT_NAN)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_values_and_gradients_at_nan(name) -> None:
    """The values are nan; the gradients are PyTorch's: of a kink that of the branch that `x <= 0` does not take."""
    function, slope = AT_NAN[name]
    assert np.isnan(function(Tensor([nan])).data).all()
    np.testing.assert_allclose(gradients(function, [nan, 2.0])[0][0], slope)


# ---------------------------------------------------------------------------- 0 * inf
@pytest.mark.filterwarnings("ignore:invalid value")
def test_logaddexp_with_infinities() -> None:
    assert gradients(mytorch.logaddexp, 0.0, inf) == [0, 1]
    assert gradients(mytorch.logaddexp, inf, 0.0) == [1, 0]
    assert gradients(mytorch.logaddexp, 0.0, -inf) == [1, 0]
    assert np.isnan(gradients(mytorch.logaddexp, inf, inf)).all()
    assert gradients(mytorch.logaddexp, 1e300, -1e300) == [1, 0]


def test_second_derivatives_of_logaddexp_at_equal_numbers() -> None:
    x, y = Tensor(1.0, requires_grad=True), Tensor(1.0, requires_grad=True)
    (first,) = mytorch.autograd.grad(mytorch.logaddexp(x, y), x, create_graph=True)
    assert [g.item() for g in mytorch.autograd.grad(first, [x, y])] == [0.25, -0.25]


def test_prelu_with_infinities() -> None:
    assert gradients(F.prelu, [inf, -2.0], [0.25]) == [[1, 0.25], [-2]]
    assert gradients(F.prelu, [3.0, -2.0], [inf]) == [[1, inf], [-2]]


@pytest.mark.parametrize("bad", [inf, -inf, nan])
def test_only_what_met_an_infinite_weight_gets_its_gradient(bad) -> None:
    weight = Tensor(np.array([[[1.0, bad]]]))
    (gradient,) = gradients(lambda x: F.conv1d(x, weight), np.ones((1, 1, 3)))
    np.testing.assert_equal(gradient, [[[1.0, bad, bad]]])
    images = Tensor(np.array([[[[1.0, bad]]]]))
    (gradient,) = gradients(lambda x: F.conv2d(x, images), np.ones((1, 1, 1, 3)))
    np.testing.assert_equal(gradient, [[[[1.0, bad, bad]]]])
    np.testing.assert_equal(F.conv_transpose1d(mytorch.ones(1, 1, 1), weight).data, [[[1.0, bad]]])


def test_second_derivative_of_std_at_equal_numbers_is_0() -> None:
    x = mytorch.ones(3, requires_grad=True)
    (g,) = mytorch.autograd.grad(x.std(), x, create_graph=True)
    (h,) = mytorch.autograd.grad(g[0], x)
    assert h.data.tolist() == [0, 0, 0]


def test_var_without_degrees_of_freedom() -> None:
    x = mytorch.tensor([1.0, 2.0, 3.0])
    assert [x.var(correction=c).item() for c in (3, 4)] == [inf, inf]
    assert np.isnan([mytorch.tensor([2.0]).var().item(), mytorch.ones(3).var(correction=3).item()]).all()


# ---------------------------------------------------------------------------- nothing
@pytest.mark.parametrize("function", [F.softmax, F.log_softmax, F.softmin])
@pytest.mark.parametrize("shape", [(0,), (2, 3, 0), (0, 3)])
def test_softmax_family_of_nothing(function, shape) -> None:
    x = mytorch.zeros(shape, requires_grad=True)
    for dim in range(len(shape)):
        y = function(x, dim)
        assert y.shape == shape
        y.sum().backward()
    assert x.grad.shape == shape


def test_softmax_family_of_a_number() -> None:
    for function, value in ((F.softmax, 1), (F.log_softmax, 0), (F.softmin, 1)):
        x = mytorch.tensor(3.0, requires_grad=True)
        for dim in (0, -1):
            y = function(x, dim)
            assert (y.shape, y.item()) == ((), value)
        y.backward()
        assert (x.grad.shape, x.grad.item()) == ((), 0)


def test_cross_entropy_with_no_classes_or_samples() -> None:
    nothing = mytorch.zeros(3, 0)
    assert F.cross_entropy(nothing, nothing, reduction="none").data.tolist() == [0, 0, 0]
    assert F.cross_entropy(nothing, nothing, reduction="sum").item() == 0
    assert np.isnan(F.cross_entropy(nothing, nothing).item())
    labels = mytorch.zeros(0, dtype="int64")
    for classes in (0, 3):
        assert np.isnan(F.cross_entropy(mytorch.zeros(0, classes), labels).item())
        assert F.cross_entropy(mytorch.zeros(0, classes), labels, reduction="sum").item() == 0


@pytest.mark.parametrize("shape", [(0, 3), (2, 3, 0), (0, 3, 2, 2)])
def test_batch_norm_of_an_empty_batch(shape) -> None:
    mean, var = mytorch.zeros(3), mytorch.ones(3)
    x, weight, bias = [mytorch.ones(s, requires_grad=True) for s in (shape, 3, 3)]
    y = F.batch_norm(x, mean, var, weight, bias, training=True)
    y.sum().backward()
    assert y.shape == x.grad.shape == shape
    assert weight.grad.data.tolist() == bias.grad.data.tolist() == [0, 0, 0]
    assert (mean.data.tolist(), var.data.tolist()) == ([0, 0, 0], [1, 1, 1])
    if len(shape) < 4:
        layer = mytorch.nn.BatchNorm1d(3)
        assert layer(mytorch.zeros(shape)).shape == shape
        assert layer.num_batches_tracked.item() == 1
        assert layer.running_mean.data.tolist() == [0, 0, 0]


def test_one_value_per_channel_is_still_refused() -> None:
    with pytest.raises(ValueError, match="more than one value per channel"):
        F.batch_norm(mytorch.zeros(1, 3), None, None, training=True)


def test_ctc_with_inputs_of_length_0() -> None:
    """No input and no target is one, empty, alignment; with a target there is none."""
    logits = mytorch.zeros(3, 3, 2, requires_grad=True)
    targets = mytorch.tensor([[1], [1], [1]])
    arguments = (logits.log_softmax(2), targets, mytorch.tensor([0, 1, 0]), mytorch.tensor([0, 1, 1]))
    losses = F.ctc_loss(*arguments, reduction="none")
    np.testing.assert_allclose(losses.data, [0, math.log(2), inf], atol=1e-12)
    F.ctc_loss(*arguments, reduction="sum", zero_infinity=True).backward()
    expected = np.zeros((3, 3, 2))
    expected[0, 1] = [0.5, -0.5]
    np.testing.assert_allclose(logits.grad.data, expected, atol=1e-12)


def test_attention_without_features_weighs_evenly() -> None:
    y = F.scaled_dot_product_attention(mytorch.zeros(2, 0), mytorch.zeros(3, 0), mytorch.tensor([[1.0], [2.0], [6.0]]))
    np.testing.assert_allclose(y.data, [[3.0], [3.0]])


def test_matrix_norms_of_nothing_are_0() -> None:
    for order in (1, 2, inf, "nuc", "fro"):
        assert mytorch.linalg.matrix_norm(mytorch.zeros(2, 3, 0), order).data.tolist() == [0, 0]


# ------------------------------------------------------------------------- ceil_mode
def test_windows_of_ceil_mode_may_be_longer_than_the_input() -> None:
    x = mytorch.tensor([[[1.0, 2.0]]])
    assert F.avg_pool1d(x, 3, 2, ceil_mode=True).data.tolist() == [[[1.5]]]
    assert F.max_pool1d(x, 3, 2, ceil_mode=True).data.tolist() == [[[2.0]]]
    image = mytorch.arange(4.0).reshape(1, 1, 2, 2)
    assert F.max_pool2d(image, 3, 2, ceil_mode=True).data.tolist() == [[[[3.0]]]]
    assert F.avg_pool2d(image, 3, 2, ceil_mode=True).data.tolist() == [[[[1.5]]]]
    for pool in (F.avg_pool1d, F.max_pool1d):
        with pytest.raises(ValueError, match="needs an input of at least 3"):
            pool(x, 3, 2)
        with pytest.raises(ValueError, match="nothing to pool"):
            pool(mytorch.zeros(1, 1, 0), 2, padding=1)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_average_pooling_of_every_small_geometry_as_in_pytorch(ceil_mode) -> None:
    torch = pytest.importorskip("torch")
    for size in range(1, 7):
        x = np.random.default_rng(size).standard_normal((1, 2, size))
        for kernel in range(1, 5):
            for stride in range(1, 5):
                for padding in range(kernel // 2 + 1):
                    for counted in (True, False):
                        rest = (kernel, stride, padding, ceil_mode, counted)
                        leaf, other = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
                        try:
                            expected = torch.nn.functional.avg_pool1d(other, *rest)
                        except RuntimeError:
                            with pytest.raises(ValueError, match="needs an input"):
                                F.avg_pool1d(leaf, *rest)
                            continue
                        found = F.avg_pool1d(leaf, *rest)
                        np.testing.assert_allclose(found.data, expected.detach().numpy(), err_msg=str((size, rest)))
                        (found * found).sum().backward()
                        (expected * expected).sum().backward()
                        np.testing.assert_allclose(leaf.grad.data, other.grad.numpy(), err_msg=str((size, rest)))

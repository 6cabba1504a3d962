"""nn.init: ranges and moments by PyTorch's formulas, and the gains themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mytorch
from mytorch import nn
from mytorch.tensor import Tensor

SHAPE = (60, 40, 3)  # fan_in 120, fan_out 180
INIT = nn.init


def fresh(shape=SHAPE, dtype=np.float64) -> Tensor:
    return nn.Parameter(np.full(shape, 7.0, dtype))


UNIFORM = {  # (what to call, bound)
    "uniform": (lambda t: INIT.uniform_(t, -3.0, 3.0), 3.0),
    "xavier": (lambda t: INIT.xavier_uniform_(t), math.sqrt(6 / 300)),
    "xavier gain": (lambda t: INIT.xavier_uniform_(t, gain=2.0), 2 * math.sqrt(6 / 300)),
    "kaiming": (lambda t: INIT.kaiming_uniform_(t), math.sqrt(6 / 120)),
    "kaiming slope": (lambda t: INIT.kaiming_uniform_(t, a=math.sqrt(5)), math.sqrt(1 / 120)),
    "kaiming fan_out": (lambda t: INIT.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"), math.sqrt(6 / 180)),
    "glorot": (lambda t: INIT.glorot_uniform_(t, gain=0.5), 0.5 * math.sqrt(6 / 300)),
    "he": (lambda t: INIT.he_uniform_(t), math.sqrt(6 / 120)),
    "by name": (lambda t: INIT.initialize_(t, "he_uniform"), math.sqrt(6 / 120)),
    "by name, options": (lambda t: INIT.initialize_(t, "uniform_", a=-2.0, b=2.0), 2.0),
}
NORMAL = {  # (what to call, mean, standard deviation)
    "normal": (lambda t: INIT.normal_(t, 1.0, 2.0), 1, 2),
    "xavier": (lambda t: INIT.xavier_normal_(t, gain=3.0), 0, 3 * math.sqrt(2 / 300)),
    "kaiming": (lambda t: INIT.kaiming_normal_(t, nonlinearity="relu"), 0, math.sqrt(2 / 120)),
    "kaiming fan_out": (
        lambda t: INIT.kaiming_normal_(t, mode="fan_out", nonlinearity="tanh"),
        0,
        5 / 3 / math.sqrt(180),
    ),
    "glorot": (lambda t: INIT.glorot_normal_(t, gain=3.0), 0, 3 * math.sqrt(2 / 300)),
    "he": (lambda t: INIT.he_normal_(t), 0, math.sqrt(2 / 120)),
    "std": (lambda t: INIT.std_normal_(t), 0, 1),
    "by name": (lambda t: INIT.initialize_(t, "xavier_normal", gain=2.0), 0, 2 * math.sqrt(2 / 300)),
}


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform(name: str) -> None:
    fill, bound = UNIFORM[name]
    mytorch.manual_seed(1)
    tensor = fresh()
    assert fill(tensor) is tensor
    values = tensor.data
    assert np.abs(values).max() <= bound
    assert np.abs(values).max() > 0.99 * bound
    assert abs(values.mean()) < 0.05 * bound
    assert abs(values.std() - bound / math.sqrt(3)) < 0.03 * bound


@pytest.mark.parametrize("name", NORMAL)
def test_normal(name: str) -> None:
    fill, mean, std = NORMAL[name]
    mytorch.manual_seed(1)
    values = fill(fresh()).data
    assert abs(values.mean() - mean) < 0.05 * std
    assert abs(values.std() - std) < 0.05 * std
    assert (np.abs(values - mean) > 2.5 * std).any()


def test_trunc_normal_is_a_normal_cut_off() -> None:
    values = INIT.trunc_normal_(fresh(), 1.0, 2.0, 0.0, 4.0).data
    assert values.min() >= 0
    assert values.max() <= 4
    assert values.min() < 0.05
    # The mean of N(1, 2^2) between 0 and 4 is 1 + 2 (p(-0.5) - p(1.5)) / (P(1.5) - P(-0.5)).
    density = [math.exp(-z * z / 2) / math.sqrt(2 * math.pi) for z in (-0.5, 1.5)]
    inside = (math.erf(1.5 / math.sqrt(2)) - math.erf(-0.5 / math.sqrt(2))) / 2
    assert abs(values.mean() - (1 + 2 * (density[0] - density[1]) / inside)) < 0.05


def test_truncated_normal_ends_at_two_standard_deviations() -> None:
    mytorch.manual_seed(1)
    z = (INIT.truncated_normal_(fresh(), 5.0, 3.0).data - 5) / 3
    assert np.abs(z).max() <= 2
    assert np.abs(z).max() > 1.98
    assert abs(z.mean()) < 0.03
    # The variance of N(0, 1) between -2 and 2 is 1 - 4 p(2) / (P(2) - P(-2)).
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(2 / math.sqrt(2))
    assert abs(z.var() - (1 - 4 * density / inside)) < 0.03


ALIASES = [
    (INIT.glorot_uniform_, INIT.xavier_uniform_, {}),
    (INIT.glorot_normal_, INIT.xavier_normal_, {}),
    (INIT.he_uniform_, INIT.kaiming_uniform_, {"nonlinearity": "relu"}),
    (INIT.he_normal_, INIT.kaiming_normal_, {"nonlinearity": "relu"}),
    (INIT.std_normal_, INIT.normal_, {}),
]


@pytest.mark.parametrize(("alias", "original", "options"), ALIASES, ids=[a[0].__name__ for a in ALIASES])
def test_aliases_draw_the_same_numbers(alias, original, options) -> None:
    ours, theirs = fresh(), fresh()
    assert alias(ours, generator=np.random.default_rng(3)) is ours
    original(theirs, generator=np.random.default_rng(3), **options)
    np.testing.assert_array_equal(ours.data, theirs.data)


def test_every_initialiser_has_its_name() -> None:
    options = {"constant": {"val": 2.0}, "sparse": {"sparsity": 0.5}}
    names = [name.rstrip("_") for name in INIT.__all__ if name not in ("calculate_gain", "initialize_", "dirac_")]
    assert len(names) == 19
    for name in names:
        mytorch.manual_seed(4)
        expected = getattr(INIT, f"{name}_")(fresh((6, 4)), **options.get(name, {})).data
        mytorch.manual_seed(4)
        tensor = fresh((6, 4))
        assert INIT.initialize_(tensor, name, **options.get(name, {})) is tensor
        np.testing.assert_array_equal(tensor.data, expected)


@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (4, 2, 3), (6, 6)])
def test_orthogonal(shape) -> None:
    matrix = INIT.orthogonal_(fresh(shape), gain=3.0).data.reshape(shape[0], -1) / 3
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-12)


def test_constants_eye_and_sparse() -> None:
    np.testing.assert_array_equal(INIT.constant_(fresh((2, 3)), 0.5).data, np.full((2, 3), 0.5))
    assert (INIT.ones_(fresh((2,))).data == 1).all()
    assert (INIT.zeros_(fresh((2,))).data == 0).all()
    np.testing.assert_array_equal(INIT.eye_(fresh((2, 3))).data, np.eye(2, 3))
    sparse = INIT.sparse_(fresh((10, 4)), 0.25, std=2.0).data
    assert ((sparse == 0).sum(0) == 3).all()


def test_parameters_stay_parameters() -> None:
    weight = fresh(dtype=np.float32)
    kept = weight.data
    INIT.kaiming_normal_(weight)
    assert weight.data is kept
    assert weight.dtype == np.float32
    assert weight.requires_grad
    assert weight.is_leaf
    y = (weight**2).sum()
    INIT.zeros_(weight)
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_generator_and_seed() -> None:
    draws = [INIT.normal_(fresh(), generator=np.random.default_rng(3)).data.copy() for _ in range(2)]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"])
def test_gains_are_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    assert INIT.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)
    assert INIT.calculate_gain("leaky_relu", 0.3) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.3))


WRONG = [
    (
        lambda: INIT.xavier_uniform_(fresh((3,))),
        ValueError,
        r"xavier_uniform_: tensor must have at least 2 axes.*\(3,\)",
    ),
    (lambda: INIT.kaiming_normal_(fresh(), mode="in"), ValueError, r"mode must be 'fan_in' or 'fan_out', got 'in'"),
    (lambda: INIT.kaiming_normal_(fresh(), nonlinearity="gelu"), ValueError, r"nonlinearity must be one of .*'gelu'"),
    (lambda: INIT.eye_(fresh()), ValueError, r"eye_: tensor must be 2-d"),
    (lambda: INIT.orthogonal_(fresh((3,))), ValueError, r"orthogonal_: tensor must have at least 2 axes"),
    (lambda: INIT.trunc_normal_(fresh(), a=1.0, b=0.0), ValueError, r"a must be less than b, got 1.0 and 0.0"),
    (lambda: INIT.trunc_normal_(fresh(), a=50.0, b=60.0), RuntimeError, r"holds almost nothing"),
    (lambda: INIT.sparse_(fresh((3, 2)), 1.5), ValueError, r"sparsity must be between 0 and 1, got 1.5"),
    (lambda: INIT.truncated_normal_(fresh(), std=0.0), ValueError, r"truncated_normal_: std must be positive, got 0.0"),
    (
        lambda: INIT.initialize_(fresh(), "xavier"),
        ValueError,
        r"name must be one of .*'xavier_uniform'.*, got 'xavier'",
    ),
    (lambda: INIT.initialize_(fresh(), "calculate_gain"), ValueError, r"name must be one of .*, got 'calculate_gain'"),
    (lambda: INIT.initialize_(fresh(), "initialize"), ValueError, r"name must be one of .*, got 'initialize'"),
    (lambda: INIT.ones_([1.0, 2.0]), TypeError, r"ones_: tensor must be a Tensor, got list"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_an_array_from_data_is_filled_in_place() -> None:
    """`nn.init.normal_(layer.weight.data)` is a habit from PyTorch, where `.data` is a tensor."""
    layer = nn.Linear(30, 40)
    before = layer.weight.data
    assert INIT.constant_(layer.weight.data, 3.0) is before
    np.testing.assert_array_equal(layer.weight.data, 3.0)
    for fill in (INIT.xavier_uniform_, INIT.kaiming_normal_, INIT.orthogonal_, INIT.normal_):
        layer.weight.data[...] = 3.0
        fill(layer.weight.data)
        assert (layer.weight.data != 3.0).all(), fill


def test_first_weights_are_drawn_in_blocks_with_the_numbers_of_one_draw(monkeypatch) -> None:
    monkeypatch.setattr(mytorch.random, "BLOCK", 7)
    mytorch.manual_seed(5)
    layer = mytorch.nn.Linear(6, 4)
    rng, bound = np.random.default_rng(5), 1 / math.sqrt(6)
    expected = [rng.uniform(-bound, bound, shape) for shape in ((4, 6), 4)]
    for parameter, array in zip(layer.parameters(), expected):
        np.testing.assert_array_equal(parameter.data, array.astype(parameter.dtype))

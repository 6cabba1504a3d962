"""mytorch.distributions against PyTorch: values, gradients, and that samples are distributed as they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import distributions as D

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
LOC, SCALE, RATE = RNG.standard_normal((3, 2)), RNG.uniform(0.5, 2, (3, 2)), RNG.uniform(0.5, 2, 4)
PROBS, LOGITS = RNG.uniform(0.1, 0.9, (3, 4)), RNG.standard_normal((3, 4))
ONE_HOT = np.eye(4)[[2, 0, 3]]
# (name, arguments by name, a value): the value broadcasts against the batch where it can.
CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("Normal", {"loc": LOC, "scale": SCALE}, RNG.standard_normal((5, 3, 2))),
    ("Normal", {"loc": LOC, "scale": SCALE}, RNG.standard_normal(2)),
    ("Laplace", {"loc": LOC, "scale": SCALE}, RNG.standard_normal((5, 3, 2))),
    ("Uniform", {"low": LOC, "high": LOC + SCALE}, LOC + SCALE / 3),
    ("Exponential", {"rate": RATE}, RNG.uniform(0, 3, (5, 4))),
    ("Bernoulli", {"probs": PROBS}, (PROBS > 0.4) * 1.0),
    ("Bernoulli", {"logits": LOGITS}, (PROBS > 0.4) * 1.0),
    ("Bernoulli", {"probs": np.array([0.0, 1.0])}, np.array([0.0, 1.0])),
    ("Categorical", {"probs": PROBS}, np.array([3, 0, 1])),
    ("Categorical", {"logits": LOGITS}, np.array([[3, 0, 1], [2, 2, 2]])),
    ("Categorical", {"probs": np.array([0.0, 0.5, 0.5])}, np.array([1, 2, 0])),
    ("OneHotCategorical", {"probs": PROBS}, ONE_HOT),
    ("OneHotCategorical", {"logits": LOGITS}, ONE_HOT),
]
IDS = [f"{name}-{'-'.join(arguments)}-{np.shape(value)}" for name, arguments, value in CASES]


def both(name: str, arguments: dict[str, Any]) -> tuple[Any, Any, dict, dict]:
    """The distribution of ours, PyTorch's, and their parameters, which require gradients."""
    ours = {key: mytorch.tensor(value, requires_grad=True) for key, value in arguments.items()}
    theirs = {key: torch.tensor(value, requires_grad=True) for key, value in arguments.items()}
    return getattr(D, name)(**ours), getattr(torch.distributions, name)(**theirs), ours, theirs


def assert_same(ours: Any, theirs: Any) -> None:
    assert ours.shape == tuple(theirs.shape)
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


def assert_same_gradients(value: Any, expected: Any, ours: dict, theirs: dict) -> None:
    weights = np.random.default_rng(1).standard_normal(value.shape)
    (value * mytorch.tensor(weights)).sum().backward()
    (expected * torch.tensor(weights)).sum().backward()
    for key in ours:
        found = 0.0 if ours[key].grad is None else ours[key].grad.data
        wanted = 0.0 if theirs[key].grad is None else theirs[key].grad.numpy()  # the entropy of a shift, for example
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_log_prob_and_its_gradient(name: str, arguments: dict, value: Any) -> None:
    p, q, ours, theirs = both(name, arguments)
    found, expected = p.log_prob(mytorch.tensor(value)), q.log_prob(torch.tensor(value))
    assert_same(found, expected)
    assert_same_gradients(found, expected, ours, theirs)


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_entropy_and_moments(name: str, arguments: dict, value: Any) -> None:
    p, q, ours, theirs = both(name, arguments)
    assert (p.batch_shape, p.event_shape) == (tuple(q.batch_shape), tuple(q.event_shape))
    if name != "Categorical":
        for moment in ("mean", "variance", "stddev"):
            assert_same(getattr(p, moment), getattr(q, moment))
    found, expected = p.entropy(), q.entropy()
    assert_same(found, expected)
    if found.requires_grad and not np.any(arguments.get("probs", 1) == 0):
        assert_same_gradients(found, expected, ours, theirs)


def varied(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Other parameters, which are allowed."""
    if name == "Uniform":
        return {"low": arguments["low"] - 0.5, "high": arguments["high"] + 0.25}
    return {key: value[..., ::-1].copy() for key, value in arguments.items()}


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_kl_divergence_and_its_gradient(name: str, arguments: dict, value: Any) -> None:
    p, p_torch, ours, theirs = both(name, arguments)
    q, q_torch, _, _ = both(name, varied(name, arguments))
    found, expected = D.kl_divergence(p, q), torch.distributions.kl_divergence(p_torch, q_torch)
    if not np.any(arguments.get("probs", 1) == 0):
        assert_same(found, expected)
        assert_same_gradients(found, expected, ours, theirs)
    else:  # infinite where q excludes what p allows; PyTorch's clamped probabilities hide it for Bernoulli
        assert np.isposinf(found.data).all()


def test_kl_of_a_wider_uniform_is_infinite() -> None:
    assert D.kl_divergence(D.Uniform(0.0, 2.0), D.Uniform(0.0, 1.0)).item() == np.inf


def test_kl_of_unknown_pairs_is_refused_and_can_be_registered() -> None:
    class Own(D.Normal):
        pass

    normal, laplace = D.Normal(0.0, 1.0), D.Laplace(0.0, 1.0)
    with pytest.raises(NotImplementedError, match="Normal and Laplace"):
        D.kl_divergence(normal, laplace)
    assert D.kl_divergence(Own(0.0, 1.0), normal).item() == 0.0  # as for the class it derives from


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_samples_have_the_distribution(name: str, arguments: dict, value: Any) -> None:
    mytorch.manual_seed(0)
    p = both(name, arguments)[0]
    x = p.sample((20000,))
    assert x.shape == (20000, *p.batch_shape, *p.event_shape)
    assert not x.requires_grad
    if name == "Categorical":
        frequencies = (x.data[..., None] == np.arange(p.probs.shape[-1])).mean(0)
        np.testing.assert_allclose(frequencies, p.probs.data, atol=0.02)
        return
    spread = p.stddev.data
    np.testing.assert_allclose(x.data.mean(0), p.mean.data, atol=0.04 * spread.max() + 1e-12)
    np.testing.assert_allclose(x.data.std(0), spread, rtol=0.06, atol=0.01)


@pytest.mark.parametrize("name", ["Normal", "Laplace", "Uniform", "Exponential"])
def test_rsample_passes_gradients(name: str) -> None:
    """The mean of samples depends on the parameters as the mean does."""
    arguments = next(arguments for case, arguments, _ in CASES if case == name)
    p, _, ours, _ = both(name, arguments)
    assert p.has_rsample
    mytorch.manual_seed(0)
    p.rsample((20000,)).mean(0).sum().backward()
    sampled = {key: tensor.grad.data.copy() for key, tensor in ours.items()}
    fresh, _, exact, _ = both(name, arguments)
    mean = fresh.mean.sum()
    mean.backward()
    for key, tensor in exact.items():
        expected = 0.0 if tensor.grad is None else tensor.grad.data
        np.testing.assert_allclose(sampled[key], expected, atol=0.06)


@pytest.mark.parametrize("name", ["Bernoulli", "Categorical", "OneHotCategorical"])
def test_discrete_ones_have_no_rsample(name: str) -> None:
    p = getattr(D, name)(probs=mytorch.tensor([0.5, 0.5]))
    assert not p.has_rsample
    with pytest.raises(NotImplementedError, match=name):
        p.rsample()


def test_impossible_classes_are_never_drawn() -> None:
    assert set(D.Categorical(probs=mytorch.tensor([0.0, 1.0, 0.0])).sample((500,)).tolist()) == {1}


def test_independent_sums_over_axes() -> None:
    p, q, ours, theirs = both("Normal", {"loc": LOC, "scale": SCALE})
    ip, iq = D.Independent(p, 1), torch.distributions.Independent(q, 1)
    x = RNG.standard_normal((5, 3, 2))
    assert (ip.batch_shape, ip.event_shape) == ((3,), (2,))
    assert_same(ip.log_prob(mytorch.tensor(x)), iq.log_prob(torch.tensor(x)))
    assert_same(ip.entropy(), iq.entropy())
    other, other_torch, _, _ = both("Normal", {"loc": SCALE, "scale": SCALE[::-1].copy()})
    found = D.kl_divergence(ip, D.Independent(other, 1))
    expected = torch.distributions.kl_divergence(iq, torch.distributions.Independent(other_torch, 1))
    assert_same(found, expected)
    assert_same_gradients(found, expected, ours, theirs)
    assert ip.rsample((7,)).shape == (7, 3, 2)
    assert ip.rsample().requires_grad
    with pytest.raises(ValueError, match="from 0 to 2, got 3"):
        D.Independent(p, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: D.Normal(0.0, -1.0), "Normal: scale must be positive"),
        (lambda: D.Normal(float("nan"), 1.0), "Normal: loc must be finite"),
        (lambda: D.Uniform(1.0, 1.0), "Uniform: high must be above low"),
        (lambda: D.Exponential(0.0), "Exponential: rate must be positive"),
        (lambda: D.Bernoulli(1.5), "Bernoulli: probs must be from 0 to 1"),
        (lambda: D.Bernoulli(), "either probs or logits"),
        (lambda: D.Categorical(probs=mytorch.zeros(3)), "Categorical: probs must be weights"),
        (lambda: D.Categorical(probs=mytorch.tensor(0.5)), "an axis of classes"),
        (lambda: D.Bernoulli(0.5).log_prob(mytorch.tensor(0.5)), "0 or 1"),
        (lambda: D.Categorical(probs=mytorch.ones(3)).log_prob(mytorch.tensor(3)), "classes"),
        (lambda: D.OneHotCategorical(probs=mytorch.ones(3)).log_prob(mytorch.tensor([1.0, 1.0, 0.0])), "single 1"),
        (lambda: D.Exponential(1.0).log_prob(mytorch.tensor(-1.0)), "at least 0"),
        (lambda: D.Normal(mytorch.zeros(3), 1.0).log_prob(mytorch.zeros(2)), "does not fit batch_shape"),
    ],
)
def test_wrong_parameters_and_values_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()

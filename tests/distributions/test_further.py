"""The distributions that few programs use, against PyTorch: log_prob with its gradient, moments, entropy, samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import distributions as D

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
LOC, SCALE = RNG.standard_normal((3, 2)), RNG.uniform(0.5, 2, (3, 2))
POSITIVE, ROW = RNG.uniform(0.5, 3, (3, 2)), RNG.uniform(0.1, 0.9, (3, 4))
LOGITS = RNG.standard_normal((3, 4))
SHARES = RNG.dirichlet(np.ones(4), 3)
COUNTS = np.array([[2.0, 1, 0, 2], [5, 0, 0, 0], [1, 1, 1, 2]])
CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("Cauchy", {"loc": LOC, "scale": SCALE}, RNG.standard_normal((5, 3, 2))),
    ("HalfCauchy", {"scale": SCALE}, RNG.uniform(0, 3, (5, 3, 2))),
    ("Gumbel", {"loc": LOC, "scale": SCALE}, RNG.standard_normal((5, 3, 2))),
    ("StudentT", {"df": POSITIVE + 2.5, "loc": LOC, "scale": SCALE}, RNG.standard_normal((5, 3, 2))),
    ("StudentT", {"df": np.array([0.5, 1.5, 4.0])}, RNG.standard_normal(3)),
    ("Binomial", {"total_count": 7, "probs": ROW}, RNG.integers(0, 8, (3, 4)) * 1.0),
    ("Binomial", {"total_count": np.array([5.0, 6, 7, 0]), "logits": LOGITS}, np.array([0.0, 6, 3, 0])),
    ("NegativeBinomial", {"total_count": 3.5, "probs": ROW}, RNG.integers(0, 9, (5, 3, 4)) * 1.0),
    ("NegativeBinomial", {"total_count": 2, "logits": LOGITS}, RNG.integers(0, 9, (3, 4)) * 1.0),
    ("Multinomial", {"total_count": 5, "probs": ROW}, COUNTS),
    ("Multinomial", {"total_count": 5, "logits": LOGITS}, COUNTS),
    ("RelaxedBernoulli", {"temperature": np.array(0.7), "probs": ROW}, RNG.uniform(0.1, 0.9, (5, 3, 4))),
    ("RelaxedBernoulli", {"temperature": np.array(2.0), "logits": LOGITS}, RNG.uniform(0.1, 0.9, (3, 4))),
    ("RelaxedOneHotCategorical", {"temperature": np.array(0.7), "probs": ROW}, SHARES),
    ("RelaxedOneHotCategorical", {"temperature": np.array(2.0), "logits": LOGITS}, SHARES),
    ("OneHotCategoricalStraightThrough", {"probs": ROW}, np.eye(4)[[2, 0, 3]]),
    ("Gamma", {"concentration": POSITIVE, "rate": SCALE}, RNG.uniform(0.1, 3, (5, 3, 2))),
    ("Chi2", {"df": POSITIVE}, RNG.uniform(0.1, 3, (5, 3, 2))),
    ("Beta", {"concentration1": POSITIVE, "concentration0": SCALE}, RNG.uniform(0.1, 0.9, (5, 3, 2))),
    ("Dirichlet", {"concentration": ROW * 4}, SHARES),
    ("LogNormal", {"loc": LOC, "scale": SCALE / 4}, RNG.uniform(0.1, 3, (5, 3, 2))),
    ("HalfNormal", {"scale": SCALE}, RNG.uniform(0, 3, (5, 3, 2))),
    ("Poisson", {"rate": POSITIVE}, RNG.integers(0, 9, (3, 2)) * 1.0),
    ("Geometric", {"probs": ROW}, RNG.integers(0, 9, (3, 4)) * 1.0),
    ("Geometric", {"logits": LOGITS}, RNG.integers(0, 9, (3, 4)) * 1.0),
]
IDS = [f"{i}-{name}" for i, (name, _, _) in enumerate(CASES)]


def both(name: str, arguments: dict[str, Any]) -> tuple[Any, Any, dict, dict]:
    """The distribution of ours, PyTorch's, and their parameters, which require gradients unless they are counts."""

    def made(library: Any) -> dict[str, Any]:
        return {
            key: library.tensor(value, requires_grad=key != "total_count") if isinstance(value, np.ndarray) else value
            for key, value in arguments.items()
        }

    ours, theirs = made(mytorch), made(torch)
    return getattr(D, name)(**ours), getattr(torch.distributions, name)(**theirs), ours, theirs


def same(ours: Any, theirs: Any) -> None:
    assert ours.shape == tuple(theirs.shape)
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-9, atol=1e-11, equal_nan=True)


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_log_prob_and_its_gradient(name: str, arguments: dict, value: Any) -> None:
    p, q, ours, theirs = both(name, arguments)
    assert (p.batch_shape, p.event_shape) == (tuple(q.batch_shape), tuple(q.event_shape))
    found, expected = p.log_prob(mytorch.tensor(value)), q.log_prob(torch.tensor(value))
    same(found, expected)
    weights = np.random.default_rng(1).standard_normal(found.shape)
    (found * mytorch.tensor(weights)).sum().backward()
    (expected * torch.tensor(weights)).sum().backward()
    for key, tensor in theirs.items():
        if isinstance(tensor, torch.Tensor) and tensor.requires_grad:
            same(ours[key].grad, tensor.grad)


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_entropy_and_moments(name: str, arguments: dict, value: Any) -> None:
    p, q, _, _ = both(name, arguments)
    for what in ("mean", "variance", "entropy"):
        try:
            expected = getattr(q, what)
            expected = expected() if what == "entropy" else expected
        except NotImplementedError:
            continue
        if what == "entropy" and name in ("Binomial", "Multinomial"):
            with pytest.raises(NotImplementedError, match="has no entropy"):  # PyTorch adds up over all values
                p.entropy()
            continue
        found = getattr(p, what)
        same(found() if what == "entropy" else found, expected)


@pytest.mark.parametrize(("name", "arguments", "value"), CASES, ids=IDS)
def test_samples_have_the_distribution(name: str, arguments: dict, value: Any) -> None:
    """Their mean is the mean, or where there is none, their quartiles are those of PyTorch's samples."""
    mytorch.manual_seed(0)
    torch.manual_seed(0)
    p, q, _, _ = both(name, arguments)
    x = p.sample((20000,))
    assert x.shape == (20000, *p.batch_shape, *p.event_shape)
    assert not x.requires_grad
    assert x.dtype == np.float64
    other = q.sample((20000,)).numpy()
    spread = np.quantile(other, 0.75, axis=0) - np.quantile(other, 0.25, axis=0)
    for quantile in (0.25, 0.5, 0.75):
        found, expected = np.quantile(x.data, quantile, axis=0), np.quantile(other, quantile, axis=0)
        np.testing.assert_array_less(np.abs(found - expected), 0.1 * spread + (1.01 if p.is_discrete else 1e-2))
    if p.is_discrete:
        np.testing.assert_array_less(np.abs(x.data.mean(0) - other.mean(0)), 0.02 + 0.04 * other.std(0))


def test_a_mixture() -> None:
    arguments = {"logits": LOGITS, "loc": LOGITS * 2, "scale": ROW}
    ours = {key: mytorch.tensor(value, requires_grad=True) for key, value in arguments.items()}
    theirs = {key: torch.tensor(value, requires_grad=True) for key, value in arguments.items()}
    p, q = [
        d.MixtureSameFamily(d.Categorical(logits=x["logits"]), d.Normal(x["loc"], x["scale"]))
        for d, x in ((D, ours), (torch.distributions, theirs))
    ]
    assert (p.batch_shape, p.event_shape) == ((3,), ())
    value = RNG.standard_normal((5, 3))
    found, expected = p.log_prob(mytorch.tensor(value)), q.log_prob(torch.tensor(value))
    same(found, expected)
    found.sum().backward()
    expected.sum().backward()
    for key, tensor in theirs.items():
        same(ours[key].grad, tensor.grad)
    same(p.mean, q.mean)
    same(p.variance, q.variance)
    mytorch.manual_seed(0)
    x = p.sample((40000,))
    np.testing.assert_allclose(x.data.mean(0), p.mean.data, atol=0.05)
    np.testing.assert_allclose(x.data.var(0), p.variance.data, rtol=0.05)
    with pytest.raises(ValueError, match="must have size 4"):
        D.MixtureSameFamily(D.Categorical(logits=ours["logits"]), D.Normal(mytorch.zeros(3), 1.0))


def test_a_mixture_of_vectors() -> None:
    loc, scale = RNG.standard_normal((4, 2)), RNG.uniform(0.5, 1, (4, 2))
    p, q = [
        d.MixtureSameFamily(
            d.Categorical(library.tensor(ROW[0])),
            d.Independent(d.Normal(library.tensor(loc), library.tensor(scale)), 1),
        )
        for library, d in ((mytorch, D), (torch, torch.distributions))
    ]
    x = RNG.standard_normal((5, 2))
    same(p.log_prob(mytorch.tensor(x)), q.log_prob(torch.tensor(x)))
    same(p.mean, q.mean)
    same(p.variance, q.variance)
    assert p.sample((7,)).shape == (7, 2)


@pytest.mark.parametrize("name", ["RelaxedBernoulli", "RelaxedOneHotCategorical"])
def test_relaxed_samples_pass_gradients(name: str) -> None:
    mytorch.manual_seed(0)
    logits = mytorch.tensor(LOGITS, requires_grad=True)
    x = getattr(D, name)(mytorch.tensor(0.5), logits=logits).rsample((2000,))
    assert ((x.data >= 0) & (x.data <= 1)).all()
    x[..., 0].mean().backward()
    assert (logits.grad.data[:, 0] > 0).all()


def test_straight_through_samples_pass_gradients_to_probs() -> None:
    probs = mytorch.tensor(SHARES, requires_grad=True)
    x = D.OneHotCategoricalStraightThrough(probs=probs).rsample()
    assert set(np.unique(x.data.round(12))) == {0.0, 1.0}
    (x * mytorch.tensor(LOGITS)).sum().backward()
    expected = torch.tensor(SHARES, requires_grad=True)
    normalized = expected / expected.sum(-1, keepdim=True)
    (normalized * torch.tensor(LOGITS)).sum().backward()
    same(probs.grad, expected.grad)


POINTS = RNG.uniform(0.05, 0.95, (5, 3, 2))
QUESTIONS: list[tuple[str, dict[str, Any], Any]] = [
    ("Normal", {"loc": LOC, "scale": SCALE}, lambda d, x: d.icdf(x)),
    ("Uniform", {"low": LOC, "high": LOC + SCALE}, lambda d, x: d.cdf(d.low + (d.high - d.low) * x)),
    ("Uniform", {"low": LOC, "high": LOC + SCALE}, lambda d, x: d.icdf(x)),
    ("Exponential", {"rate": SCALE}, lambda d, x: d.cdf(x)),
    ("Exponential", {"rate": SCALE}, lambda d, x: d.icdf(x)),
    ("Cauchy", {"loc": LOC, "scale": SCALE}, lambda d, x: d.cdf(x)),
    ("Bernoulli", {"probs": np.array([0.2, 0.5, 0.7])}, lambda d, x: d.mode),
    ("Bernoulli", {"probs": ROW}, lambda d, x: d.enumerate_support()),
    ("Bernoulli", {"probs": ROW}, lambda d, x: d.enumerate_support(expand=False)),
    ("Categorical", {"logits": LOGITS}, lambda d, x: d.enumerate_support()),
    ("Categorical", {"logits": LOGITS}, lambda d, x: d.perplexity()),
    ("OneHotCategorical", {"logits": LOGITS}, lambda d, x: d.enumerate_support()),
    ("OneHotCategorical", {"logits": LOGITS}, lambda d, x: d.enumerate_support(False)),
]


@pytest.mark.parametrize(("name", "arguments", "ask"), QUESTIONS)
def test_what_else_a_distribution_is_asked(name: str, arguments: dict, ask: Any) -> None:
    p, q, ours, theirs = both(name, arguments)
    found, expected = ask(p, mytorch.tensor(POINTS)), ask(q, torch.tensor(POINTS))
    same(found.detach(), expected)
    if expected.requires_grad:
        found.sum().backward()
        expected.sum().backward()
        for key, tensor in theirs.items():
            same(ours[key].grad, tensor.grad)


def test_the_mode_of_vectors() -> None:
    p = D.Independent(D.Normal(mytorch.tensor(LOC), mytorch.tensor(SCALE)), 1)
    np.testing.assert_array_equal(p.mode.data, LOC)


def test_checks_can_be_switched_off() -> None:
    try:
        D.Distribution.set_default_validate_args(False)
        D.Normal(0.0, -1.0)
    finally:
        D.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="positive"):
        D.Normal(0.0, -1.0)

"""Distributions, for variational autoencoders and policy gradients: sample, rsample, log_prob, entropy, kl_divergence.

policy = Categorical(logits=model(state))
action = policy.sample()
loss = -policy.log_prob(action) * reward
"""

import sys
from typing import TYPE_CHECKING, Any

from mytorch.compat.doors import open_door
from mytorch.compat.left_out import lacking
from mytorch.distributions import kl
from mytorch.distributions.continuous import Exponential, Laplace, Normal, Uniform
from mytorch.distributions.counts import Binomial, Multinomial, NegativeBinomial
from mytorch.distributions.discrete import Bernoulli, Categorical, OneHotCategorical
from mytorch.distributions.distribution import Distribution
from mytorch.distributions.heavy_tails import Cauchy, Gumbel, HalfCauchy, StudentT
from mytorch.distributions.independent import Independent
from mytorch.distributions.kl import kl_divergence, register_kl
from mytorch.distributions.mixture import MixtureSameFamily
from mytorch.distributions.positive import Beta, Chi2, Dirichlet, Gamma, Geometric, HalfNormal, LogNormal, Poisson
from mytorch.distributions.relaxed import (
    OneHotCategoricalStraightThrough,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
)
from mytorch.distributions.transformed import (
    AffineTransform,
    ExpTransform,
    MultivariateNormal,
    SigmoidTransform,
    TanhTransform,
    Transform,
    TransformedDistribution,
)

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "Dirichlet",
    "Distribution", "ExpTransform", "Exponential", "Gamma", "Geometric", "Gumbel", "HalfCauchy", "HalfNormal",
    "Independent", "Laplace", "LogNormal", "MixtureSameFamily", "Multinomial", "MultivariateNormal",
    "NegativeBinomial", "Normal", "OneHotCategorical", "OneHotCategoricalStraightThrough", "Poisson",
    "RelaxedBernoulli", "RelaxedOneHotCategorical", "SigmoidTransform", "StudentT", "TanhTransform", "Transform",
    "TransformedDistribution", "Uniform", "kl", "kl_divergence", "register_kl",
]  # fmt: skip

# PyTorch's paths: `from mytorch.distributions.categorical import Categorical`.
for _path in (
    "bernoulli",
    "beta",
    "binomial",
    "categorical",
    "cauchy",
    "chi2",
    "dirichlet",
    "exponential",
    "gamma",
    "geometric",
    "gumbel",
    "half_cauchy",
    "half_normal",
    "laplace",
    "log_normal",
    "mixture_same_family",
    "multinomial",
    "multivariate_normal",
    "negative_binomial",
    "normal",
    "one_hot_categorical",
    "poisson",
    "relaxed_bernoulli",
    "relaxed_categorical",
    "studentT",
    "transformed_distribution",
    "transforms",
    "uniform",
):
    open_door(f"{__name__}.{_path}", sys.modules[__name__])

if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)

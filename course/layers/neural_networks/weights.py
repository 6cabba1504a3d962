"""First weights. Those called xavier (Glorot and Bengio 2010) and he (He et al. 2015) keep the size of the signals
from layer to layer: fan_in and fan_out are how many numbers an output is made of, and goes into."""

import numpy as np

__all__ = ["WEIGHTS", "initialize_weights"]


def fans(shape):
    """(n_in, n_out) of a matrix; of kernels (k_1, k_2, in, out) both times k_1 k_2."""
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]


def uniform(bound):
    return lambda shape: np.random.uniform(-bound(*fans(shape)), bound(*fans(shape)), shape)


def normal(deviation):
    return lambda shape: np.random.normal(0, deviation(*fans(shape)), shape)


WEIGHTS = {
    "zeros": np.zeros,
    "ones": np.ones,
    "uniform": uniform(lambda fan_in, fan_out: 1 / np.sqrt(fan_in)),
    "normal": normal(lambda fan_in, fan_out: 0.01),
    "xavier_uniform": uniform(lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out))),
    "xavier_normal": normal(lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out))),
    "he_uniform": uniform(lambda fan_in, fan_out: np.sqrt(6 / fan_in)),
    "he_normal": normal(lambda fan_in, fan_out: np.sqrt(2 / fan_in)),
}


def initialize_weights(name):
    """A function of a shape. The random numbers are NumPy's: np.random.seed. ValueError for a name that is unknown."""
    if name not in WEIGHTS:
        raise ValueError(f"weight_init must be one of {', '.join(WEIGHTS)}, got {name!r}")
    return WEIGHTS[name]
